#include "os/windows/paths.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "os/windows/errors.h"
#include "os/windows/text.h"

namespace rescind {

namespace {

constexpr std::wstring_view prefix = L"\\\\?\\";
constexpr std::wstring_view sharePrefix = L"\\\\?\\UNC\\";
// Beyond it no function of the system takes a path (Microsoft, "Maximum Path Length Limitation").
constexpr std::size_t longestPath = 32766;

bool isSeparator(wchar_t unit) noexcept { return unit == L'\\' || unit == L'/'; }

bool isLetter(wchar_t unit) noexcept { return (unit | 0x20) >= L'a' && (unit | 0x20) <= L'z'; }

bool startsWithDrive(std::wstring_view path) noexcept {
  return path.size() >= 2 && isLetter(path[0]) && path[1] == L':';
}

bool startsWithSeparators(std::wstring_view path) noexcept {
  return path.size() >= 2 && isSeparator(path[0]) && isSeparator(path[1]);
}

// \\?\ and \\.\ with something behind.
bool isLeftAlone(std::wstring_view path) noexcept {
  return path.size() > 4 && startsWithSeparators(path) && (path[2] == L'?' || path[2] == L'.') && isSeparator(path[3]);
}

std::wstring_view takeComponent(std::wstring_view& path) noexcept {
  const std::wstring_view component = path.substr(0, path.find_first_of(L"\\/"));
  path.remove_prefix(std::min(component.size() + 1, path.size()));
  return component;
}

// An absolute path: what `..` does not lead out of, with the prefix, and what is below.
struct Rooted {
  std::wstring root;
  std::wstring_view rest;
};

std::optional<Rooted> rooted(std::wstring_view path) {
  if (startsWithDrive(path) && path.size() > 2 && isSeparator(path[2])) {
    return Rooted{std::wstring(prefix).append(path.substr(0, 2)).append(L"\\"), path.substr(3)};
  }
  if (!startsWithSeparators(path)) return std::nullopt;
  path.remove_prefix(2);
  const std::wstring_view server = takeComponent(path);
  while (!path.empty() && isSeparator(path.front())) path.remove_prefix(1);
  const std::wstring_view share = takeComponent(path);
  if (server.empty() || share.empty()) return std::nullopt;
  return Rooted{std::wstring(sharePrefix).append(server).append(L"\\").append(share).append(L"\\"), path};
}

// The system's own way from a name to an absolute path, for the two it alone knows: `.`, the current directory, and
// `X:`, that of another drive.
std::wstring fullName(const std::wstring& name) {
  std::wstring full(MAX_PATH, L'\0');
  for (;;) {
    const DWORD length = ::GetFullPathNameW(name.c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr);
    const bool fits = length < full.size();
    full.resize(length);
    if (fits) return withoutPrefix(full);
  }
}

std::wstring absolute(std::wstring_view path) {
  if (startsWithDrive(path)) {
    return fullName(std::wstring(path.substr(0, 2))).append(L"\\").append(path.substr(2));
  }
  std::wstring current = fullName(L".");
  if (path.empty() || !isSeparator(path.front())) return current.append(L"\\").append(path);
  const std::optional<Rooted> place = rooted(current);
  return withoutPrefix(place ? place->root : current).append(L"\\").append(path);
}

// Takes the last name off a path, but not its root.
void goUp(std::wstring& path, std::size_t rootLength) {
  if (path.size() > rootLength) path.resize(std::max(path.find_last_of(L'\\'), rootLength));
}

std::wstring joined(const Rooted& place) {
  std::wstring path = place.root;
  std::wstring_view rest = place.rest;
  while (!rest.empty()) {
    const std::wstring_view component = takeComponent(rest);
    if (component.empty() || component == L".") continue;
    if (component == L"..") {
      goUp(path, place.root.size());
      continue;
    }
    if (path.back() != L'\\') path.push_back(L'\\');
    path.append(component);
  }
  return path;
}

bool sameWord(std::wstring_view one, std::wstring_view other) noexcept {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](wchar_t left, wchar_t right) {
    return left == right || (isLetter(left) && isLetter(right) && (left | 0x20) == (right | 0x20));
  });
}

}  // namespace

SystemPath::SystemPath(std::string_view path) {
  std::optional<std::wstring> wide = wideText(path);
  if (!wide) {
    problem_ = ERROR_INVALID_NAME;
  } else if (wide->empty()) {
    problem_ = ERROR_PATH_NOT_FOUND;
  } else if (isLeftAlone(*wide)) {
    text_ = std::move(*wide);
  } else if (const std::optional<Rooted> given = rooted(*wide)) {
    text_ = joined(*given);
  } else {
    const std::wstring whole = absolute(*wide);
    const std::optional<Rooted> found = rooted(whole);
    text_ = found ? joined(*found) : whole;
  }
  if (text_.size() > longestPath) problem_ = ERROR_FILENAME_EXCED_RANGE;
}

std::int32_t SystemPath::failed() const noexcept { return failure(problem_); }

std::wstring withoutPrefix(std::wstring_view path) {
  if (path.starts_with(sharePrefix)) return std::wstring(L"\\\\").append(path.substr(sharePrefix.size()));
  const bool drive = path.starts_with(prefix) && startsWithDrive(path.substr(prefix.size()));
  return std::wstring(drive ? path.substr(prefix.size()) : path);
}

bool namesDevice(std::wstring_view systemPath) noexcept {
  if (!systemPath.starts_with(prefix)) return true;
  std::wstring_view rest = systemPath.substr(prefix.size());
  if (startsWithDrive(rest)) return false;
  const std::wstring_view first = takeComponent(rest);
  if (!sameWord(first, L"UNC")) return !sameWord(first.substr(0, 7), L"Volume{");
  takeComponent(rest);
  return sameWord(takeComponent(rest), L"pipe");
}

}  // namespace rescind
