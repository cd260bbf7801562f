#include "os/socket_options.h"

#include "os/windows/errors.h"
#include "os/windows/handles.h"
#include "os/windows/keep_alive.h"

namespace rescind {

namespace {

struct SystemOption {
  int level;
  int name;
};

constexpr SystemOption unknownOption = {-1, -1};

struct SocketKind {
  int family = AF_UNSPEC;
  int type = 0;
};

SocketKind kindOf(SOCKET socket) noexcept {
  WSAPROTOCOL_INFOW info{};
  int length = sizeof info;
  if (::getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFOW, reinterpret_cast<char*>(&info), &length) != 0) return {};
  return {info.iAddressFamily, info.iSocketType};
}

bool isIpv6(SOCKET socket) noexcept { return kindOf(socket).family == AF_INET6; }

SystemOption systemOption(SOCKET socket, SocketOption option) noexcept {
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
      if (isIpv6(socket)) return {IPPROTO_IPV6, IPV6_UNICAST_HOPS};
      return {IPPROTO_IP, IP_TTL};
    case SocketOption::multicastTimeToLive:
      if (isIpv6(socket)) return {IPPROTO_IPV6, IPV6_MULTICAST_HOPS};
      return {IPPROTO_IP, IP_MULTICAST_TTL};
    case SocketOption::multicastLoopback:
      if (isIpv6(socket)) return {IPPROTO_IPV6, IPV6_MULTICAST_LOOP};
      return {IPPROTO_IP, IP_MULTICAST_LOOP};
    case SocketOption::receiveBufferBytes:
      return {SOL_SOCKET, SO_RCVBUF};
    case SocketOption::sendBufferBytes:
      return {SOL_SOCKET, SO_SNDBUF};
    case SocketOption::reusePort:
      break;
  }
  return unknownOption;
}

int set(SOCKET socket, SystemOption option, int value) noexcept {
  const auto* const bytes = reinterpret_cast<const char*>(&value);
  return ::setsockopt(socket, option.level, option.name, bytes, sizeof value) == 0 ? 0 : lastSocketFailure();
}

}  // namespace

int setSocketOption(int handle, SocketOption option, int value) noexcept {
  const SOCKET socket = socketOf(handle);
  // Several sockets that share the work of one port are Linux's.
  if (option == SocketOption::reusePort) return ownFailure(error::notSupported);
  if (option == SocketOption::keepAliveDelaySeconds) return setKeepAliveDelay(socket, value);
  // A port is free here when its listener is gone. SO_REUSEADDR would let another listen on a port that is taken, and
  // take connections away from who has it (Microsoft, "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE").
  if (option == SocketOption::reuseAddress && kindOf(socket).type == SOCK_STREAM) return 0;
  const SystemOption name = systemOption(socket, option);
  if (name.level < 0) return ownFailure(error::invalidArgument);
  return set(socket, name, value);
}

int getSocketOption(int handle, SocketOption option) noexcept {
  const SOCKET socket = socketOf(handle);
  if (option == SocketOption::reusePort) return ownFailure(error::notSupported);
  const SystemOption name = systemOption(socket, option);
  if (name.level < 0) return ownFailure(error::invalidArgument);
  // Some options fill one byte only.
  int value = 0;
  int length = sizeof value;
  const int got = ::getsockopt(socket, name.level, name.name, reinterpret_cast<char*>(&value), &length);
  return got == 0 ? value : lastSocketFailure();
}

}  // namespace rescind
