// A small file in one operation: open, read to the end, close.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "os/blocking_files.h"
#include "os/linux/blocking_result.h"
#include "os/linux/unique_fd.h"

namespace rescind::blocking {

namespace {

constexpr std::size_t largestWhole = std::size_t{512} << 20;
// Between two looks at whether somebody cancelled.
constexpr std::size_t pieceBytes = std::size_t{4} << 20;
// What is tried for a file that says it is empty: those of /proc do, and are not.
constexpr std::size_t unknownBytes = std::size_t{16} << 10;

// Reads to the end of the file; `payload` ends as long as what was read.
std::int32_t readToEnd(int file, std::size_t size, const std::atomic<bool>& cancelled, Bytes& payload) {
  // One more than expected: a short count then says that the end is where the status said.
  payload.resize(size == 0 ? unknownBytes : size + 1);
  std::size_t used = 0;
  for (;;) {
    if (cancelled.load(std::memory_order_relaxed)) return -ECANCELED;
    const std::size_t room = std::min(payload.size() - used, pieceBytes);
    const ssize_t count = ::read(file, payload.data() + used, room);
    if (count < 0) return -errno;
    used += static_cast<std::size_t>(count);
    if (count == 0 || (size != 0 && used == size)) break;
    if (used > largestWhole) return -ENOTSUP;
    if (used == payload.size()) payload.resize(used * 2);
  }
  payload.resize(used);
  return static_cast<std::int32_t>(used);
}

}  // namespace

std::int32_t fileReadWhole(const char* path, int flags, const std::atomic<bool>& cancelled, Bytes& payload) {
  struct stat status;
  // Before it is opened: an open takes part in a FIFO, rewinds a tape, and may wait for ever.
  if (::stat(path, &status) == 0 && !S_ISREG(status.st_mode)) return -ENOTSUP;
  const UniqueFd file(::open(path, flags | O_CLOEXEC, 0666));
  if (!file) return -errno;
  if (::fstat(file.get(), &status) < 0) return -errno;
  if (!S_ISREG(status.st_mode)) return -ENOTSUP;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > largestWhole) return -ENOTSUP;
  const std::int32_t result = readToEnd(file.get(), size, cancelled, payload);
  if (result < 0) payload.clear();
  return result;
}

}  // namespace rescind::blocking
