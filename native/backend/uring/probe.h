// What this kernel's io_uring can do, found by asking it, and why it cannot be used where it cannot.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "backend/uring/ring.h"
#include "wire/layout.h"

namespace rescind::uring {

class Capabilities {
 public:
  // Asks an open ring. An empty answer means the ring can be used, otherwise it says what is missing.
  [[nodiscard]] std::string probe(const Ring& ring);

  [[nodiscard]] bool runs(Operation operation) const noexcept;
  [[nodiscard]] bool supports(std::uint8_t opcode) const noexcept { return opcodes_.test(opcode); }
  [[nodiscard]] bool multishotAccept() const noexcept { return multishotAccept_; }
  [[nodiscard]] bool cancelByDescriptor() const noexcept { return cancelByDescriptor_; }
  [[nodiscard]] std::vector<std::string> words(const Ring& ring) const;

 private:
  std::bitset<256> opcodes_;
  bool multishotAccept_ = false;
  bool cancelByDescriptor_ = false;
};

// In words, why io_uring_setup failed with this negated errno.
[[nodiscard]] std::string setupFailure(int error);

}  // namespace rescind::uring
