// Memory registered with a ring: the kernel has looked its pages up once, transfers name it by index.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "backend/uring/ring.h"

namespace rescind::uring {

class RegisteredMemory {
 public:
  // Makes the table; a kernel that has none leaves it empty.
  void open(const Ring& ring) noexcept;

  // The index, or a negated errno: -ENOMEM beyond RLIMIT_MEMLOCK, -ENOBUFS when the table is full.
  [[nodiscard]] int add(const Ring& ring, void* address, std::size_t length) noexcept;
  void remove(const Ring& ring, int index) noexcept;

  // The index of the region that holds all of a transfer's memory, -1 without one.
  [[nodiscard]] int find(std::uint64_t address, std::uint32_t length) const noexcept {
    // An empty transfer has no memory, and would be found in a region that was taken back.
    if (length == 0) return -1;
    for (std::size_t index = 0; index < used_; ++index) {
      const Region& region = regions_[index];
      if (address >= region.start && address - region.start <= region.length &&
          length <= region.length - (address - region.start)) {
        return static_cast<int>(index);
      }
    }
    return -1;
  }

 private:
  static constexpr std::size_t most = 64;
  struct Region {
    std::uint64_t start = 0;
    std::uint64_t length = 0;
  };
  int update(const Ring& ring, std::size_t index, void* address, std::size_t length) noexcept;

  std::array<Region, most> regions_{};
  // Regions with an index at or above this are empty.
  std::size_t used_ = 0;
  bool available_ = false;
};

}  // namespace rescind::uring
