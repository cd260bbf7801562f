#include "os/blocking_paths.h"

#include <string>

#include "os/windows/errors.h"
#include "os/windows/file_change.h"
#include "os/windows/file_opening.h"
#include "os/windows/text.h"

namespace rescind::blocking {

namespace {

constexpr int wantsToWrite = 2;  // W_OK

// The functions that ask for a path answer with the length it would have where it does not fit.
template <typename Ask>
std::wstring askPath(Ask ask) {
  std::wstring path(MAX_PATH, L'\0');
  for (;;) {
    const DWORD length = ask(path.data(), static_cast<DWORD>(path.size()));
    const bool fits = length < path.size();
    path.resize(length);
    if (fits) return path;
  }
}

struct Space {
  std::uint64_t unitBytes;
  std::uint64_t total;
  std::uint64_t free;
  std::uint64_t available;  // to this user
};

// In units the file system gives its room away in.
std::int32_t spaceOf(const wchar_t* volume, Space& space) noexcept {
  DWORD unitSectors = 0;
  DWORD sectorBytes = 0;
  DWORD freeUnits = 0;
  DWORD totalUnits = 0;
  ULARGE_INTEGER available;
  ULARGE_INTEGER total;
  ULARGE_INTEGER free;
  // The units of the first are cut off at 32 bits, so the second is asked as well.
  if (::GetDiskFreeSpaceW(volume, &unitSectors, &sectorBytes, &freeUnits, &totalUnits) == FALSE ||
      ::GetDiskFreeSpaceExW(volume, &available, &total, &free) == FALSE) {
    return lastFailure();
  }
  const std::uint64_t unit = std::uint64_t{unitSectors} * sectorBytes;
  if (unit == 0) return ownFailure(error::notSupported);
  space = {unit, total.QuadPart / unit, free.QuadPart / unit, available.QuadPart / unit};
  return 0;
}

// What is open, by its path without links; empty where the system cannot say.
std::wstring finalPath(HANDLE handle) {
  return askPath(
      [handle](wchar_t* into, DWORD room) { return ::GetFinalPathNameByHandleW(handle, into, room, VOLUME_NAME_DOS); });
}

}  // namespace

std::int32_t pathAccess(const char* path, int mode) {
  const SystemPath where(path);
  if (!where) return where.failed();
  const DWORD attributes = ::GetFileAttributesW(where.get());
  if (attributes == INVALID_FILE_ATTRIBUTES) return lastFailure();
  // What is in a directory may be changed although it is read-only itself.
  const bool readOnly = (attributes & FILE_ATTRIBUTE_READONLY) != 0 && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
  return readOnly && (mode & wantsToWrite) != 0 ? ownFailure(error::notPermitted) : 0;
}

std::int32_t pathChangeMode(const char* path, std::uint32_t mode) {
  const Opened opened = openExisting(SystemPath(path), FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES);
  return opened.handle ? changeMode(opened.handle.get(), mode) : opened.failed;
}

// Files have other owners here than numbers: as in Node, nothing is changed.
std::int32_t pathChangeOwner(const char*, std::uint32_t, std::uint32_t, Links) { return 0; }

std::int32_t pathChangeTimes(const char* path, FileTime access, FileTime modify, Links links) {
  const DWORD flags = links == Links::keep ? FILE_FLAG_OPEN_REPARSE_POINT : 0;
  const Opened opened = openExisting(SystemPath(path), FILE_WRITE_ATTRIBUTES, flags);
  return opened.handle ? changeTimes(opened.handle.get(), access, modify) : opened.failed;
}

std::int32_t pathRealPath(const char* path, Bytes& payload) {
  const Opened opened = openExisting(SystemPath(path), 0);
  if (!opened.handle) return opened.failed;
  const std::wstring found = finalPath(opened.handle.get());
  if (found.empty()) return lastFailure();
  const std::string text = narrowText(withoutPrefix(found));
  append(payload, text.data(), text.size());
  return static_cast<std::int32_t>(text.size());
}

std::int32_t pathStatusFilesystem(const char* path, Bytes& payload) {
  const SystemPath given(path);
  const Opened opened = openExisting(given, 0);
  if (!opened.handle) return opened.failed;
  std::wstring where = finalPath(opened.handle.get());
  if (where.empty()) where = given.text();
  // With room for the separator it ends with, and at least that of a root.
  std::wstring volume(where.size() + MAX_PATH, L'\0');
  if (::GetVolumePathNameW(where.c_str(), volume.data(), static_cast<DWORD>(volume.size())) == FALSE) {
    return lastFailure();
  }
  Space space{};
  const std::int32_t result = spaceOf(volume.c_str(), space);
  if (result < 0) return result;
  // As in Node there is no type, and nobody counts files.
  const std::uint64_t fields[8] = {0, space.unitBytes, space.unitBytes, space.total, space.free, space.available, 0, 0};
  append(payload, fields, sizeof fields);
  return 0;
}

}  // namespace rescind::blocking
