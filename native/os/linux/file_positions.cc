#include "os/file_positions.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace rescind {

namespace {

// Refused with EINVAL, but behind the question whether the file has positions (fs/read_write.c, do_preadv) and
// before the file system, which may be frozen or hung, hears of it.
constexpr long tooManyVectors = IOV_MAX + 1;

bool refuses(long call, int handle) noexcept {
  return ::syscall(call, handle, nullptr, tooManyVectors, 0L, 0L) < 0 && errno == ESPIPE;
}

}  // namespace

int refusedPositions(int handle) noexcept {
  return (refuses(SYS_preadv, handle) ? refusesReadAt : 0) | (refuses(SYS_pwritev, handle) ? refusesWriteAt : 0);
}

}  // namespace rescind
