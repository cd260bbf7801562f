// Buffers the kernel picks from when data arrives: a receive that waits holds no memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "backend/uring/ring.h"

namespace rescind::uring {

class BufferRing {
 public:
  // The size of each buffer: the most one receive brings.
  static constexpr std::uint32_t bufferBytes = 16 * 1024;
  static constexpr std::uint16_t group = 0;

  BufferRing() = default;
  BufferRing(const BufferRing&) = delete;
  BufferRing& operator=(const BufferRing&) = delete;
  ~BufferRing();

  // Registers the ring at its first use; false where the kernel has none (before Linux 5.19) or no memory.
  [[nodiscard]] bool prepare(const Ring& ring) noexcept;

  // The bytes a completion has put into its buffer. Give the buffer back after copying them.
  [[nodiscard]] std::span<const std::byte> bytesOf(std::uint16_t buffer, std::uint32_t length) const noexcept {
    return {buffers_ + std::size_t{buffer} * bufferBytes, length};
  }
  void giveBack(std::uint16_t buffer) noexcept;

 private:
  static constexpr std::uint32_t count = 64;
  enum class State : std::uint8_t { unused, ready, unavailable };

  State state_ = State::unused;
  io_uring_buf* entries_ = nullptr;
  std::byte* buffers_ = nullptr;
  std::uint16_t tail_ = 0;
};

}  // namespace rescind::uring
