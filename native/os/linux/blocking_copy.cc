#include "os/blocking_copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/blocking_result.h"
#include "os/linux/blocking_result.h"
#include "os/linux/unique_fd.h"

namespace rescind::blocking {

namespace {

// Between two looks at whether somebody cancelled.
constexpr std::size_t kernelPieceBytes = std::size_t{4} << 20;
constexpr std::size_t userPieceBytes = std::size_t{256} << 10;
constexpr mode_t permissionBits = 07777;

struct Destination {
  UniqueFd file;
  struct stat status = {};
  bool made = false;     // by this copy
  bool changed = false;  // its contents, by this copy
};

std::int32_t openDestination(const char* path, int flags, mode_t mode, Destination& destination) noexcept {
  destination.file = UniqueFd(::open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  destination.made = static_cast<bool>(destination.file);
  if (!destination.made && errno == EEXIST && (flags & copyExclusive) == 0) {
    destination.file = UniqueFd(::open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode));
  }
  if (!destination.file) return -errno;
  return resultOf(::fstat(destination.file.get(), &destination.status));
}

// The kernel's own copy, which may share blocks or run on a server. Ends at the end of the file, or where
// this pair of files has no such copy: the caller goes on from there by reading and writing.
std::int32_t copyInKernel(int from, int to, const std::atomic<bool>& cancelled) noexcept {
  for (;;) {
    if (cancelled.load(std::memory_order_relaxed)) return -ECANCELED;
    const ssize_t count = ::copy_file_range(from, nullptr, to, nullptr, kernelPieceBytes, 0);
    if (count == 0) return 0;
    if (count > 0) continue;
    switch (errno) {
      case ENOSYS:
      case EXDEV:
      case EINVAL:
      case EOPNOTSUPP:
      case EPERM:
      case EBADF:
        return 0;
      default:
        return -errno;
    }
  }
}

std::int32_t writeAll(int to, const std::byte* from, std::size_t length) noexcept {
  while (length > 0) {
    const ssize_t count = ::write(to, from, length);
    if (count < 0) return -errno;
    from += count;
    length -= static_cast<std::size_t>(count);
  }
  return 0;
}

std::int32_t copyByHand(int from, int to, const std::atomic<bool>& cancelled) {
  Bytes piece(userPieceBytes);
  for (;;) {
    if (cancelled.load(std::memory_order_relaxed)) return -ECANCELED;
    const ssize_t count = ::read(from, piece.data(), piece.size());
    if (count <= 0) return resultOf(count);
    const std::int32_t result = writeAll(to, piece.data(), static_cast<std::size_t>(count));
    if (result < 0) return result;
  }
}

std::int32_t clone(int from, const struct stat& source, Destination& destination) noexcept {
  if (::ioctl(destination.file.get(), FICLONE, from) < 0) return errno == ENOTTY ? -ENOTSUP : -errno;
  destination.changed = true;
  // A longer file keeps what lies behind the cloned blocks.
  return resultOf(::ftruncate(destination.file.get(), source.st_size));
}

std::int32_t fill(int from, const struct stat& source, int flags, Destination& destination,
                  const std::atomic<bool>& cancelled) {
  const int to = destination.file.get();
  // Behind this a cancelled copy has left something that was not there before.
  if (cancelled.load(std::memory_order_relaxed)) return -ECANCELED;
  const mode_t mode = source.st_mode & permissionBits;
  const bool regular = S_ISREG(destination.status.st_mode);
  // A device that stands in the place of the file keeps its permissions.
  const bool changesMode = regular && (destination.status.st_mode & permissionBits) != mode;
  if (changesMode && ::fchmod(to, mode) < 0) return -errno;
  if ((flags & (copyTryClone | copyForceClone)) != 0) {
    const std::int32_t result = clone(from, source, destination);
    if (result == 0 || (flags & copyForceClone) != 0) return result;
  }
  if (regular && ::ftruncate(to, 0) < 0) return -errno;
  destination.changed = true;
  const std::int32_t result = copyInKernel(from, to, cancelled);
  return result < 0 ? result : copyByHand(from, to, cancelled);
}

}  // namespace

CopyOutcome pathCopy(const char* from, const char* to, int flags, const std::atomic<bool>& cancelled) {
  struct stat source;
  const UniqueFd file(::open(from, O_RDONLY | O_CLOEXEC));
  if (!file || ::fstat(file.get(), &source) < 0) return {-errno, false};
  if (S_ISDIR(source.st_mode)) return {-EISDIR, false};

  Destination destination;
  std::int32_t result = openDestination(to, flags, source.st_mode & permissionBits, destination);
  if (!destination.file) return {result, false};
  const bool same = destination.status.st_dev == source.st_dev && destination.status.st_ino == source.st_ino;
  if (result == 0 && same) return {0, false};
  if (result == 0) result = fill(file.get(), source, flags, destination, cancelled);
  const bool touched = destination.made || destination.changed;
  // Only a file: a device that stands in its place is not ours to remove.
  if (result < 0 && touched && S_ISREG(destination.status.st_mode)) ::unlink(to);
  return {result, destination.changed && !destination.made};
}

}  // namespace rescind::blocking
