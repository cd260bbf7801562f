#include "backend/uring/registered.h"

#include <sys/uio.h>

#include <cerrno>

namespace rescind::uring {

void RegisteredMemory::open(const Ring& ring) noexcept {
  io_uring_rsrc_register table{};
  table.nr = most;
  table.flags = IORING_RSRC_REGISTER_SPARSE;
  available_ = registerWith(ring.descriptor(), IORING_REGISTER_BUFFERS2, &table, sizeof(table)) >= 0;
}

int RegisteredMemory::update(const Ring& ring, std::size_t index, void* address, std::size_t length) noexcept {
  const iovec vector{address, length};
  io_uring_rsrc_update2 update{};
  update.offset = static_cast<std::uint32_t>(index);
  update.data = reinterpret_cast<std::uint64_t>(&vector);
  update.nr = 1;
  return registerWith(ring.descriptor(), IORING_REGISTER_BUFFERS_UPDATE, &update, sizeof(update));
}

int RegisteredMemory::add(const Ring& ring, void* address, std::size_t length) noexcept {
  if (!available_) return -ENOTSUP;
  std::size_t index = 0;
  while (index < most && regions_[index].length != 0) ++index;
  if (index == most) return -ENOBUFS;
  if (const int result = update(ring, index, address, length); result < 0) return result;
  regions_[index] = {reinterpret_cast<std::uint64_t>(address), length};
  if (index >= used_) used_ = index + 1;
  return static_cast<int>(index);
}

void RegisteredMemory::remove(const Ring& ring, int index) noexcept {
  if (!ring.isOpen()) return;
  regions_[static_cast<std::size_t>(index)] = {};
  while (used_ > 0 && regions_[used_ - 1].length == 0) --used_;
  static_cast<void>(update(ring, static_cast<std::size_t>(index), nullptr, 0));
}

}  // namespace rescind::uring
