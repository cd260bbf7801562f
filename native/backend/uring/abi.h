// The part of the kernel's io_uring interface that is used here. The system's header gives most of it; what
// headers of older kernels lack is defined here.
#pragma once

#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace rescind::uring {

// All three return a negated errno instead of setting it.
inline int setup(unsigned entries, io_uring_params& params) noexcept {
  const long result = ::syscall(__NR_io_uring_setup, entries, &params);
  return result < 0 ? -errno : static_cast<int>(result);
}

inline int enter(int ring, unsigned submit, unsigned complete, unsigned flags, const void* argument = nullptr,
                 std::size_t argumentSize = 0) noexcept {
  const long result = ::syscall(__NR_io_uring_enter, ring, submit, complete, flags, argument, argumentSize);
  return result < 0 ? -errno : static_cast<int>(result);
}

inline int registerWith(int ring, unsigned code, const void* argument, unsigned count) noexcept {
  const long result = ::syscall(__NR_io_uring_register, ring, code, argument, count);
  return result < 0 ? -errno : static_cast<int>(result);
}

// Linux 6.14.
inline constexpr std::uint32_t featReadWriteAttributes = 1U << 16;

// Linux 6.9.
inline constexpr std::uint8_t opFileTruncate = 55;

}  // namespace rescind::uring
