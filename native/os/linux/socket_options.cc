#include "os/socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "os/socket_address.h"

namespace rescind {

namespace {

struct SystemOption {
  int level;
  int name;
};

constexpr SystemOption unknownOption = {-1, -1};

bool isIpv6(int handle) noexcept {
  int domain = 0;
  socklen_t length = sizeof domain;
  return getsockopt(handle, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_INET6;
}

SystemOption systemOption(int handle, SocketOption option) noexcept {
  switch (option) {
    case SocketOption::noDelay:
      return {IPPROTO_TCP, TCP_NODELAY};
    case SocketOption::keepAlive:
      return {SOL_SOCKET, SO_KEEPALIVE};
    case SocketOption::keepAliveDelaySeconds:
      return {IPPROTO_TCP, TCP_KEEPIDLE};
    case SocketOption::keepAliveIntervalSeconds:
      return {IPPROTO_TCP, TCP_KEEPINTVL};
    case SocketOption::keepAliveCount:
      return {IPPROTO_TCP, TCP_KEEPCNT};
    case SocketOption::reuseAddress:
      return {SOL_SOCKET, SO_REUSEADDR};
    case SocketOption::reusePort:
      return {SOL_SOCKET, SO_REUSEPORT};
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
  }
  return unknownOption;
}

template <typename Value>
int set(int handle, int level, int name, const Value& value) noexcept {
  return setsockopt(handle, level, name, &value, sizeof value) == 0 ? 0 : -errno;
}

// A system's address from a wire address that may be absent.
bool decode(std::span<const std::byte> from, sockaddr_storage& into) noexcept {
  into = {};
  return decodeWireAddress(from, into) != 0;
}

const sockaddr_in& asIpv4(const sockaddr_storage& address) noexcept {
  return reinterpret_cast<const sockaddr_in&>(address);
}

const sockaddr_in6& asIpv6(const sockaddr_storage& address) noexcept {
  return reinterpret_cast<const sockaddr_in6&>(address);
}

in_addr interfaceAddress(const sockaddr_storage& networkInterface) noexcept {
  if (networkInterface.ss_family != AF_INET) return {.s_addr = htonl(INADDR_ANY)};
  return asIpv4(networkInterface).sin_addr;
}

unsigned int interfaceIndex(const sockaddr_storage& networkInterface) noexcept {
  return networkInterface.ss_family == AF_INET6 ? asIpv6(networkInterface).sin6_scope_id : 0;
}

int changeAnySource(int handle, MembershipChange change, const sockaddr_storage& group,
                    const sockaddr_storage& networkInterface) noexcept {
  const bool add = change == MembershipChange::add;
  if (group.ss_family == AF_INET) {
    const ip_mreqn request = {asIpv4(group).sin_addr, interfaceAddress(networkInterface),
                              static_cast<int>(interfaceIndex(networkInterface))};
    return set(handle, IPPROTO_IP, add ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, request);
  }
  const ipv6_mreq request = {asIpv6(group).sin6_addr, interfaceIndex(networkInterface)};
  return set(handle, IPPROTO_IPV6, add ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, request);
}

int changeOneSource(int handle, MembershipChange change, const sockaddr_storage& group,
                    const sockaddr_storage& networkInterface, const sockaddr_storage& source) noexcept {
  if (group.ss_family != source.ss_family) return -EINVAL;
  const bool add = change == MembershipChange::add;
  if (group.ss_family == AF_INET) {
    ip_mreq_source request{};
    request.imr_multiaddr = asIpv4(group).sin_addr;
    request.imr_interface = interfaceAddress(networkInterface);
    request.imr_sourceaddr = asIpv4(source).sin_addr;
    return set(handle, IPPROTO_IP, add ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP, request);
  }
  group_source_req request{};
  request.gsr_interface = interfaceIndex(networkInterface);
  std::memcpy(&request.gsr_group, &group, sizeof(sockaddr_in6));
  std::memcpy(&request.gsr_source, &source, sizeof(sockaddr_in6));
  return set(handle, IPPROTO_IPV6, add ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, request);
}

}  // namespace

int setSocketOption(int handle, SocketOption option, int value) noexcept {
  const SystemOption name = systemOption(handle, option);
  if (name.level < 0) return -EINVAL;
  return set(handle, name.level, name.name, value);
}

int getSocketOption(int handle, SocketOption option) noexcept {
  const SystemOption name = systemOption(handle, option);
  if (name.level < 0) return -EINVAL;
  int value = 0;
  socklen_t length = sizeof value;
  return getsockopt(handle, name.level, name.name, &value, &length) == 0 ? value : -errno;
}

int changeMembership(int handle, MembershipChange change, std::span<const std::byte> group,
                     std::span<const std::byte> networkInterface, std::span<const std::byte> source) noexcept {
  sockaddr_storage groupAddress;
  sockaddr_storage interfaceStorage;
  sockaddr_storage sourceAddress;
  if (!decode(group, groupAddress)) return -EINVAL;
  if (groupAddress.ss_family != AF_INET && groupAddress.ss_family != AF_INET6) return -EINVAL;
  if (!decode(networkInterface, interfaceStorage) && !networkInterface.empty()) return -EINVAL;
  if (source.empty()) return changeAnySource(handle, change, groupAddress, interfaceStorage);
  if (!decode(source, sourceAddress)) return -EINVAL;
  return changeOneSource(handle, change, groupAddress, interfaceStorage, sourceAddress);
}

int setMulticastInterface(int handle, std::span<const std::byte> networkInterface) noexcept {
  sockaddr_storage address;
  if (!decode(networkInterface, address)) return -EINVAL;
  if (address.ss_family == AF_INET) {
    const ip_mreqn request = {{.s_addr = 0}, asIpv4(address).sin_addr, 0};
    return set(handle, IPPROTO_IP, IP_MULTICAST_IF, request);
  }
  if (address.ss_family != AF_INET6) return -EINVAL;
  return set(handle, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(asIpv6(address).sin6_scope_id));
}

}  // namespace rescind
