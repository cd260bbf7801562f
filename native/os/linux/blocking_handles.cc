#include "os/blocking_handles.h"

#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/linux/blocking_result.h"

namespace rescind::blocking {

std::int32_t handleClose(int handle) noexcept {
  const std::int32_t result = resultOf(::close(handle));
  // Linux releases the descriptor before anything can interrupt close(2).
  return result == -EINTR ? 0 : result;
}

std::int32_t socketOpen(int family, int type) noexcept {
  const int domain = family == 4 ? AF_INET : family == 6 ? AF_INET6 : family == 1 ? AF_UNIX : -1;
  const int kind = type == 1 ? SOCK_STREAM : type == 2 ? SOCK_DGRAM : -1;
  if (domain == -1) return -EAFNOSUPPORT;
  if (kind == -1) return -ESOCKTNOSUPPORT;
  // Not SOCK_NONBLOCK: io_uring answers EAGAIN on such a socket instead of waiting for it.
  return resultOf(::socket(domain, kind | SOCK_CLOEXEC, 0));
}

std::int32_t watchAdd(int inotify, const char* path, std::uint32_t mask) noexcept {
  return resultOf(::inotify_add_watch(inotify, path, mask));
}

std::int32_t pipeConnect(const char*, PipeMode, const std::atomic<bool>&) { return -ENOSYS; }

std::int32_t directoryWatchOpen(const char*) { return -ENOSYS; }

}  // namespace rescind::blocking
