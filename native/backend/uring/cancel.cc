// Cancels on their way into the ring, by operation and by descriptor, and again until the completion has come.

#include <algorithm>

#include "backend/uring/io_uring_lane.h"

namespace rescind::uring {

namespace {

// A refused cancel is repeated after 1, 2, 4 … ms up to this.
constexpr int mostCancelDelayMs = 250;

}  // namespace

void IoUringLane::cancelAll(std::span<const CancelRequest> requests) {
  for (const CancelRequest& request : requests) {
    const Pending* pending = markAsked(request);
    if (pending == nullptr) continue;
    const bool whole = (request.flags & CancelFlag::wholeDescriptor) != 0 && pending->handle >= 0;
    if (!whole) {
      askKernel(request);
      continue;
    }
    if (pending->handle != closingDescriptor_) askKernelOfClosing();
    closingDescriptor_ = pending->handle;
    closing_.push_back(request);
  }
  askKernelOfClosing();
}

// The operation, if the kernel has to be asked; null if it is not there, was asked before, or could be taken back.
Pending* IoUringLane::markAsked(const CancelRequest& request) {
  Pending* pending = table_.find(request.slot, request.generation);
  if (pending == nullptr || pending->cancelRequested) return nullptr;
  ++counters_.cancelRequests;
  pending->cancelRequested = true;
  if (pending->handle >= 0) uses_.remove(pending->handle, pending->mayShareFile);
  if (cancelsOutstanding_++ == 0) nextSweep_ = CancelRepeats::Clock::now() + sweepInterval;
  if (!pending->queued) return pending;
  const auto queued = std::find_if(queue_.begin(), queue_.end(),
                                   [&request](const Queued& entry) { return entry.descriptor.slot == request.slot; });
  if (queued != queue_.end()) queue_.erase(queued);
  fail(request.slot, *pending, -ECANCELED, CompletionFlag::cancelled);
  return nullptr;
}

void IoUringLane::askKernel(const CancelRequest& request) {
  if (!placeCancel(request)) repeats_.add(request, 0);
}

// Ends the gathering of requests of one closing handle.
void IoUringLane::askKernelOfClosing() {
  if (!closing_.empty() && !placeDescriptorCancel()) {
    for (const CancelRequest& request : closing_) askKernel(request);
  }
  closing_.clear();
}

// What the entry matches is in the ring before it: an operation that is started later is safe from it, also on a
// descriptor that has got the same number by then.
bool IoUringLane::placeDescriptorCancel() {
  if (!descriptorCancels_.available() || !DescriptorCancels::isWorthIt(closing_.size(), inFlight_)) return false;
  if (!uses_.nothingWantedOn(closingDescriptor_) || !makeRoom(1)) return false;
  io_uring_sqe& entry = ring_.prepare();
  entry.opcode = IORING_OP_ASYNC_CANCEL;
  entry.fd = closingDescriptor_;
  entry.cancel_flags = IORING_ASYNC_CANCEL_FD | IORING_ASYNC_CANCEL_ALL;
  entry.user_data = EntryId{EntryKind::descriptorCancel, descriptorCancels_.add(closing_), 0}.encode();
  return true;
}

bool IoUringLane::placeCancel(const CancelRequest& request) {
  const Pending& pending = table_.at(request.slot);
  if (isChain(pending.operation))
    return placeChainCancel(request, cancelOf(pending.operation, pending.borrowed->chain));
  if (!makeRoom(1)) return false;
  prepareCancel(EntryKind::operation, request);
  return true;
}

bool IoUringLane::placeChainCancel(const CancelRequest& request, ChainCancel asked) {
  if (!makeRoom(2)) return false;
  if (asked.open) prepareCancel(EntryKind::operation, request);
  if (asked.transfer) prepareCancel(EntryKind::chainTransfer, request);
  return true;
}

void IoUringLane::prepareCancel(EntryKind target, const CancelRequest& request) {
  io_uring_sqe& entry = ring_.prepare();
  entry.opcode = IORING_OP_ASYNC_CANCEL;
  entry.fd = -1;
  entry.addr = EntryId{target, request.slot, request.generation}.encode();
  // That a cancel was accepted needs no completion of its own: the operation's is on its way.
  if ((ring_.features() & IORING_FEAT_CQE_SKIP) != 0) entry.flags = IOSQE_CQE_SKIP_SUCCESS;
  entry.user_data = EntryId{EntryKind::cancel, request.slot, request.generation}.encode();
}

void IoUringLane::askAgain(const CancelRequest& request) {
  Pending* pending = table_.find(request.slot, request.generation);
  if (pending == nullptr) return;
  const int delay = pending->cancelDelayMs;
  pending->cancelDelayMs = static_cast<std::uint16_t>(std::min(delay * 2 + 1, mostCancelDelayMs));
  repeats_.add(request, delay + 1);
}

void IoUringLane::repeatCancels() {
  if (cancelsOutstanding_ > 0) sweepCancels();
  // Behind the completions of this call, among which most of what such a cancel has ended is.
  descriptorCancels_.takeAnswered([this](const CancelRequest& request) { askAgain(request); });
  repeats_.takeDue([this](const CancelRequest& request) {
    if (table_.find(request.slot, request.generation) == nullptr) return true;
    return placeCancel(request);
  });
}

// Asks once more for all whose completion has not come in this time, whatever the kernel has answered.
void IoUringLane::sweepCancels() {
  const auto now = CancelRepeats::Clock::now();
  if (now < nextSweep_) return;
  nextSweep_ = now + sweepInterval;
  table_.forEachInFlight([this](std::uint32_t slot, const Pending& pending) {
    if (pending.cancelRequested && !pending.queued) repeats_.add({slot, pending.generation}, 0);
  });
}

}  // namespace rescind::uring
