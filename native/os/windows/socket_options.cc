#include "os/socket_options.h"

#include "os/system_options.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"
#include "os/windows/keep_alive.h"

namespace rescind {

namespace {

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

// Several sockets that share the work of one port, and what marks and paces a socket's traffic, are Linux's.
bool isOfLinux(SocketOption option) noexcept {
  switch (option) {
    case SocketOption::reusePort:
    case SocketOption::trafficClass:
    case SocketOption::priority:
    case SocketOption::mostBytesPerSecond:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool isIpv6(int handle) noexcept { return kindOf(socketOf(handle)).family == AF_INET6; }

int setSystemOption(int handle, SystemOption option, const void* value, std::size_t length) noexcept {
  const auto* const bytes = static_cast<const char*>(value);
  const int set = ::setsockopt(socketOf(handle), option.level, option.name, bytes, static_cast<int>(length));
  return set == 0 ? 0 : lastSocketFailure();
}

int setSocketOption(int handle, SocketOption option, int value) noexcept {
  const SOCKET socket = socketOf(handle);
  if (isOfLinux(option)) return ownFailure(error::notSupported);
  if (option == SocketOption::keepAliveDelaySeconds) return setKeepAliveDelay(socket, value);
  // A port is free here when its listener is gone. SO_REUSEADDR would let another listen on a port that is taken, and
  // take connections away from who has it (Microsoft, "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE").
  if (option == SocketOption::reuseAddress && kindOf(socket).type == SOCK_STREAM) return 0;
  const SystemOption name = systemOption(handle, option);
  if (!name.exists()) return ownFailure(error::invalidArgument);
  return setSystemOption(handle, name, &value, sizeof value);
}

int getSocketOption(int handle, SocketOption option) noexcept {
  if (isOfLinux(option)) return ownFailure(error::notSupported);
  const SystemOption name = systemOption(handle, option);
  if (!name.exists()) return ownFailure(error::invalidArgument);
  // Some options fill one byte only.
  int value = 0;
  int length = sizeof value;
  const int got = ::getsockopt(socketOf(handle), name.level, name.name, reinterpret_cast<char*>(&value), &length);
  return got == 0 ? value : lastSocketFailure();
}

}  // namespace rescind
