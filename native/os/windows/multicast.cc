#include <cstring>

#include "os/socket_address.h"
#include "os/socket_options.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"

namespace rescind {

namespace {

template <typename Value>
int set(SOCKET socket, int level, int name, const Value& value) noexcept {
  const auto* const bytes = reinterpret_cast<const char*>(&value);
  return ::setsockopt(socket, level, name, bytes, sizeof value) == 0 ? 0 : lastSocketFailure();
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
  return networkInterface.ss_family == AF_INET ? asIpv4(networkInterface).sin_addr : in_addr{};
}

ULONG interfaceIndex(const sockaddr_storage& networkInterface) noexcept {
  return networkInterface.ss_family == AF_INET6 ? asIpv6(networkInterface).sin6_scope_id : 0;
}

int changeAnySource(SOCKET socket, MembershipChange change, const sockaddr_storage& group,
                    const sockaddr_storage& networkInterface) noexcept {
  const bool add = change == MembershipChange::add;
  if (group.ss_family == AF_INET) {
    const ip_mreq request = {asIpv4(group).sin_addr, interfaceAddress(networkInterface)};
    return set(socket, IPPROTO_IP, add ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, request);
  }
  const ipv6_mreq request = {asIpv6(group).sin6_addr, interfaceIndex(networkInterface)};
  return set(socket, IPPROTO_IPV6, add ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, request);
}

int changeOneSource(SOCKET socket, MembershipChange change, const sockaddr_storage& group,
                    const sockaddr_storage& networkInterface, const sockaddr_storage& source) noexcept {
  if (group.ss_family != source.ss_family) return ownFailure(error::invalidArgument);
  const bool add = change == MembershipChange::add;
  if (group.ss_family == AF_INET) {
    ip_mreq_source request{};
    request.imr_multiaddr = asIpv4(group).sin_addr;
    request.imr_interface = interfaceAddress(networkInterface);
    request.imr_sourceaddr = asIpv4(source).sin_addr;
    return set(socket, IPPROTO_IP, add ? IP_ADD_SOURCE_MEMBERSHIP : IP_DROP_SOURCE_MEMBERSHIP, request);
  }
  GROUP_SOURCE_REQ request{};
  request.gsr_interface = interfaceIndex(networkInterface);
  std::memcpy(&request.gsr_group, &group, sizeof(sockaddr_in6));
  std::memcpy(&request.gsr_source, &source, sizeof(sockaddr_in6));
  return set(socket, IPPROTO_IPV6, add ? MCAST_JOIN_SOURCE_GROUP : MCAST_LEAVE_SOURCE_GROUP, request);
}

}  // namespace

int changeMembership(int handle, MembershipChange change, std::span<const std::byte> group,
                     std::span<const std::byte> networkInterface, std::span<const std::byte> source) noexcept {
  const SOCKET socket = socketOf(handle);
  sockaddr_storage groupAddress;
  sockaddr_storage interfaceStorage;
  sockaddr_storage sourceAddress;
  const bool known = decode(group, groupAddress) &&
                     (groupAddress.ss_family == AF_INET || groupAddress.ss_family == AF_INET6) &&
                     (decode(networkInterface, interfaceStorage) || networkInterface.empty());
  if (!known) return ownFailure(error::invalidArgument);
  if (source.empty()) return changeAnySource(socket, change, groupAddress, interfaceStorage);
  if (!decode(source, sourceAddress)) return ownFailure(error::invalidArgument);
  return changeOneSource(socket, change, groupAddress, interfaceStorage, sourceAddress);
}

int setMulticastInterface(int handle, std::span<const std::byte> networkInterface) noexcept {
  const SOCKET socket = socketOf(handle);
  sockaddr_storage address;
  if (!decode(networkInterface, address)) return ownFailure(error::invalidArgument);
  if (address.ss_family == AF_INET) return set(socket, IPPROTO_IP, IP_MULTICAST_IF, asIpv4(address).sin_addr);
  if (address.ss_family != AF_INET6) return ownFailure(error::invalidArgument);
  return set(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, asIpv6(address).sin6_scope_id);
}

}  // namespace rescind
