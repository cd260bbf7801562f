#include "os/system_options.h"

#include "os/sockets.h"

namespace rescind {

SystemOption systemOption(int handle, SocketOption option) noexcept {
  switch (option) {
    case SocketOption::noDelay:
      return {IPPROTO_TCP, TCP_NODELAY};
    case SocketOption::keepAlive:
      return {SOL_SOCKET, SO_KEEPALIVE};
    case SocketOption::keepAliveDelaySeconds:
      return {IPPROTO_TCP, keepAliveDelayOption};
    case SocketOption::keepAliveIntervalSeconds:
      return {IPPROTO_TCP, keepAliveIntervalOption};
    case SocketOption::keepAliveCount:
      return {IPPROTO_TCP, keepAliveCountOption};
    case SocketOption::reuseAddress:
      return {SOL_SOCKET, SO_REUSEADDR};
    case SocketOption::onlyIpv6:
      return {IPPROTO_IPV6, IPV6_V6ONLY};
    case SocketOption::broadcast:
      return {SOL_SOCKET, SO_BROADCAST};
    case SocketOption::timeToLive:
      if (isIpv6(handle)) return {IPPROTO_IPV6, IPV6_UNICAST_HOPS};
      return {IPPROTO_IP, IP_TTL};
    case SocketOption::multicastTimeToLive:
      if (isIpv6(handle)) return {IPPROTO_IPV6, IPV6_MULTICAST_HOPS};
      return {IPPROTO_IP, IP_MULTICAST_TTL};
    case SocketOption::multicastLoopback:
      if (isIpv6(handle)) return {IPPROTO_IPV6, IPV6_MULTICAST_LOOP};
      return {IPPROTO_IP, IP_MULTICAST_LOOP};
    case SocketOption::receiveBufferBytes:
      return {SOL_SOCKET, SO_RCVBUF};
    case SocketOption::sendBufferBytes:
      return {SOL_SOCKET, SO_SNDBUF};
    case SocketOption::reusePort:
    case SocketOption::trafficClass:
    case SocketOption::priority:
    case SocketOption::mostBytesPerSecond:
      break;
  }
  return {-1, -1};
}

}  // namespace rescind
