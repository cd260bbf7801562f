// mkdir, mkdtemp and readdir.

#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "os/blocking_paths.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"
#include "os/windows/reparse_points.h"
#include "os/windows/text.h"

namespace rescind::blocking {

namespace {

constexpr std::size_t listingBytes = std::size_t{64} << 10;
constexpr int randomCharacters = 6;
constexpr int mostAttempts = 1000;

// Types of entries, as on Linux (DT_*).
constexpr std::byte characterDevice{2};
constexpr std::byte directory{4};
constexpr std::byte regularFile{8};
constexpr std::byte symbolicLink{10};

std::int32_t makeDirectory(const SystemPath& path) noexcept {
  if (!path) return path.failed();
  return ::CreateDirectoryW(path.get(), nullptr) != FALSE ? 0 : lastFailure();
}

char randomCharacter(std::random_device& random) {
  constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::uniform_int_distribution<std::size_t> which(0, characters.size() - 1);
  return characters[which(random)];
}

bool isDots(std::wstring_view name) noexcept { return name == L"." || name == L".."; }

// The fields of one entry; where it is a reparse point, the field for extended attributes holds its tag (Microsoft,
// FILE_ID_BOTH_DIR_INFO).
std::byte typeOf(const FILE_ID_BOTH_DIR_INFO& entry) noexcept {
  if ((entry.FileAttributes & FILE_ATTRIBUTE_DEVICE) != 0) return characterDevice;
  if ((entry.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && isLinkTag(entry.EaSize)) return symbolicLink;
  return (entry.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? directory : regularFile;
}

std::int32_t appendEntries(const std::vector<std::byte>& listing, Bytes& payload) {
  constexpr std::size_t nameOffset = offsetof(FILE_ID_BOTH_DIR_INFO, FileName);
  std::int32_t entries = 0;
  for (std::size_t at = 0;;) {
    FILE_ID_BOTH_DIR_INFO entry;
    std::memcpy(&entry, listing.data() + at, nameOffset);
    std::wstring name(entry.FileNameLength / sizeof(wchar_t), L'\0');
    std::memcpy(name.data(), listing.data() + at + nameOffset, name.size() * sizeof(wchar_t));
    if (!isDots(name)) {
      const std::string text = narrowText(name);
      payload.push_back(typeOf(entry));
      append(payload, text.c_str(), text.size() + 1);
      entries++;
    }
    if (entry.NextEntryOffset == 0) return entries;
    at += entry.NextEntryOffset;
  }
}

// The number of entries, or a result below zero.
std::int32_t list(HANDLE handle, const std::atomic<bool>& cancelled, Bytes& payload) {
  std::vector<std::byte> listing(listingBytes);
  std::int32_t entries = 0;
  for (;;) {
    if (cancelled.load(std::memory_order_relaxed)) return ownFailure(error::cancelled);
    const BOOL more = ::GetFileInformationByHandleEx(handle, FileIdBothDirectoryInfo, listing.data(), listingBytes);
    if (more != FALSE) {
      entries += appendEntries(listing, payload);
      continue;
    }
    const DWORD code = ::GetLastError();
    // An empty root has not even the two dots.
    return code == ERROR_NO_MORE_FILES || code == ERROR_FILE_NOT_FOUND ? entries : failure(code);
  }
}

}  // namespace

std::int32_t pathMakeDirectory(const char* path, std::uint32_t) {
  const std::int32_t result = makeDirectory(SystemPath(path));
  const auto code = static_cast<DWORD>(lastNativeError());
  // A name no directory can have, as Node says it of mkdir.
  const bool isName = code == ERROR_INVALID_NAME || code == ERROR_DIRECTORY;
  return result < 0 && isName ? failureAs(error::invalidArgument, code) : result;
}

std::int32_t pathMakeTemporary(const char* prefix, Bytes& payload) {
  std::random_device random;
  for (int attempt = 0; attempt < mostAttempts; ++attempt) {
    std::string path = prefix;
    for (int each = 0; each < randomCharacters; ++each) path.push_back(randomCharacter(random));
    const std::int32_t result = makeDirectory(SystemPath(path));
    if (result == -error::exists) continue;
    if (result < 0) return result;
    append(payload, path.data(), path.size());
    return static_cast<std::int32_t>(path.size());
  }
  return failure(ERROR_ALREADY_EXISTS);
}

std::int32_t pathReadDirectory(const char* path, const std::atomic<bool>& cancelled, Bytes& payload) {
  const Opened opened = openExisting(SystemPath(path), FILE_LIST_DIRECTORY | SYNCHRONIZE);
  if (!opened.handle) return opened.failed;
  if (!isDirectory(opened.handle.get())) return failureAs(error::notDirectory, ERROR_DIRECTORY);
  const std::int32_t result = list(opened.handle.get(), cancelled, payload);
  if (result < 0) payload.clear();
  return result;
}

}  // namespace rescind::blocking
