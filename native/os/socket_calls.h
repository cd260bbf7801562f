// The calls on sockets that never wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace rescind {

// 0 or a negated errno. The address is a wire address.
[[nodiscard]] int bindSocket(int handle, std::span<const std::byte> address) noexcept;
[[nodiscard]] int listenOnSocket(int handle, int backlog) noexcept;

// Length of the wire address written to `into`, which holds wireAddressMost, or a negated errno.
[[nodiscard]] int localAddressOf(int handle, std::byte* into) noexcept;
[[nodiscard]] int remoteAddressOf(int handle, std::byte* into) noexcept;

}  // namespace rescind
