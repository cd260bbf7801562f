// A read of what is in memory, on the calling thread.
#pragma once

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace rescind {

// preadv2(2) with RWF_NOWAIT: bytes, 0 at the end, negative when nothing is in memory or the file cannot tell. An
// offset of -1 is the current position. Past the C library, whose preadv2() is a cancellation point with a price of its
// own.
inline long readNow(int descriptor, void* into, std::size_t length, std::int64_t offset) noexcept {
  const iovec vector{into, length};
  const auto wide = static_cast<std::uint64_t>(offset);
  return ::syscall(SYS_preadv2, descriptor, &vector, 1, static_cast<unsigned long>(wide),
                   static_cast<unsigned long>(wide >> 32), RWF_NOWAIT);
}

}  // namespace rescind
