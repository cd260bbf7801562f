// Completions on their way to JavaScript.

#include <utility>

#include "backend/iocp/completion_port_lane.h"
#include "os/error_numbers.h"
#include "os/socket_address.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"

namespace rescind::iocp {

namespace {

// MSG_TRUNC as JavaScript knows it, which is Linux's.
constexpr std::int32_t linuxTruncated = 0x20;

// The other side has ended, or the file has: a read says so with nothing.
bool isEnd(const Pending& pending, DWORD error) noexcept {
  // More has changed than the system kept: no bytes tell that.
  if (pending.operation == Operation::directoryWatchRead) return error == ERROR_NOTIFY_ENUM_DIR;
  if (!isReceive(pending.operation)) return false;
  return error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE || error == ERROR_PIPE_NOT_CONNECTED;
}

// A write goes to the end whatever the position was, and what comes next begins behind it.
bool moveToEnd(HandleState& file) noexcept {
  if (!file.appends) file.appends = writesAtEndOnly(file.handle());
  LARGE_INTEGER size;
  if (!*file.appends || ::GetFileSizeEx(file.handle(), &size) == FALSE) return false;
  file.position = size.QuadPart;
  return true;
}

// After a transfer at the current position.
void moveOn(HandleState& file, Operation operation, std::int32_t bytes) noexcept {
  if (bytes <= 0 || (isSend(operation) && moveToEnd(file))) return;
  file.position += bytes;
}

// The memory was too small for all of a message. A datagram too large to be sent has the same number.
bool isPart(const Pending& pending, DWORD error) noexcept {
  return isReceive(pending.operation) && (error == ERROR_MORE_DATA || error == WSAEMSGSIZE);
}

}  // namespace

bool CompletionPortLane::reap(CompletionWriter& out) noexcept {
  if (inKernel_ > 0) port_.take(arrived_);
  handleArrived();
  repeatCancels();
  for (; !ready_.empty() && out.hasRoom(); ready_.pop_front()) {
    Ready& ready = ready_.front();
    out.writeOwned(ready.outcome, std::move(ready.payload));
  }
  return !ready_.empty();
}

void CompletionPortLane::handleArrived() {
  for (OVERLAPPED* overlapped : arrived_) handle(overlapped);
  arrived_.clear();
  runTurns();
}

void CompletionPortLane::handle(OVERLAPPED* overlapped) {
  auto& request = *reinterpret_cast<Request*>(overlapped);
  // Wine posts an entry also for a read of NUL that has failed at once: it belongs to nothing, or stands for the next
  // call in the same place. What the OVERLAPPED says is true all the same.
  if (!request.inKernel) return;
  DWORD bytes = 0;
  // The entry has come, so that this waits for nothing and only reads the status.
  const bool succeeded = ::GetOverlappedResult(request.handle, overlapped, &bytes, FALSE) != 0;
  const DWORD error = succeeded ? 0 : ::GetLastError();
  if (error == ERROR_IO_INCOMPLETE) return;
  request.inKernel = false;
  --inKernel_;
  Pending& pending = *request.pending;
  if (pending.operation == Operation::socketAccept) {
    acceptEnded(reinterpret_cast<AcceptRequest&>(request), error);
  } else {
    ended(pending, error, bytes);
  }
}

void CompletionPortLane::ended(Pending& pending, DWORD error, DWORD bytes) {
  const bool isTransfer = isReceive(pending.operation) || isSend(pending.operation);
  if (isTransfer && !pending.handle->isSocket()) return transferEnded(pending, error, bytes);
  if (isTransfer && pending.goesInSteps()) return sendable(pending, error);
  if (pending.operation == Operation::socketSendFile) return sendFileEnded(pending, error, bytes);
  conclude(pending, error, bytes);
}

// Bytes that have moved are a success, however short and whatever ended it.
void CompletionPortLane::conclude(Pending& pending, DWORD error, DWORD bytes) {
  if (error == 0 || bytes > 0 || isEnd(pending, error) || isPart(pending, error)) return succeed(pending, bytes, error);
  if (error == ERROR_OPERATION_ABORTED && pending.cancelRequested) return finishCancelled(pending);
  fail(pending, error);
}

void CompletionPortLane::succeed(Pending& pending, DWORD bytes, DWORD error) {
  std::vector<std::byte> payload;
  switch (pending.operation) {
    case Operation::socketConnect:
      // Until then the socket has no addresses and cannot be shut down.
      ::setsockopt(pending.handle->socket(), SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0);
      return finish(pending, 0);
    case Operation::socketShutdown:
      return finish(pending, 0);
    case Operation::socketReceive:
      if (pending.is(DescriptorFlag::laneBuffer) && bytes > 0) payload.assign(pending.address, pending.address + bytes);
      break;
    case Operation::socketReceiveMessage:
      payload = senderOf(pending, isPart(pending, error));
      break;
    default:
      break;
  }
  const auto result = static_cast<std::int32_t>(bytes);
  finish(pending, {pending.slot, pending.generation, result, CompletionFlag::terminal}, std::move(payload));
}

// The sender's address, on eight bytes, and behind it the message's flags and a zero.
std::vector<std::byte> CompletionPortLane::senderOf(const Pending& pending, bool isPart) const {
  std::vector<std::byte> payload(wireAddressMost);
  std::size_t size = 0;
  std::int32_t flags[2] = {isPart ? linuxTruncated : 0, 0};
  if (pending.borrowed != nullptr && pending.borrowed->message.namelen > 0) {
    const Borrowed& borrowed = *pending.borrowed;
    size = encodeWireAddress(reinterpret_cast<const sockaddr*>(&borrowed.address),
                             static_cast<std::uint32_t>(borrowed.message.namelen), payload.data());
    if ((borrowed.message.dwFlags & MSG_TRUNC) != 0) flags[0] = linuxTruncated;
  }
  payload.resize((size + 7) & ~std::size_t{7});
  const auto* words = reinterpret_cast<const std::byte*>(flags);
  payload.insert(payload.end(), words, words + sizeof flags);
  return payload;
}

void CompletionPortLane::fail(Pending& pending, DWORD error) {
  const bool ofDatagrams = pending.handle != nullptr && pending.handle->kind == HandleKind::datagram;
  // A datagram socket has no connection that could be reset.
  const std::int32_t result =
      ofDatagrams && isRefusal(error) ? failureAs(error::connectionRefused, error) : failure(error);
  finish(pending,
         {pending.slot, pending.generation, result, CompletionFlag::terminal, static_cast<std::int32_t>(error)});
}

void CompletionPortLane::finishCancelled(Pending& pending) {
  const std::uint32_t flags = CompletionFlag::terminal | CompletionFlag::cancelled;
  finish(pending, {pending.slot, pending.generation, -error::cancelled, flags});
}

void CompletionPortLane::finish(Pending& pending, std::int32_t result) {
  finish(pending, {pending.slot, pending.generation, result, CompletionFlag::terminal});
}

void CompletionPortLane::finish(Pending& pending, const Outcome& outcome, std::vector<std::byte> payload, bool opened) {
  ready_.push_back({outcome, std::move(payload), opened});
  ++counters_.completed;
  if (pending.inLine) {
    HandleState& state = *pending.handle;
    if (state.kind == HandleKind::file) moveOn(state, pending.operation, outcome.result);
    pending.line().remove(pending);
    turns_.push_back(pending.handle);
  }
  pending.state = PendingState::idle;
  pending.handle.reset();
  pending.borrowed.reset();
}

}  // namespace rescind::iocp
