// Sends on stream sockets that may be taken back. An overlapped send that is cancelled half-way need not tell all that
// it has sent, and may cost the connection. So the system is lent nothing: each step is taken in its call or not at
// all, and what waits between two steps, and is cancelled, only asks when the socket takes more.

#include <algorithm>
#include <array>

#include "backend/iocp/completion_port_lane.h"

namespace rescind::iocp {

namespace {

// The system copies what it takes, however much that is: other operations have their turn between two steps.
constexpr std::size_t mostAtOnce = std::size_t{256} << 10;
constexpr std::size_t mostPieces = 64;

// Calls with an OVERLAPPED are not concerned.
DWORD makeNonBlocking(HandleState& state) noexcept {
  if (state.nonBlocking) return 0;
  u_long yes = 1;
  if (::ioctlsocket(state.socket(), static_cast<long>(FIONBIO), &yes) != 0) {
    return static_cast<DWORD>(::WSAGetLastError());
  }
  state.nonBlocking = true;
  return 0;
}

// Of the pieces that are left, what one call is to send.
DWORD nextStep(const Pending& pending, std::array<WSABUF, mostPieces>& step) noexcept {
  const std::vector<WSABUF>& pieces = pending.borrowed->vectors;
  std::size_t room = mostAtOnce;
  DWORD count = 0;
  for (std::size_t at = pending.piece; at < pieces.size() && count < mostPieces && room > 0; at++) {
    WSABUF& piece = step[count++];
    piece = pieces[at];
    piece.len = static_cast<ULONG>(std::min<std::size_t>(piece.len, room));
    room -= piece.len;
  }
  return count;
}

// Whether any are left.
bool moveOn(Pending& pending, DWORD sent) noexcept {
  std::vector<WSABUF>& pieces = pending.borrowed->vectors;
  pending.moved += sent;
  while (pending.piece < pieces.size()) {
    WSABUF& piece = pieces[pending.piece];
    const DWORD part = std::min<DWORD>(piece.len, sent);
    piece.buf += part;
    piece.len -= part;
    sent -= part;
    if (piece.len > 0) return true;
    ++pending.piece;
  }
  return false;
}

}  // namespace

void CompletionPortLane::startStreamSend(Pending& pending) {
  if (const DWORD error = makeNonBlocking(*pending.handle); error != 0) return fail(pending, error);
  if (!hasPieces(pending.operation)) {
    pending.borrow().vectors.assign(1, {pending.length, reinterpret_cast<char*>(pending.address)});
  }
  sendStep(pending);
}

void CompletionPortLane::sendStep(Pending& pending) {
  const HandleState& state = *pending.handle;
  std::array<WSABUF, mostPieces> step;
  const DWORD count = nextStep(pending, step);
  DWORD sent = 0;
  ++counters_.systemCalls;
  if (::WSASend(state.socket(), step.data(), count, &sent, 0, nullptr, nullptr) != 0) {
    const auto error = static_cast<DWORD>(::WSAGetLastError());
    if (error != WSAEWOULDBLOCK) return conclude(pending, error, pending.moved);
    sent = 0;
  }
  if (!moveOn(pending, sent)) return conclude(pending, 0, pending.moved);
  OVERLAPPED& overlapped = pending.request.overlapped;
  overlapped = {};
  const BOOL succeeded = waitUntilSendable(state.socket(), pending.borrow().readiness, overlapped);
  const DWORD error = ::GetLastError();
  if (!isWithSystem(pending.request, state.handle(), succeeded != 0, error)) conclude(pending, error, pending.moved);
}

void CompletionPortLane::sendable(Pending& pending, DWORD error) {
  if (error == 0 && pending.cancelRequested) error = ERROR_OPERATION_ABORTED;
  if (error != 0) return conclude(pending, error, pending.moved);
  sendStep(pending);
}

}  // namespace rescind::iocp
