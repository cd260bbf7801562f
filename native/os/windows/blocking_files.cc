#include "os/blocking_files.h"

#include "os/windows/errors.h"
#include "os/windows/file_change.h"
#include "os/windows/file_opening.h"
#include "os/windows/overlapped_call.h"

namespace rescind::blocking {

namespace {

// Modes of fallocate(2).
constexpr int keepSize = 1;
constexpr int punchHole = 2;

std::int32_t setEnd(HANDLE file, std::int64_t length) noexcept {
  FILE_END_OF_FILE_INFO info;
  info.EndOfFile.QuadPart = length;
  return ::SetFileInformationByHandle(file, FileEndOfFileInfo, &info, sizeof info) != FALSE ? 0 : lastFailure();
}

// A file system that does not know what it is to reserve room says one of these.
bool isNotKnown(DWORD code) noexcept {
  return code == ERROR_INVALID_FUNCTION || code == ERROR_NOT_SUPPORTED || code == ERROR_INVALID_PARAMETER ||
         code == ERROR_CALL_NOT_IMPLEMENTED;
}

std::int32_t reserve(HANDLE file, std::int64_t end, int mode) noexcept {
  FILE_STANDARD_INFO status;
  if (::GetFileInformationByHandleEx(file, FileStandardInfo, &status, sizeof status) == FALSE) return lastFailure();
  // A smaller number than there is cuts the file off.
  if (end > status.AllocationSize.QuadPart && end > status.EndOfFile.QuadPart) {
    FILE_ALLOCATION_INFO info;
    info.AllocationSize.QuadPart = end;
    const BOOL reserved = ::SetFileInformationByHandle(file, FileAllocationInfo, &info, sizeof info);
    if (reserved == FALSE && !isNotKnown(::GetLastError())) return lastFailure();
  }
  const bool grows = mode == 0 && end > status.EndOfFile.QuadPart;
  return grows ? setEnd(file, end) : 0;
}

std::int32_t control(HANDLE file, DWORD code, void* from, DWORD length) noexcept {
  OverlappedCall call(0);
  DWORD bytes = 0;
  const BOOL returned = ::DeviceIoControl(file, code, from, length, nullptr, 0, nullptr, call.get());
  const DWORD problem = call.wait(file, returned, bytes);
  return problem == 0 ? 0 : failure(problem);
}

std::int32_t makeHole(HANDLE file, std::int64_t offset, std::int64_t end) noexcept {
  const std::int32_t result = control(file, FSCTL_SET_SPARSE, nullptr, 0);
  if (result < 0) return result;
  FILE_ZERO_DATA_INFORMATION hole;
  hole.FileOffset.QuadPart = offset;
  hole.BeyondFinalZero.QuadPart = end;
  return control(file, FSCTL_SET_ZERO_DATA, &hole, sizeof hole);
}

// A handle opened to read alone may not change attributes and times, its owner may: open the file once more, for that.
template <typename Change>
std::int32_t withAttributes(int file, Change change) noexcept {
  const std::int32_t result = change(handleOf(file));
  if (result != -error::notPermitted) return result;
  const UniqueHandle again(
      ::ReOpenFile(handleOf(file), FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES, shareAll, FILE_FLAG_BACKUP_SEMANTICS));
  return again ? change(again.get()) : result;
}

}  // namespace

std::int32_t fileSync(int file) noexcept { return ::FlushFileBuffers(handleOf(file)) != FALSE ? 0 : lastFailure(); }

// The system has one way to do both.
std::int32_t fileDataSync(int file) noexcept { return fileSync(file); }

std::int32_t fileAllocate(int file, int mode, std::int64_t offset, std::int64_t length) noexcept {
  if (offset < 0 || length <= 0 || offset > INT64_MAX - length) return ownFailure(error::invalidArgument);
  if (mode == (keepSize | punchHole)) return makeHole(handleOf(file), offset, offset + length);
  if (mode != 0 && mode != keepSize) return ownFailure(error::notSupported);
  return reserve(handleOf(file), offset + length, mode);
}

std::int32_t fileTruncate(int file, std::int64_t length) noexcept {
  return length < 0 ? ownFailure(error::invalidArgument) : setEnd(handleOf(file), length);
}

std::int32_t fileChangeMode(int file, std::uint32_t mode) noexcept {
  return withAttributes(file, [mode](HANDLE handle) { return changeMode(handle, mode); });
}

// Files have other owners here than numbers: as in Node, nothing is changed.
std::int32_t fileChangeOwner(int, std::uint32_t, std::uint32_t) noexcept { return 0; }

std::int32_t fileChangeTimes(int file, FileTime access, FileTime modify) noexcept {
  return withAttributes(file, [=](HANDLE handle) { return changeTimes(handle, access, modify); });
}

}  // namespace rescind::blocking
