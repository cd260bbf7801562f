#include "backend/uring/chain.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

namespace rescind::uring {

void ChainFiles::open() {
  for (auto index = static_cast<std::int32_t>(count); index > 0; --index) free_.push_back(index - 1);
}

std::int32_t ChainFiles::take() noexcept {
  if (free_.empty()) return none;
  const std::int32_t index = free_.back();
  free_.pop_back();
  return index;
}

void prepareChain(const Descriptor& descriptor, std::span<const std::byte> path, std::int32_t index,
                  PendingTable& table, Pending& pending, Ring& ring) {
  if (!pending.borrowed) pending.borrowed = table.borrow();
  Borrowed& borrowed = *pending.borrowed;
  borrowed.chain = {.file = index, .expected = descriptor.length};
  const bool reads = descriptor.operation == Operation::fileReadWhole;

  io_uring_sqe& open = ring.prepare();
  open.opcode = IORING_OP_OPENAT;
  open.fd = AT_FDCWD;
  open.addr = reinterpret_cast<std::uint64_t>(keepText(borrowed, path));
  open.len = static_cast<std::uint32_t>(descriptor.argument1);
  // A registered descriptor is in no table of the process, so it has no close-on-exec.
  open.open_flags = static_cast<std::uint32_t>(descriptor.argument0);
  open.file_index = static_cast<std::uint32_t>(index) + 1;
  open.flags = IOSQE_IO_LINK | IOSQE_ASYNC;
  open.user_data = EntryId{EntryKind::operation, descriptor.slot, descriptor.generation}.encode();

  io_uring_sqe& transfer = ring.prepare();
  transfer.opcode = reads ? IORING_OP_READ : IORING_OP_WRITE;
  transfer.fd = index;
  transfer.flags = IOSQE_FIXED_FILE | IOSQE_IO_HARDLINK;
  if (reads) {
    // One byte more than expected shows that the end is the end.
    borrowed.content.resize(std::size_t{descriptor.length} + 1);
    transfer.addr = reinterpret_cast<std::uint64_t>(borrowed.content.data());
    transfer.len = descriptor.length + 1;
  } else {
    transfer.addr = static_cast<std::uint64_t>(descriptor.address);
    transfer.len = descriptor.length;
  }
  transfer.user_data = EntryId{EntryKind::chainTransfer, descriptor.slot, descriptor.generation}.encode();

  io_uring_sqe& close = ring.prepare();
  close.opcode = IORING_OP_CLOSE;
  close.file_index = static_cast<std::uint32_t>(index) + 1;
  close.user_data = EntryId{EntryKind::chainClose, descriptor.slot, descriptor.generation}.encode();
}

ChainCancel cancelOf(Operation operation, const Chain& chain) noexcept {
  return {.open = !chain.openCompleted, .transfer = operation == Operation::fileReadWhole};
}

bool noteChainResult(EntryKind kind, std::int32_t result, Chain& chain) noexcept {
  if (kind == EntryKind::operation) {
    chain.openResult = result;
    chain.openCompleted = true;
  }
  if (kind == EntryKind::chainTransfer) chain.transferResult = result;
  return ++chain.completed == chainEntries;
}

std::int32_t chainResult(Operation operation, const Chain& chain) noexcept {
  if (chain.openResult < 0) return chain.openResult;
  const bool asExpected = operation == Operation::fileWriteWhole || chain.transferResult < 0 ||
                          static_cast<std::uint32_t>(chain.transferResult) == chain.expected;
  return asExpected ? chain.transferResult : -ENOTSUP;
}

}  // namespace rescind::uring
