// Blocking forms of the operations that make or end descriptors of other kinds than files.
#pragma once

#include <cstdint>

namespace rescind::blocking {

[[nodiscard]] std::int32_t handleClose(int handle) noexcept;
// family: 4, 6 or 1 for Unix; type: 1 stream, 2 datagram.
[[nodiscard]] std::int32_t socketOpen(int family, int type) noexcept;
[[nodiscard]] std::int32_t watchAdd(int inotify, const char* path, std::uint32_t mask) noexcept;

}  // namespace rescind::blocking
