#include "os/windows/status.h"

#include <string>

#include "os/windows/errors.h"
#include "os/windows/file_times.h"
#include "os/windows/handles.h"
#include "os/windows/reparse_points.h"
#include "os/windows/text.h"

namespace rescind {

namespace {

constexpr std::uint32_t readableByAll = 0444;
constexpr std::uint32_t writableByAll = 0222;
// What Node says of every file system.
constexpr std::uint64_t blockBytes = 4096;
// Of status.blocks.
constexpr std::int64_t allocationUnit = 512;
// Types of devices (FILE_DEVICE_…), which the number of a special device starts with.
constexpr std::uint64_t pipeDevice = std::uint64_t{0x11} << 16;
constexpr std::uint64_t nullDevice = std::uint64_t{0x15} << 16;

LARGE_INTEGER joined(FILETIME time) noexcept {
  LARGE_INTEGER whole;
  whole.LowPart = time.dwLowDateTime;
  whole.HighPart = static_cast<LONG>(time.dwHighDateTime);
  return whole;
}

std::uint64_t joined(DWORD high, DWORD low) noexcept { return std::uint64_t{high} << 32 | low; }

std::uint32_t modeOf(DWORD attributes) noexcept {
  const bool readOnly = (attributes & FILE_ATTRIBUTE_READONLY) != 0;
  const bool directory = (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  return (directory ? modeDirectory : modeFile) | readableByAll | (readOnly ? 0 : writableByAll);
}

void setTimes(const FILE_BASIC_INFO& from, StatusPayload& status) noexcept {
  const FileTime access = fileTimeOf(from.LastAccessTime);
  const FileTime modify = fileTimeOf(from.LastWriteTime);
  const FileTime change = fileTimeOf(from.ChangeTime);
  const FileTime birth = fileTimeOf(from.CreationTime);
  status.accessSeconds = access.seconds;
  status.accessNanoseconds = access.nanoseconds;
  status.modifySeconds = modify.seconds;
  status.modifyNanoseconds = modify.nanoseconds;
  status.changeSeconds = change.seconds;
  status.changeNanoseconds = change.nanoseconds;
  status.birthSeconds = birth.seconds;
  status.birthNanoseconds = birth.nanoseconds;
}

// Devices and pipes have no more than a type.
StatusPayload specialStatus(std::uint64_t mode, std::uint64_t device) noexcept {
  StatusPayload status{};
  status.mode = mode;
  status.linkCount = 1;
  status.blockSize = blockBytes;
  status.specialDevice = device;
  return status;
}

void setFields(const FILE_BASIC_INFO& basic, const FILE_STANDARD_INFO& standard, StatusPayload& status) noexcept {
  status = {};
  status.mode = modeOf(basic.FileAttributes);
  status.linkCount = standard.NumberOfLinks;
  status.blockSize = blockBytes;
  const bool directory = (basic.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  status.size = directory ? 0 : static_cast<std::uint64_t>(standard.EndOfFile.QuadPart);
  status.blocks = static_cast<std::uint64_t>(standard.AllocationSize.QuadPart / allocationUnit);
  setTimes(basic, status);
}

// Not every file system, of those on other computers above all, numbers its volumes and files.
void setIdentity(HANDLE handle, StatusPayload& status) noexcept {
  BY_HANDLE_FILE_INFORMATION file;
  if (::GetFileInformationByHandle(handle, &file) == FALSE) return;
  status.device = file.dwVolumeSerialNumber;
  status.inode = joined(file.nFileIndexHigh, file.nFileIndexLow);
}

std::int32_t showLink(HANDLE link, StatusPayload& status) {
  std::wstring target;
  const std::int32_t result = readLink(link, target);
  if (result < 0) return result;
  status.mode = modeLink | (status.mode & (readableByAll | writableByAll));
  status.size = narrowText(target).size();
  return 0;
}

std::int32_t statusOfFile(HANDLE handle, Reparse reparse, StatusPayload& status) {
  FILE_BASIC_INFO basic;
  FILE_STANDARD_INFO standard;
  if (::GetFileInformationByHandleEx(handle, FileBasicInfo, &basic, sizeof basic) == FALSE ||
      ::GetFileInformationByHandleEx(handle, FileStandardInfo, &standard, sizeof standard) == FALSE) {
    return lastFailure();
  }
  setFields(basic, standard, status);
  setIdentity(handle, status);
  const bool isReparsePoint = (basic.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
  return reparse == Reparse::shown && isReparsePoint ? showLink(handle, status) : 0;
}

}  // namespace

std::int32_t statusOf(HANDLE handle, Reparse reparse, StatusPayload& status) {
  switch (::GetFileType(handle)) {
    case FILE_TYPE_DISK:
      return statusOfFile(handle, reparse, status);
    case FILE_TYPE_PIPE:
      status = specialStatus(modeFifo, pipeDevice);
      return 0;
    case FILE_TYPE_CHAR:
      status = specialStatus(modeCharacterDevice | readableByAll | writableByAll, nullDevice);
      return 0;
    default:
      return ::GetLastError() == NO_ERROR ? failure(ERROR_INVALID_HANDLE) : lastFailure();
  }
}

std::int32_t statusInDirectory(const wchar_t* path, StatusPayload& status) noexcept {
  WIN32_FIND_DATAW found;
  const HANDLE search = ::FindFirstFileExW(path, FindExInfoBasic, &found, FindExSearchNameMatch, nullptr, 0);
  if (search == INVALID_HANDLE_VALUE) return lastFailure();
  ::FindClose(search);
  if ((found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) return failure(ERROR_SHARING_VIOLATION);
  FILE_BASIC_INFO basic{};
  basic.FileAttributes = found.dwFileAttributes;
  basic.CreationTime = joined(found.ftCreationTime);
  basic.LastAccessTime = joined(found.ftLastAccessTime);
  basic.LastWriteTime = joined(found.ftLastWriteTime);
  basic.ChangeTime = basic.LastWriteTime;
  FILE_STANDARD_INFO standard{};
  standard.NumberOfLinks = 1;
  standard.EndOfFile.QuadPart = static_cast<LONGLONG>(joined(found.nFileSizeHigh, found.nFileSizeLow));
  standard.AllocationSize = standard.EndOfFile;
  setFields(basic, standard, status);
  return 0;
}

}  // namespace rescind
