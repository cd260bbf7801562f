// What a blocking call of the system returns, as an operation's result.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rescind::blocking {

// What an operation gives back besides its result.
using Bytes = std::vector<std::byte>;

// At most 0x7ffff000 bytes move in one call, so every result fits.
template <typename Returned>
[[nodiscard]] inline std::int32_t resultOf(Returned returned) noexcept {
  return returned < 0 ? -errno : static_cast<std::int32_t>(returned);
}

inline void append(Bytes& to, const void* from, std::size_t length) {
  const auto* first = static_cast<const std::byte*>(from);
  to.insert(to.end(), first, first + length);
}

}  // namespace rescind::blocking
