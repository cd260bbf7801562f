// Socket addresses as the wire carries them: four int32 (family 4, 6 or 1 for Unix; port; scope id; byte
// length) and then that many bytes (4, 16, or a path, which starts with NUL when it is abstract).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

struct sockaddr;
struct sockaddr_storage;

namespace rescind {

inline constexpr std::size_t wireAddressHeader = 16;
// A Unix path has at most 108 bytes.
inline constexpr std::size_t wireAddressMost = wireAddressHeader + 112;
// Records of addressLookup's payload are padded to this size.
inline constexpr std::size_t wireAddressRecord = wireAddressHeader + 16;

// Length of the system's address written to `into`, or 0 when `from` is none.
[[nodiscard]] std::uint32_t decodeWireAddress(std::span<const std::byte> from, sockaddr_storage& into) noexcept;

// Bytes written to `into`, which holds wireAddressMost; 0 for a family the wire does not know.
[[nodiscard]] std::size_t encodeWireAddress(const sockaddr* from, std::uint32_t length, std::byte* into) noexcept;

}  // namespace rescind
