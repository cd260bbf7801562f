// A whole file in one submission: OPENAT into a registered descriptor, one transfer, CLOSE, linked in the kernel.
//
// The transfer is hard-linked to the close, which therefore runs whatever the transfer says; a failed open takes
// both with it. The chain is done when all three entries have completed. Only for what is known not to be a FIFO
// or a device: of those a short transfer would not be the end.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "backend/uring/pending.h"
#include "backend/uring/ring.h"
#include "wire/layout.h"

namespace rescind::uring {

[[nodiscard]] constexpr bool isChain(Operation operation) noexcept {
  return operation == Operation::fileReadWhole || operation == Operation::fileWriteWhole;
}

inline constexpr std::uint32_t chainEntries = 3;

// The registered descriptors chains open their files into.
class ChainFiles {
 public:
  static constexpr std::int32_t none = -1;
  static constexpr std::uint32_t count = 256;

  // Uses the first entries of the ring's table.
  void open();
  // An index for a chain, or none when all are in use.
  [[nodiscard]] std::int32_t take() noexcept;
  void giveBack(std::int32_t index) { free_.push_back(index); }

 private:
  std::vector<std::int32_t> free_;
};

// Prepares the three entries; there must be room. `index` is the registered descriptor to use.
void prepareChain(const Descriptor& descriptor, std::span<const std::byte> path, std::int32_t index,
                  PendingTable& table, Pending& pending, Ring& ring);

// What a cancel asks for. Behind the open of a file to be written the file may be new, or empty: the write goes on, and
// the operation succeeds. So a chain that was cancelled has changed nothing.
struct ChainCancel {
  bool open;
  bool transfer;
};
[[nodiscard]] ChainCancel cancelOf(Operation operation, const Chain& chain) noexcept;

// Notes the result of one of the three. True when it was the last.
[[nodiscard]] bool noteChainResult(EntryKind kind, std::int32_t result, Chain& chain) noexcept;

// The result of a chain all of whose entries have completed: a byte count or a negated errno; -ENOTSUP when the
// file was not as expected and has to be read step by step.
[[nodiscard]] std::int32_t chainResult(Operation operation, const Chain& chain) noexcept;

}  // namespace rescind::uring
