#include "os/close_descriptor.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace rescind {

// Sockets, pipes and what has no type of its own (inotify) close at once: a port is free when close(2) returns.
bool closesAtOnce(int descriptor) noexcept {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) return true;
  return S_ISSOCK(status.st_mode) || S_ISFIFO(status.st_mode) || (status.st_mode & S_IFMT) == 0;
}

// Linux frees the descriptor before anything that can fail, EINTR too: closing again could hit another's.
int closeDescriptor(int descriptor) noexcept { return ::close(descriptor) == 0 ? 0 : -errno; }

}  // namespace rescind
