// Cancels. A cancel is a request: whatever it answers, only the operation's own entry counts, and until that has come
// the request is repeated.

#include <algorithm>

#include "backend/iocp/completion_port_lane.h"

namespace rescind::iocp {

namespace {

// Repeated after 1, 2, 4 … ms up to this.
constexpr int mostCancelDelayMs = 250;

}  // namespace

void CompletionPortLane::cancelAll(std::span<const CancelRequest> requests) {
  for (const CancelRequest& request : requests) {
    Pending* pending = markAsked(request);
    if (pending == nullptr) continue;
    // The calls of an accept may be on handles of their own.
    const bool whole = (request.flags & CancelFlag::wholeDescriptor) != 0 && pending->request.inKernel;
    if (!whole) {
      ask(*pending);
      continue;
    }
    if (!askedOfClosing_.empty() && askedOfClosing_.front()->descriptor != pending->descriptor) askOfClosing();
    askedOfClosing_.push_back(pending);
  }
  askOfClosing();
}

// The operation, if the system has to be asked; null if it is not there, was asked before, or could be taken back.
Pending* CompletionPortLane::markAsked(const CancelRequest& request) {
  Pending* pending = table_.find(request.slot, request.generation);
  if (pending == nullptr || pending->cancelRequested) return nullptr;
  ++counters_.cancelRequests;
  pending->cancelRequested = true;
  if (pending->state == PendingState::running) return pending;
  finishCancelled(*pending);
  return nullptr;
}

// That nothing is found means that the entry is on its way.
void CompletionPortLane::ask(Pending& pending) {
  const auto cancel = [this](Request& request) {
    if (!request.inKernel) return;
    ++counters_.systemCalls;
    ::CancelIoEx(request.handle, &request.overlapped);
  };
  cancel(pending.request);
  if (pending.borrowed != nullptr) {
    for (const std::unique_ptr<AcceptRequest>& accept : pending.borrowed->accepts) cancel(accept->request);
  }
  repeats_.add({pending.slot, pending.generation}, pending.cancelDelayMs);
  pending.cancelDelayMs = std::min(pending.cancelDelayMs * 2, mostCancelDelayMs);
}

// Ends the gathering of operations of one closing handle. All that this process has on the handle was asked to end, so
// that one call may ask for all of it.
void CompletionPortLane::askOfClosing() {
  if (askedOfClosing_.size() == 1) {
    ask(*askedOfClosing_.front());
  } else if (askedOfClosing_.size() > 1) {
    ++counters_.systemCalls;
    ::CancelIoEx(askedOfClosing_.front()->request.handle, nullptr);
    for (const Pending* pending : askedOfClosing_) {
      repeats_.add({pending->slot, pending->generation}, pending->cancelDelayMs);
    }
  }
  askedOfClosing_.clear();
}

void CompletionPortLane::repeatCancels() {
  repeats_.takeDue([this](const CancelRequest& request) {
    Pending* pending = table_.find(request.slot, request.generation);
    if (pending != nullptr && pending->state == PendingState::running) ask(*pending);
    return true;
  });
}

void CompletionPortLane::cancelEverything() {
  table_.forEach([this](Pending& pending) {
    if (pending.cancelRequested) return;
    static_cast<void>(markAsked({pending.slot, pending.generation}));
  });
  table_.forEach([this](Pending& pending) { ask(pending); });
}

}  // namespace rescind::iocp
