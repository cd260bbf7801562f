#include <cstring>

#include "os/error_numbers.h"
#include "os/socket_address.h"
#include "os/sockets.h"
#include "os/system_options.h"

namespace rescind {

namespace {

template <typename Value>
int set(int handle, int level, int name, const Value& value) noexcept {
  return setSystemOption(handle, {level, name}, &value, sizeof value);
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

std::uint32_t interfaceIndex(const sockaddr_storage& networkInterface) noexcept {
  return networkInterface.ss_family == AF_INET6 ? asIpv6(networkInterface).sin6_scope_id : 0;
}

int changeAnySource(int handle, MembershipChange change, const sockaddr_storage& group,
                    const sockaddr_storage& networkInterface) noexcept {
  const bool add = change == MembershipChange::add;
  if (group.ss_family == AF_INET) {
    const ip_mreq request = {asIpv4(group).sin_addr, interfaceAddress(networkInterface)};
    return set(handle, IPPROTO_IP, add ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, request);
  }
  const ipv6_mreq request = {asIpv6(group).sin6_addr, interfaceIndex(networkInterface)};
  return set(handle, IPPROTO_IPV6, add ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP, request);
}

int changeOneSource(int handle, MembershipChange change, const sockaddr_storage& group,
                    const sockaddr_storage& networkInterface, const sockaddr_storage& source) noexcept {
  if (group.ss_family != source.ss_family) return -error::invalidArgument;
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

int changeMembership(int handle, MembershipChange change, std::span<const std::byte> group,
                     std::span<const std::byte> networkInterface, std::span<const std::byte> source) noexcept {
  sockaddr_storage groupAddress;
  sockaddr_storage interfaceStorage;
  sockaddr_storage sourceAddress;
  const bool known = decode(group, groupAddress) &&
                     (groupAddress.ss_family == AF_INET || groupAddress.ss_family == AF_INET6) &&
                     (decode(networkInterface, interfaceStorage) || networkInterface.empty());
  if (!known) return -error::invalidArgument;
  if (source.empty()) return changeAnySource(handle, change, groupAddress, interfaceStorage);
  if (!decode(source, sourceAddress)) return -error::invalidArgument;
  return changeOneSource(handle, change, groupAddress, interfaceStorage, sourceAddress);
}

int setMulticastInterface(int handle, std::span<const std::byte> networkInterface) noexcept {
  sockaddr_storage address;
  if (!decode(networkInterface, address)) return -error::invalidArgument;
  if (address.ss_family == AF_INET) return set(handle, IPPROTO_IP, IP_MULTICAST_IF, asIpv4(address).sin_addr);
  if (address.ss_family != AF_INET6) return -error::invalidArgument;
  return set(handle, IPPROTO_IPV6, IPV6_MULTICAST_IF, asIpv6(address).sin6_scope_id);
}

}  // namespace rescind
