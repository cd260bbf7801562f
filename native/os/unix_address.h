// Addresses of Unix sockets, which each system writes in its own way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

struct sockaddr;
struct sockaddr_storage;

namespace rescind {

// Length of the system's address written to `into`, or 0 for a path that is none.
[[nodiscard]] std::uint32_t decodeUnixPath(std::span<const std::byte> path, sockaddr_storage& into) noexcept;

// The path within the system's address, of `length` bytes; empty for a socket that has none.
[[nodiscard]] std::string_view unixPathOf(const sockaddr* from, std::uint32_t length) noexcept;

}  // namespace rescind
