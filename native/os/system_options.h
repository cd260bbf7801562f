// Options of sockets by the system's own names: what the calls of os/socket_options.h are made of.
#pragma once

#include <cstddef>

#include "os/socket_options.h"

namespace rescind {

struct SystemOption {
  int level;
  int name;
  [[nodiscard]] bool exists() const noexcept { return level >= 0; }
};

// The names of an option that every system has.
[[nodiscard]] SystemOption systemOption(int handle, SocketOption option) noexcept;

// 0 or a negated error number.
[[nodiscard]] int setSystemOption(int handle, SystemOption option, const void* value, std::size_t length) noexcept;

[[nodiscard]] bool isIpv6(int handle) noexcept;

}  // namespace rescind
