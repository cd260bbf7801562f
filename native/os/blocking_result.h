// What a blocking call gives back besides its result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rescind::blocking {

using Bytes = std::vector<std::byte>;

inline void append(Bytes& to, const void* from, std::size_t length) {
  const auto* first = static_cast<const std::byte*>(from);
  to.insert(to.end(), first, first + length);
}

// The system's untranslated number behind the calling thread's last result below zero; 0 where the result is that
// number itself.
[[nodiscard]] std::int32_t lastNativeError() noexcept;

}  // namespace rescind::blocking
