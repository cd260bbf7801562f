// What a blocking call of the system returns, as an operation's result.
#pragma once

#include <cerrno>
#include <cstdint>

namespace rescind::blocking {

// At most 0x7ffff000 bytes move in one call, so every result fits.
template <typename Returned>
[[nodiscard]] inline std::int32_t resultOf(Returned returned) noexcept {
  return returned < 0 ? -errno : static_cast<std::int32_t>(returned);
}

}  // namespace rescind::blocking
