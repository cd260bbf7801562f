// Completions on their way out of the ring.

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "backend/uring/io_uring_lane.h"
#include "os/linux/status.h"
#include "os/socket_address.h"

namespace rescind::uring {

namespace {

// Linux gives a file read or an open interrupted in a worker this internal number (ERESTARTSYS).
constexpr std::int32_t interruptedInWorker = -512;

}  // namespace

bool IoUringLane::reap(CompletionWriter& out) noexcept {
  while (!ready_.empty() && out.hasRoom()) {
    out.write(ready_.front());
    ready_.pop_front();
  }
  while (out.hasRoom()) {
    const io_uring_cqe* entry = ring_.peek();
    if (entry == nullptr) {
      if (!ring_.kernelHoldsMore()) break;
      ring_.enter();
      entry = ring_.peek();
      if (entry == nullptr) break;
    }
    const io_uring_cqe completion{.user_data = entry->user_data, .res = entry->res, .flags = entry->flags};
    ring_.consume();
    handle(completion, out);
  }
  placeQueued();
  repeatCancels();
  flush();
  return !ready_.empty() || ring_.peek() != nullptr;
}

void IoUringLane::handle(const io_uring_cqe& completion, CompletionWriter& out) {
  const EntryId id = EntryId::decode(completion.user_data);
  switch (id.kind) {
    case EntryKind::operation:
      handleOperation(id, completion, out);
      return;
    case EntryKind::deadline:
      handleDeadline(id, completion.res, out);
      return;
    case EntryKind::cancel:
      // Whatever the cancel says, only the operation's own completion counts. One that was refused (the operation was
      // on its way between two queues of the kernel's, or runs in a worker) is asked again soon.
      if (completion.res < 0) askAgain({id.slot, id.generation});
      return;
    case EntryKind::descriptorCancel:
      descriptorCancels_.answer(id.slot, completion.res);
      return;
    case EntryKind::chainTransfer:
    case EntryKind::chainClose:
      handleChain(id, completion, out);
      return;
    case EntryKind::sweep:
      return;
  }
}

void IoUringLane::handleOperation(EntryId id, const io_uring_cqe& completion, CompletionWriter& out) {
  Pending* pending = table_.find(id.slot, id.generation);
  if (pending == nullptr) return;
  if (isChain(pending->operation)) {
    handleChain(id, completion, out);
    return;
  }
  std::int32_t result = completion.res;
  if ((completion.flags & IORING_CQE_F_MORE) != 0) {
    if (pending->operation == Operation::socketSend) {
      // Sent, but the kernel still reads from the pages until the notification.
      pending->heldResult = result;
      pending->awaitsNotification = true;
      return;
    }
    deliver({id.slot, id.generation, result, CompletionFlag::more}, *pending, completion.flags, out);
    return;
  }
  if (pending->awaitsNotification) result = pending->heldResult;
  if (result == -ENOBUFS && pending->laneBuffer && receiveWithoutRing(id, *pending)) return;
  if (pending->position >= 0 && result > 0) repairPosition(*pending, result);
  const Outcome outcome = outcomeOf(id, *pending, result);
  deliver(outcome, *pending, completion.flags, out);
  release(*pending);
}

void IoUringLane::handleChain(EntryId id, const io_uring_cqe& completion, CompletionWriter& out) {
  Pending* pending = table_.find(id.slot, id.generation);
  if (pending == nullptr) return;
  Borrowed& borrowed = *pending->borrowed;
  if (!noteChainResult(id.kind, completion.res, borrowed.chain)) return;
  chainFiles_.giveBack(borrowed.chain.file);
  const Outcome outcome = outcomeOf(id, *pending, chainResult(pending->operation, borrowed.chain));
  if (outcome.result >= 0 && pending->operation == Operation::fileReadWhole) {
    borrowed.content.resize(static_cast<std::size_t>(outcome.result));
    out.writeOwned(outcome, std::move(borrowed.content));
  } else {
    out.write(outcome);
  }
  release(*pending);
}

// Moves a file's position behind what was moved, where the kernel has not (see notePosition).
void IoUringLane::repairPosition(const Pending& pending, std::int32_t moved) noexcept {
  if (static_cast<std::uint32_t>(moved) == pending.length) return;
  if (::lseek(pending.handle, 0, SEEK_CUR) == pending.position)
    ::lseek(pending.handle, pending.position + moved, SEEK_SET);
}

// All buffers of the ring are filled and not yet read: this receive gets memory of its own.
bool IoUringLane::receiveWithoutRing(EntryId id, Pending& pending) {
  if (pending.cancelRequested || !makeRoom(pending.hasDeadline ? 2 : 1)) return false;
  io_uring_sqe& entry = ring_.prepare();
  prepareLaneReceive(false, false, table_, pending, entry);
  entry.user_data = id.encode();
  if (pending.hasDeadline) linkDeadline(id, entry, pending);
  return true;
}

Outcome IoUringLane::outcomeOf(EntryId id, Pending& pending, std::int32_t result) const {
  std::uint32_t flags = CompletionFlag::terminal;
  if (pending.operation == Operation::timer && result == -ETIME) result = 0;
  if (pending.prefix > 0) {
    result = (result > 0 ? result : 0) + static_cast<std::int32_t>(pending.prefix);
  }
  const bool ended = result == -ECANCELED || result == -EINTR || result == interruptedInWorker;
  if (ended && (pending.cancelRequested || pending.hasDeadline)) {
    result = -ECANCELED;
    flags |= CompletionFlag::cancelled;
    if (!pending.cancelRequested || pending.deadlinePassed) flags |= CompletionFlag::deadline;
  } else if (result == interruptedInWorker) {
    result = -EINTR;
  }
  return {id.slot, id.generation, result, flags};
}

void IoUringLane::deliver(const Outcome& outcome, const Pending& pending, std::uint32_t entryFlags,
                          CompletionWriter& out) {
  if (pending.laneBuffer && outcome.result >= 0) {
    deliverReceived(outcome, pending, entryFlags, out);
    return;
  }
  if (outcome.result >= 0 && pending.borrowed) {
    const Borrowed& borrowed = *pending.borrowed;
    switch (pending.operation) {
      case Operation::fileStatus:
      case Operation::pathStatus: {
        const StatusPayload payload = statusPayload(borrowed.status);
        out.write(outcome, std::as_bytes(std::span(&payload, 1)));
        return;
      }
      case Operation::socketReceiveMessage: {
        // The sender's address, on eight bytes, and behind it the message's flags and a zero.
        alignas(8) std::byte payload[wireAddressMost + 16] = {};
        std::size_t size = encodeWireAddress(reinterpret_cast<const sockaddr*>(&borrowed.message.address),
                                             borrowed.message.header.msg_namelen, payload);
        size = (size + 7) & ~std::size_t{7};
        const std::int32_t flags[2] = {borrowed.message.header.msg_flags, 0};
        std::copy_n(reinterpret_cast<const std::byte*>(flags), sizeof(flags), payload + size);
        out.write(outcome, std::span<const std::byte>(payload, size + sizeof(flags)));
        return;
      }
      default:
        break;
    }
  }
  out.write(outcome);
}

void IoUringLane::deliverReceived(const Outcome& outcome, const Pending& pending, std::uint32_t entryFlags,
                                  CompletionWriter& out) {
  const auto length = static_cast<std::uint32_t>(outcome.result);
  if ((entryFlags & IORING_CQE_F_BUFFER) != 0) {
    const auto buffer = static_cast<std::uint16_t>(entryFlags >> IORING_CQE_BUFFER_SHIFT);
    out.write(outcome, buffers_.bytesOf(buffer, length));
    buffers_.giveBack(buffer);
  } else if (length > 0 && pending.borrowed) {
    out.write(outcome, std::as_bytes(std::span(pending.borrowed->heap.get(), length)));
  } else {
    out.write(outcome);
  }
}

// The deadline's own entry. Its time is over only when it says so; when the operation is still there after
// that, the kernel could not take it back, and the runtime must know.
void IoUringLane::handleDeadline(EntryId id, std::int32_t result, CompletionWriter& out) {
  Pending* pending = table_.find(id.slot, id.generation);
  if (pending == nullptr || result == -ECANCELED) return;
  pending->deadlinePassed = true;
  out.write({id.slot, id.generation, 0, CompletionFlag::deadline});
  if (const CancelRequest request{id.slot, id.generation}; markAsked(request) != nullptr) askKernel(request);
}

void IoUringLane::release(Pending& pending) {
  pending.inFlight = false;
  if (pending.cancelRequested)
    --cancelsOutstanding_;
  else if (pending.handle >= 0)
    uses_.remove(pending.handle, pending.mayShareFile);
  --inFlight_;
  ++counters_.completed;
  if (pending.borrowed) table_.giveBack(std::move(pending.borrowed));
}

// Ends an operation the kernel has nothing of.
void IoUringLane::fail(std::uint32_t slot, Pending& pending, std::int32_t result, std::uint32_t flags) {
  ready_.push_back({slot, pending.generation, result, flags | CompletionFlag::terminal});
  release(pending);
}

}  // namespace rescind::uring
