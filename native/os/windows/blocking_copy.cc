#include "os/blocking_copy.h"

#include "os/blocking_result.h"
#include "os/blocking_thread.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"

namespace rescind::blocking {

namespace {

struct Progress {
  const std::atomic<bool>& cancelled;
  // The first word of the system's comes when the destination is open and has been cut off.
  bool begun = false;
};

// Called by the system in the copying thread, for every piece.
DWORD CALLBACK onProgress(LARGE_INTEGER, LARGE_INTEGER, LARGE_INTEGER, LARGE_INTEGER, DWORD, DWORD, HANDLE, HANDLE,
                          void* data) noexcept {
  auto& progress = *static_cast<Progress*>(data);
  progress.begun = true;
  return progress.cancelled.load(std::memory_order_relaxed) ? PROGRESS_CANCEL : PROGRESS_CONTINUE;
}

bool sameFile(const SystemPath& one, const SystemPath& other) {
  const Opened first = openExisting(one, FILE_READ_ATTRIBUTES);
  const Opened second = openExisting(other, FILE_READ_ATTRIBUTES);
  BY_HANDLE_FILE_INFORMATION left;
  BY_HANDLE_FILE_INFORMATION right;
  return first.handle && second.handle && ::GetFileInformationByHandle(first.handle.get(), &left) != FALSE &&
         ::GetFileInformationByHandle(second.handle.get(), &right) != FALSE &&
         left.dwVolumeSerialNumber == right.dwVolumeSerialNumber && left.nFileIndexHigh == right.nFileIndexHigh &&
         left.nFileIndexLow == right.nFileIndexLow;
}

}  // namespace

CopyOutcome pathCopy(const char* from, const char* to, int flags, const std::atomic<bool>& cancelled) {
  // The system shares blocks by itself where the file system can, and does not say whether it has.
  if ((flags & copyForceClone) != 0) return {ownFailure(error::notImplemented), false};
  const SystemPath source(from);
  const SystemPath destination(to);
  if (!source) return {source.failed(), false};
  if (!destination) return {destination.failed(), false};
  if (cancelled.load(std::memory_order_relaxed)) return {ownFailure(error::cancelled), false};

  const bool existed = ::GetFileAttributesW(destination.get()) != INVALID_FILE_ATTRIBUTES;
  const DWORD how = (flags & copyExclusive) != 0 ? COPY_FILE_FAIL_IF_EXISTS : 0;
  Progress progress{cancelled};
  if (::CopyFileExW(source.get(), destination.get(), onProgress, &progress, nullptr, how) != FALSE) {
    return {0, existed};
  }
  const DWORD code = ::GetLastError();
  // A copy onto itself finds the file in its own way.
  const bool itself = code == ERROR_SHARING_VIOLATION && how == 0 && sameFile(source, destination);
  if (itself) return {0, false};
  // The system removes what it has begun; where it could not, being interrupted again perhaps, it is tried once more.
  if (progress.begun) {
    const Uninterrupted undoing;
    ::DeleteFileW(destination.get());
  }
  return {failure(code), existed && progress.begun};
}

}  // namespace rescind::blocking
