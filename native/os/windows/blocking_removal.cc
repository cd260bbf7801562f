// unlink and rmdir.

#include <utility>

#include "os/blocking_paths.h"
#include "os/blocking_thread.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"
#include "os/windows/information_classes.h"
#include "os/windows/reparse_points.h"

namespace rescind::blocking {

namespace {

// The name is gone at once, although somebody has the file open; Windows 10 has it on NTFS since version 1607, and
// read-only files since 1809.
DWORD removeNow(HANDLE handle) noexcept {
  DispositionInfoEx info = {dispositionDelete | dispositionPosix | dispositionIgnoreReadOnly};
  const BOOL removed = ::SetFileInformationByHandle(handle, fileDispositionInfoEx, &info, sizeof info);
  return removed != FALSE ? 0 : ::GetLastError();
}

// The name is gone when nobody has the file open any more.
DWORD removeOnClose(HANDLE handle, DWORD attributes) noexcept {
  FILE_BASIC_INFO basic{};
  const bool readOnly = (attributes & FILE_ATTRIBUTE_READONLY) != 0;
  if (readOnly) {
    const DWORD writable = attributes & ~static_cast<DWORD>(FILE_ATTRIBUTE_READONLY);
    basic.FileAttributes = writable == 0 ? FILE_ATTRIBUTE_NORMAL : writable;
    if (::SetFileInformationByHandle(handle, FileBasicInfo, &basic, sizeof basic) == FALSE) return ::GetLastError();
  }
  FILE_DISPOSITION_INFO info = {TRUE};
  if (::SetFileInformationByHandle(handle, FileDispositionInfo, &info, sizeof info) != FALSE) return 0;
  const DWORD problem = ::GetLastError();
  // What could not be removed is left as it was.
  const Uninterrupted undoing;
  basic.FileAttributes = attributes;
  if (readOnly) ::SetFileInformationByHandle(handle, FileBasicInfo, &basic, sizeof basic);
  return problem;
}

// The link itself, not what it points at.
Opened openToRemove(const SystemPath& path, DWORD more) {
  return openExisting(path, DELETE | FILE_READ_ATTRIBUTES | more, FILE_FLAG_OPEN_REPARSE_POINT);
}

std::int32_t remove(const SystemPath& path, HANDLE handle, DWORD attributes) {
  const DWORD problem = removeNow(handle);
  if (problem == 0) return 0;
  if (!isUnknownInformation(problem)) return failure(problem);
  const bool readOnly = (attributes & FILE_ATTRIBUTE_READONLY) != 0;
  // Most files need no right to change them.
  const Opened again = readOnly ? openToRemove(path, FILE_WRITE_ATTRIBUTES) : Opened{};
  if (again.failed < 0) return again.failed;
  const DWORD second = removeOnClose(readOnly ? again.handle.get() : handle, attributes);
  return second == 0 ? 0 : failure(second);
}

std::int32_t attributesOf(HANDLE handle, FILE_ATTRIBUTE_TAG_INFO& info) noexcept {
  const BOOL told = ::GetFileInformationByHandleEx(handle, FileAttributeTagInfo, &info, sizeof info);
  return told != FALSE ? 0 : lastFailure();
}

}  // namespace

std::int32_t pathUnlink(const char* path) {
  const SystemPath where(path);
  const Opened opened = openToRemove(where, 0);
  if (!opened.handle) return opened.failed;
  FILE_ATTRIBUTE_TAG_INFO info;
  const std::int32_t result = attributesOf(opened.handle.get(), info);
  if (result < 0) return result;
  const bool isLink = (info.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && isLinkTag(info.ReparseTag);
  if ((info.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 && !isLink) return failure(ERROR_ACCESS_DENIED);
  return remove(where, opened.handle.get(), info.FileAttributes);
}

std::int32_t pathRemoveDirectory(const char* path) {
  const SystemPath where(path);
  const Opened opened = openToRemove(where, 0);
  if (!opened.handle) return opened.failed;
  FILE_ATTRIBUTE_TAG_INFO info;
  const std::int32_t result = attributesOf(opened.handle.get(), info);
  if (result < 0) return result;
  if ((info.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) return failure(ERROR_DIRECTORY);
  return remove(where, opened.handle.get(), info.FileAttributes);
}

}  // namespace rescind::blocking
