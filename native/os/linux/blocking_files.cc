#include "os/blocking_files.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "os/linux/blocking_result.h"
#include "os/linux/status.h"
#include "os/linux/timespec.h"

namespace rescind::blocking {

namespace {

// Linux takes IOV_MAX pieces in one call; the rest is left to the caller, as any short count is.
std::vector<iovec> piecesOf(std::span<const char> pairs) {
  std::vector<iovec> pieces(std::min<std::size_t>(pairs.size() / (2 * sizeof(double)), IOV_MAX));
  const char* at = pairs.data();
  for (iovec& piece : pieces) {
    double pair[2];
    std::memcpy(pair, at, sizeof pair);
    at += sizeof pair;
    piece.iov_base = reinterpret_cast<void*>(static_cast<std::uintptr_t>(pair[0]));
    piece.iov_len = static_cast<std::size_t>(pair[1]);
  }
  return pieces;
}

}  // namespace

std::int32_t fileOpen(const char* path, int flags, mode_t mode) {
  return resultOf(::open(path, flags | O_CLOEXEC, mode));
}

std::int32_t fileRead(int file, void* memory, std::size_t length, off_t offset) noexcept {
  if (offset == currentPosition) return resultOf(::read(file, memory, length));
  return resultOf(::pread(file, memory, length, offset));
}

std::int32_t fileWrite(int file, const void* memory, std::size_t length, off_t offset) noexcept {
  if (offset == currentPosition) return resultOf(::write(file, memory, length));
  return resultOf(::pwrite(file, memory, length, offset));
}

std::int32_t fileReadVector(int file, std::span<const char> pairs, off_t offset) {
  const std::vector<iovec> pieces = piecesOf(pairs);
  const int count = static_cast<int>(pieces.size());
  if (offset == currentPosition) return resultOf(::readv(file, pieces.data(), count));
  return resultOf(::preadv(file, pieces.data(), count, offset));
}

std::int32_t fileWriteVector(int file, std::span<const char> pairs, off_t offset) {
  const std::vector<iovec> pieces = piecesOf(pairs);
  const int count = static_cast<int>(pieces.size());
  if (offset == currentPosition) return resultOf(::writev(file, pieces.data(), count));
  return resultOf(::pwritev(file, pieces.data(), count, offset));
}

std::int32_t fileSync(int file) noexcept { return resultOf(::fsync(file)); }

std::int32_t fileDataSync(int file) noexcept { return resultOf(::fdatasync(file)); }

std::int32_t fileStatus(int file, Bytes& payload) {
  struct statx status;
  const std::int32_t result = resultOf(::statx(file, "", AT_EMPTY_PATH, statusMask, &status));
  if (result < 0) return result;
  const StatusPayload fields = statusPayload(status);
  append(payload, &fields, sizeof fields);
  return 0;
}

std::int32_t fileAllocate(int file, int mode, off_t offset, off_t length) noexcept {
  return resultOf(::fallocate(file, mode, offset, length));
}

std::int32_t fileTruncate(int file, off_t length) noexcept { return resultOf(::ftruncate(file, length)); }

std::int32_t fileChangeMode(int file, mode_t mode) noexcept { return resultOf(::fchmod(file, mode)); }

std::int32_t fileChangeOwner(int file, uid_t user, gid_t group) noexcept {
  return resultOf(::fchown(file, user, group));
}

std::int32_t fileChangeTimes(int file, FileTime access, FileTime modify) noexcept {
  const timespec times[2] = {timespecOf(access), timespecOf(modify)};
  return resultOf(::futimens(file, times));
}

}  // namespace rescind::blocking
