// A small file in one operation: open, read to the end, close.

#include <algorithm>

#include "os/blocking_files.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"

namespace rescind::blocking {

namespace {

constexpr std::size_t largestWhole = std::size_t{512} << 20;
// Between two looks at whether somebody cancelled.
constexpr std::size_t pieceBytes = std::size_t{4} << 20;
constexpr std::uint32_t readableByAll = 0666;

// Reads to the end of the file; `payload` ends as long as what was read.
std::int32_t readToEnd(HANDLE file, std::size_t size, const std::atomic<bool>& cancelled, Bytes& payload) {
  // One more than expected: a short count then says that the end is where the status said.
  payload.resize(size + 1);
  std::size_t used = 0;
  for (;;) {
    if (cancelled.load(std::memory_order_relaxed)) return ownFailure(error::cancelled);
    const auto room = static_cast<DWORD>(std::min(payload.size() - used, pieceBytes));
    DWORD count = 0;
    if (::ReadFile(file, payload.data() + used, room, &count, nullptr) == FALSE) return lastFailure();
    used += count;
    if (count == 0 || (size != 0 && used == size)) break;
    if (used > largestWhole) return ownFailure(error::notSupported);
    if (used == payload.size()) payload.resize(used * 2);
  }
  payload.resize(used);
  return static_cast<std::int32_t>(used);
}

}  // namespace

std::int32_t fileReadWhole(const char* path, int flags, const std::atomic<bool>& cancelled, Bytes& payload) {
  const SystemPath where(path);
  // Before it is opened: an open of a pipe takes the place of a client.
  if (where && namesDevice(where.text())) return ownFailure(error::notSupported);
  const Opened file = openFile(where, flags, readableByAll, Waiting::inCall);
  if (!file.handle) return file.failed;
  if (::GetFileType(file.handle.get()) != FILE_TYPE_DISK) return ownFailure(error::notSupported);
  FILE_STANDARD_INFO status;
  if (::GetFileInformationByHandleEx(file.handle.get(), FileStandardInfo, &status, sizeof status) == FALSE) {
    return lastFailure();
  }
  if (status.Directory != FALSE) return ownFailure(error::notSupported);
  const auto size = static_cast<std::uint64_t>(status.EndOfFile.QuadPart);
  if (size > largestWhole) return ownFailure(error::notSupported);
  const std::int32_t result = readToEnd(file.handle.get(), size, cancelled, payload);
  if (result < 0) payload.clear();
  return result;
}

}  // namespace rescind::blocking
