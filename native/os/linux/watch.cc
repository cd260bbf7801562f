#include "os/watch.h"

#include <sys/inotify.h>

#include <cerrno>

namespace rescind {

int watchOpen() noexcept {
  // Not blocking, so that a read on it waits in the kernel's poll, where it can be cancelled, and no thread
  // is held by it.
  const int handle = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  return handle < 0 ? -errno : handle;
}

int watchRemove(int handle, int watch) noexcept { return ::inotify_rm_watch(handle, watch) < 0 ? -errno : 0; }

}  // namespace rescind
