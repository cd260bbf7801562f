// Operations on their way into the system.

#include <cstring>

#include "backend/iocp/completion_port_lane.h"
#include "os/blocking_handles.h"
#include "os/blocking_result.h"
#include "wire/elsewhere.h"
#include "wire/pieces.h"

namespace rescind::iocp {

namespace {

// The iocp column of ops.def.
constexpr bool hasColumn(Operation operation) noexcept {
  switch (operation) {
#define OP(name, code, uring, epoll, iocp, ioring, pool) \
  case Operation::name:                                  \
    return (iocp) != 0;
#include "wire/ops.def"
#undef OP
    case Operation::skip:
      break;
  }
  return false;
}

// (address, length) pairs of float64.
std::vector<WSABUF> piecesOf(std::span<const std::byte> pairs) {
  std::vector<WSABUF> pieces(pairs.size() / (2 * sizeof(double)));
  const std::byte* at = pairs.data();
  for (WSABUF& piece : pieces) {
    double pair[2];
    std::memcpy(pair, at, sizeof pair);
    at += sizeof pair;
    piece.buf = reinterpret_cast<char*>(static_cast<std::uintptr_t>(pair[0]));
    piece.len = static_cast<ULONG>(pair[1]);
  }
  return pieces;
}

bool isFileTransfer(Operation operation) noexcept {
  switch (operation) {
    case Operation::fileRead:
    case Operation::fileWrite:
    case Operation::fileReadVector:
    case Operation::fileWriteVector:
      return true;
    default:
      return false;
  }
}

bool takesTurns(const Pending& pending) noexcept {
  switch (pending.handle->kind) {
    case HandleKind::file:
      return isFileTransfer(pending.operation) && pending.offset < 0;
    case HandleKind::stream:
      return isReceive(pending.operation) || isSend(pending.operation);
    case HandleKind::pipe:
      return isSend(pending.operation);
    case HandleKind::datagram:
    case HandleKind::pipeListener:
      return false;
  }
  return false;
}

}  // namespace

bool CompletionPortLane::runs(Operation operation) const noexcept { return hasColumn(operation); }

void CompletionPortLane::submit(const Batch& batch) noexcept {
  for (const Descriptor& descriptor : batch.descriptors) {
    if (descriptor.operation != Operation::skip) begin(descriptor, batch.bytesOf(descriptor));
  }
  cancelAll(batch.cancels);
  runTurns();
}

void CompletionPortLane::begin(const Descriptor& descriptor, std::span<const std::byte> bytes) {
  Pending& pending = table_.take(descriptor);
  ++counters_.submitted;
  if (closing_) {
    pending.cancelRequested = true;
    finishCancelled(pending);
    return;
  }
  if (descriptor.handle >= 0) {
    pending.handle = stateOf(descriptor.handle);
    if (const DWORD error = pending.handle->joinError; error != 0) {
      // What is known of a number that is no handle, or of one the port does not take, is of no use to the next.
      handles_.erase(descriptor.handle);
      fail(pending, error);
      return;
    }
  }
  call(pending, bytes);
}

// No default: the compiler names an operation that ops.def has and this does not.
void CompletionPortLane::call(Pending& pending, std::span<const std::byte> bytes) {
  switch (pending.operation) {
    case Operation::noop:
      return finish(pending, 0);
    case Operation::fileReadVector:
    case Operation::fileWriteVector:
      pending.borrow().vectors = piecesOf(bytes);
      return takeTurn(pending);
    case Operation::socketSendVector: {
      const auto [pairs, destination] = splitPieces(bytes, pending.length);
      pending.borrow().vectors = piecesOf(pairs);
      pending.length = 0;  // which was the destination's
      return sendTo(pending, destination);
    }
    case Operation::fileRead:
    case Operation::fileWrite:
    case Operation::directoryWatchRead:
    case Operation::socketAccept:
    case Operation::socketReceive:
    case Operation::socketSend:
    case Operation::socketReceiveMessage:
    case Operation::socketSendFile:
      return takeTurn(pending);
    case Operation::socketSendMessage:
      return sendTo(pending, bytes);
    case Operation::socketOpen: {
      const std::int32_t result = blocking::socketOpen(pending.argument0, pending.argument1);
      const std::int32_t native = result < 0 ? blocking::lastNativeError() : 0;
      const Outcome outcome{pending.slot, pending.generation, result, CompletionFlag::terminal, native};
      return finish(pending, outcome, {}, result >= 0);
    }
    case Operation::socketConnect:
      return connect(pending, bytes);
    case Operation::socketShutdown:
      return shutDown(pending);
    case Operation::pipeListen:
      return listenOnPipe(pending, bytes);
    // Not in the lane's column; the router never sends them here.
    case Operation::skip:
#define OP(name, code, uring, epoll, iocp, ioring, pool) RESCIND_ELSEWHERE(name, iocp)
#include "wire/ops.def"
#undef OP
      return fail(pending, ERROR_CALL_NOT_IMPLEMENTED);
  }
}

void CompletionPortLane::takeTurn(Pending& pending) {
  if (pending.handle == nullptr) return fail(pending, ERROR_INVALID_HANDLE);
  if (!takesTurns(pending)) return start(pending);
  Line& line = pending.line();
  const bool isFirst = line.first() == nullptr;
  line.add(pending);
  if (!isFirst) {
    pending.state = PendingState::queued;
    return;
  }
  start(pending);
}

// Makes the first call of an operation whose turn it is.
void CompletionPortLane::start(Pending& pending) {
  pending.state = PendingState::running;
  switch (pending.operation) {
    case Operation::directoryWatchRead:
      return startDirectoryWatch(pending);
    case Operation::socketAccept:
      return startAccepts(pending);
    case Operation::socketSendFile:
      return startSendFile(pending);
    case Operation::socketReceiveMessage:
      if (pending.handle->kind == HandleKind::datagram) return startReceiveMessage(pending);
      break;
    default:
      break;
  }
  if (!pending.handle->isSocket()) return startTransfer(pending);
  if (isReceive(pending.operation)) return startReceive(pending);
  if (pending.handle->kind == HandleKind::datagram) return startSendMessage(pending);
  if (pending.goesInSteps()) return startStreamSend(pending);
  startSend(pending);
}

// Not from within finish(): a thousand operations that fail at once would be a thousand calls deep.
void CompletionPortLane::runTurns() {
  while (!turns_.empty()) {
    const std::shared_ptr<HandleState> state = std::move(turns_.back());
    turns_.pop_back();
    for (const Line* line : {&state->line, &state->sends}) {
      Pending* first = line->first();
      if (first != nullptr && first->state == PendingState::queued) start(*first);
    }
  }
}

// Whether the port will bring an entry for the call: it does wherever the call did not fail at once, also where it has
// succeeded at once.
bool CompletionPortLane::isWithSystem(Request& request, HANDLE handle, bool succeeded, DWORD error) noexcept {
  ++counters_.systemCalls;
  if (!succeeded && error != ERROR_IO_PENDING) return false;
  request.handle = handle;
  request.inKernel = true;
  ++inKernel_;
  return true;
}

}  // namespace rescind::iocp
