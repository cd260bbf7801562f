// The lane of blocking calls: what the kernel offers in no asynchronous form, and on a system without
// io_uring every file operation, on threads of our own.
#pragma once

#include <cstdint>
#include <memory>

#include "backend/backend.h"

namespace rescind {

// Starts up to `mostThreads` threads as operations need them. An operation that runs cannot be cancelled
// here: its thread goes on, and another takes its place. `waker` must live until close() has returned.
[[nodiscard]] std::unique_ptr<Lane> makePoolLane(std::uint32_t mostThreads, Waker& waker);

// The pool column of ops.def.
[[nodiscard]] constexpr bool poolRuns(Operation operation) noexcept {
  switch (operation) {
#define OP(name, code, uring, epoll, iocp, ioring, pool) \
  case Operation::name:                                  \
    return (pool) != 0;
#include "wire/ops.def"
#undef OP
    case Operation::skip:
      break;
  }
  return false;
}

}  // namespace rescind
