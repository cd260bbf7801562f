// What the bytes of socketSendVector hold.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace rescind {

struct Pieces {
  std::span<const std::byte> pairs;        // (address, length) of float64
  std::span<const std::byte> destination;  // a wire address, or nothing
};

[[nodiscard]] inline Pieces splitPieces(std::span<const std::byte> bytes, std::uint32_t destinationBytes) noexcept {
  const std::size_t behind = std::min<std::size_t>(destinationBytes, bytes.size());
  return {bytes.first(bytes.size() - behind), bytes.last(behind)};
}

}  // namespace rescind
