// Descriptors with many operations, registered with a ring: an operation names the file by its index, and the kernel
// neither looks it up nor counts it per operation. docs/decisions/0007 says when and why.
//
// A descriptor:
//
//     counting → registered → counting
//         ↘ refused ↗
//
// counting: too few operations so far. registered: the ring holds the file besides the descriptor, and lets go of it
// before the descriptor is closed. refused: no place, or the kernel would not; asked again only when the number is new.
//
// Only operations of handles count and are given an index: nothing but a handleClose closes their descriptors, or so it
// should be. Somebody who closes one behind our back makes its number come back from another open, which we hear of.
#pragma once

#include <cstdint>
#include <vector>

#include "backend/uring/ring.h"

namespace rescind::uring {

class RegisteredFiles {
 public:
  // Operations after which a descriptor is registered: registering and the opposite cost as much as is saved by some
  // twenty.
  static constexpr std::uint16_t threshold = 64;
  static constexpr std::uint32_t most = 1024;

  // Whether the kernel lets go of a registered file at once. Before Linux 6.13 one waits for the operations on all
  // others that were registered before it: a connection would stay open because another is idle.
  [[nodiscard]] static bool possible(const Ring& ring) noexcept;

  // Uses `count` entries of the ring's table from `first` on.
  void open(std::uint32_t first, std::uint32_t count);
  [[nodiscard]] bool available() const noexcept { return available_; }

  // The descriptor is new, or about to be closed: whatever was known under its number is gone.
  void forget(const Ring& ring, int descriptor) noexcept;
  void forgetAll(const Ring& ring) noexcept;

  // Lets a transfer of a handle name its file by index, if it has one.
  void use(const Ring& ring, io_uring_sqe& entry) {
    if (!available_ || entry.fd < 0 || !isTransfer(entry.opcode)) return;
    const auto descriptor = static_cast<std::size_t>(entry.fd);
    if (descriptor >= uses_.size()) uses_.resize(descriptor + 1);
    Use& known = uses_[descriptor];
    if (known.index == refused) return;
    if (known.index == counting && (++known.operations < threshold || !add(ring, entry.fd, known))) return;
    entry.fd = known.index;
    entry.flags |= IOSQE_FIXED_FILE;
  }

 private:
  static constexpr std::int32_t counting = -1;
  static constexpr std::int32_t refused = -2;
  struct Use {
    std::int32_t index = counting;
    std::uint16_t operations = 0;
  };

  [[nodiscard]] static bool isTransfer(std::uint8_t opcode) noexcept;
  [[nodiscard]] bool add(const Ring& ring, int descriptor, Use& known);

  // By descriptor.
  std::vector<Use> uses_;
  std::vector<std::int32_t> free_;
  bool available_ = false;
};

}  // namespace rescind::uring
