// Blocking forms of the operations that make or end descriptors of other kinds than files.
#pragma once

#include <atomic>
#include <cstdint>

namespace rescind::blocking {

[[nodiscard]] std::int32_t handleClose(int handle) noexcept;
// family: 4, 6 or 1 for Unix; type: 1 stream, 2 datagram.
[[nodiscard]] std::int32_t socketOpen(int family, int type) noexcept;
// Linux only.
[[nodiscard]] std::int32_t watchAdd(int inotify, const char* path, std::uint32_t mask) noexcept;

// Windows only, from here on.
enum class PipeMode { bytes, messages };
// The client's end of a named pipe. While all instances are busy it waits for one.
[[nodiscard]] std::int32_t pipeConnect(const char* path, PipeMode mode, const std::atomic<bool>& cancelled);
// A directory whose changes are to be read.
[[nodiscard]] std::int32_t directoryWatchOpen(const char* path);

}  // namespace rescind::blocking
