#include "os/socket_options.h"

#include <cerrno>

#include "os/sockets.h"
#include "os/system_options.h"

namespace rescind {

namespace {

// Several sockets that share the work of one port, and what marks and paces a socket's traffic, are Linux's.
SystemOption nameOf(int handle, SocketOption option) noexcept {
  switch (option) {
    case SocketOption::reusePort:
      return {SOL_SOCKET, SO_REUSEPORT};
    case SocketOption::trafficClass:
      if (isIpv6(handle)) return {IPPROTO_IPV6, IPV6_TCLASS};
      return {IPPROTO_IP, IP_TOS};
    case SocketOption::priority:
      return {SOL_SOCKET, SO_PRIORITY};
    case SocketOption::mostBytesPerSecond:
      return {SOL_SOCKET, SO_MAX_PACING_RATE};
    default:
      return systemOption(handle, option);
  }
}

}  // namespace

bool isIpv6(int handle) noexcept {
  int domain = 0;
  socklen_t length = sizeof domain;
  return getsockopt(handle, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_INET6;
}

int setSystemOption(int handle, SystemOption option, const void* value, std::size_t length) noexcept {
  return setsockopt(handle, option.level, option.name, value, static_cast<socklen_t>(length)) == 0 ? 0 : -errno;
}

int setSocketOption(int handle, SocketOption option, int value) noexcept {
  const SystemOption name = nameOf(handle, option);
  if (!name.exists()) return -EINVAL;
  // An IPv6 socket that speaks IPv4 as well takes the class of its IPv4 packets from the other option.
  if (option == SocketOption::trafficClass && name.level == IPPROTO_IPV6) {
    static_cast<void>(setSystemOption(handle, {IPPROTO_IP, IP_TOS}, &value, sizeof value));
  }
  return setSystemOption(handle, name, &value, sizeof value);
}

int getSocketOption(int handle, SocketOption option) noexcept {
  const SystemOption name = nameOf(handle, option);
  if (!name.exists()) return -EINVAL;
  int value = 0;
  socklen_t length = sizeof value;
  return getsockopt(handle, name.level, name.name, &value, &length) == 0 ? value : -errno;
}

}  // namespace rescind
