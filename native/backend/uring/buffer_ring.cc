#include "backend/uring/buffer_ring.h"

#include <sys/mman.h>

#include <atomic>

namespace rescind::uring {

namespace {

constexpr std::size_t mappedBytes(std::size_t count, std::size_t each) noexcept { return count * each; }

}  // namespace

bool BufferRing::prepare(const Ring& ring) noexcept {
  if (state_ != State::unused) return state_ == State::ready;
  state_ = State::unavailable;
  const auto map = [](std::size_t size) {
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : memory;
  };
  // Anonymous pages cost nothing until data has been in them.
  entries_ = static_cast<io_uring_buf*>(map(mappedBytes(count, sizeof(io_uring_buf))));
  buffers_ = static_cast<std::byte*>(map(mappedBytes(count, bufferBytes)));
  if (entries_ == nullptr || buffers_ == nullptr) return false;
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uint64_t>(entries_);
  registration.ring_entries = count;
  registration.bgid = group;
  if (registerWith(ring.descriptor(), IORING_REGISTER_PBUF_RING, &registration, 1) < 0) return false;
  for (std::uint16_t buffer = 0; buffer < count; ++buffer) giveBack(buffer);
  state_ = State::ready;
  return true;
}

void BufferRing::giveBack(std::uint16_t buffer) noexcept {
  io_uring_buf& entry = entries_[tail_ & (count - 1)];
  entry.addr = reinterpret_cast<std::uint64_t>(buffers_ + std::size_t{buffer} * bufferBytes);
  entry.len = bufferBytes;
  entry.bid = buffer;
  // The tail lies over the last field of the first entry.
  ++tail_;
  std::atomic_ref<std::uint16_t>(entries_[0].resv).store(tail_, std::memory_order_release);
}

// The ring is closed before: the kernel has let go of the memory.
BufferRing::~BufferRing() {
  if (entries_ != nullptr) ::munmap(entries_, mappedBytes(count, sizeof(io_uring_buf)));
  if (buffers_ != nullptr) ::munmap(buffers_, mappedBytes(count, bufferBytes));
}

}  // namespace rescind::uring
