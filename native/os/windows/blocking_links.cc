// symlink, link and readlink.

#include <algorithm>
#include <string>

#include "os/blocking_paths.h"
#include "os/blocking_thread.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"
#include "os/windows/reparse_points.h"
#include "os/windows/text.h"

namespace rescind::blocking {

namespace {

// SYMBOLIC_LINK_FLAG_ALLOW_UNPRIVILEGED_CREATE, for Windows 10 since version 1703 in developer mode.
constexpr DWORD withoutPrivilege = 0x2;

bool isSeparator(char byte) noexcept { return byte == '/' || byte == '\\'; }

bool isAbsolute(std::string_view path) noexcept {
  if (path.empty()) return false;
  if (isSeparator(path[0])) return true;
  return path.size() >= 3 && path[1] == ':' && isSeparator(path[2]);
}

// A target is relative to the directory the link is in.
SystemPath targetOf(std::string_view target, const SystemPath& link) {
  if (isAbsolute(target)) return SystemPath(target);
  return SystemPath(narrowText(withoutPrefix(link.text())).append("\\..\\").append(target));
}

// What a symbolic link says: an absolute path as the system has it, another as it is given, but with the one separator
// that links know.
std::wstring wordsOf(std::string_view target) {
  if (isAbsolute(target)) return SystemPath(target).text();
  std::wstring words = wideText(target).value_or(std::wstring());
  std::replace(words.begin(), words.end(), L'/', L'\\');
  return words;
}

std::int32_t makeSymbolicLink(const SystemPath& link, const std::wstring& words, DWORD flags) noexcept {
  if (::CreateSymbolicLinkW(link.get(), words.c_str(), flags | withoutPrivilege) != FALSE) return 0;
  // An older system does not know the flag.
  if (::GetLastError() != ERROR_INVALID_PARAMETER) return lastFailure();
  return ::CreateSymbolicLinkW(link.get(), words.c_str(), flags) != FALSE ? 0 : lastFailure();
}

// Of a directory made for it, which goes again when it cannot be.
std::int32_t makeJunctionAt(const SystemPath& link, const SystemPath& target) {
  if (!target) return target.failed();
  if (::CreateDirectoryW(link.get(), nullptr) == FALSE) return lastFailure();
  std::int32_t result = 0;
  {
    const Opened directory = openExisting(link, GENERIC_WRITE, FILE_FLAG_OPEN_REPARSE_POINT);
    result = directory.handle ? makeJunction(directory.handle.get(), target.text()) : directory.failed;
  }
  if (result < 0) {
    const Uninterrupted undoing;
    ::RemoveDirectoryW(link.get());
  }
  return result;
}

bool isDirectory(const SystemPath& path) noexcept {
  if (!path) return false;
  const DWORD attributes = ::GetFileAttributesW(path.get());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

}  // namespace

std::int32_t pathSymlink(const char* target, const char* path, LinkType type) {
  const SystemPath link(path);
  if (!link) return link.failed();
  const SystemPath named = targetOf(target, link);
  if (type == LinkType::junction) return makeJunctionAt(link, named);
  const std::wstring words = wordsOf(target);
  if (words.empty()) return failure(ERROR_PATH_NOT_FOUND);
  const bool directory = type == LinkType::directory || (type == LinkType::ofTarget && isDirectory(named));
  return makeSymbolicLink(link, words, directory ? SYMBOLIC_LINK_FLAG_DIRECTORY : 0);
}

std::int32_t pathLink(const char* existing, const char* path) {
  const SystemPath from(existing);
  const SystemPath to(path);
  if (!from) return from.failed();
  if (!to) return to.failed();
  return ::CreateHardLinkW(to.get(), from.get(), nullptr) != FALSE ? 0 : lastFailure();
}

std::int32_t pathReadLink(const char* path, Bytes& payload) {
  const Opened opened = openExisting(SystemPath(path), 0, FILE_FLAG_OPEN_REPARSE_POINT);
  if (!opened.handle) return opened.failed;
  std::wstring target;
  const std::int32_t result = readLink(opened.handle.get(), target);
  if (result < 0) return result;
  const std::string text = narrowText(target);
  append(payload, text.data(), text.size());
  return static_cast<std::int32_t>(text.size());
}

}  // namespace rescind::blocking
