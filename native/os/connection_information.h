// What the system measures of a TCP connection.
#pragma once

#include <cstddef>
#include <span>

namespace rescind {

// In the order in which `connectionInformation` writes them; the same as in src/qos/connection.ts.
enum class ConnectionNumber : std::size_t {
  roundTripMicroseconds,
  leastRoundTripMicroseconds,
  deliveredBytesPerSecond,
  sentBytes,
  retransmissions,  // segments, since the connection began
  lostSegments,     // now
  congestionMarks,  // segments the other end has seen marked (ECN)
};
inline constexpr std::size_t connectionNumbers = 7;

// 0 or a negated errno; ENOTSUP where there is no connection of TCP to ask.
[[nodiscard]] int connectionInformation(int handle, std::span<double, connectionNumbers> into) noexcept;

}  // namespace rescind
