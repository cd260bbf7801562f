// The options of sockets, numbered as SocketOption in src/wire/layout.ts, and multicast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rescind {

enum class SocketOption : std::int32_t {
  noDelay = 1,
  keepAlive = 2,
  keepAliveDelaySeconds = 3,
  reuseAddress = 4,
  reusePort = 5,
  onlyIpv6 = 6,
  broadcast = 7,
  timeToLive = 8,
  multicastTimeToLive = 9,
  multicastLoopback = 10,
  receiveBufferBytes = 11,
  sendBufferBytes = 12,
  keepAliveIntervalSeconds = 13,
  keepAliveCount = 14,
  trafficClass = 15,
  priority = 16,
  mostBytesPerSecond = 17,  // unsigned; all bits set: no limit
};

enum class MembershipChange { drop, add };

// 0 or a negated errno.
[[nodiscard]] int setSocketOption(int handle, SocketOption option, int value) noexcept;

// The value, or a negated errno.
[[nodiscard]] int getSocketOption(int handle, SocketOption option) noexcept;

// Addresses are wire addresses. `networkInterface` names it by address (IPv4) or by scope (IPv6), and may be
// empty: the system chooses. With `source`, only its datagrams are received.
[[nodiscard]] int changeMembership(int handle, MembershipChange change, std::span<const std::byte> group,
                                   std::span<const std::byte> networkInterface,
                                   std::span<const std::byte> source) noexcept;

// The interface multicast datagrams leave by, named as above.
[[nodiscard]] int setMulticastInterface(int handle, std::span<const std::byte> networkInterface) noexcept;

}  // namespace rescind
