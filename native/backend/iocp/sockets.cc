// The calls on sockets but accepting and the messages of datagram sockets.

#include <iterator>

#include "backend/iocp/completion_port_lane.h"
#include "os/socket_address.h"

namespace rescind::iocp {

namespace {

// JavaScript asks in Linux's words (src/net/sending.ts and the tests).
constexpr std::int32_t linuxPeek = 0x2;
constexpr std::int32_t linuxWaitAll = 0x100;

DWORD receiveFlags(std::int32_t asked) noexcept {
  return ((asked & linuxPeek) != 0 ? MSG_PEEK : 0) | ((asked & linuxWaitAll) != 0 ? MSG_WAITALL : 0);
}

bool isLoopback(const sockaddr_storage& address) noexcept {
  if (address.ss_family == AF_INET) {
    return (ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 24) == 127;
  }
  return address.ss_family == AF_INET6 &&
         IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr) != 0;
}

// Windows asks a port that refuses again, for two seconds. On this computer nothing gets lost, so one answer is enough.
// What a system without this says is of no interest.
void refuseAtOnce(SOCKET socket) noexcept {
  TCP_INITIAL_RTO_PARAMETERS parameters{.Rtt = TCP_INITIAL_RTO_UNSPECIFIED_RTT,
                                        .MaxSynRetransmissions = TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS};
  DWORD bytes = 0;
  ::WSAIoctl(socket, SIO_TCP_INITIAL_RTO, &parameters, sizeof parameters, nullptr, 0, &bytes, nullptr, nullptr);
}

// Only a peer's refusal concerns who waits for that peer, as on Linux.
void tellOfRefusals(SOCKET socket, const sockaddr_storage& peer) noexcept {
  setRefusals(socket, peer.ss_family == AF_UNSPEC ? Refusals::untold : Refusals::told);
}

}  // namespace

void CompletionPortLane::connect(Pending& pending, std::span<const std::byte> bytes) {
  if (pending.handle == nullptr || !pending.handle->isSocket()) return fail(pending, WSAENOTSOCK);
  Borrowed& borrowed = pending.borrow();
  borrowed.addressLength = static_cast<int>(decodeWireAddress(bytes, borrowed.address));
  if (borrowed.addressLength == 0) return fail(pending, WSAEINVAL);
  HandleState& state = *pending.handle;
  if (state.kind == HandleKind::stream && state.family != AF_UNIX) {
    return borrowed.address.ss_family == AF_UNSPEC ? disconnect(pending) : connectStream(pending);
  }
  // A datagram socket only notes the address; ConnectEx knows no AF_UNIX, whose listener answers at once.
  ++counters_.systemCalls;
  const auto* address = reinterpret_cast<const sockaddr*>(&borrowed.address);
  const DWORD error = lastSocketError(::connect(state.socket(), address, borrowed.addressLength) != 0);
  if (error != 0) return fail(pending, error);
  state.bound = true;
  if (state.kind == HandleKind::datagram) tellOfRefusals(state.socket(), borrowed.address);
  finish(pending, 0);
}

void CompletionPortLane::connectStream(Pending& pending) {
  HandleState& state = *pending.handle;
  const Borrowed& borrowed = *pending.borrowed;
  // Which ConnectEx wants.
  if (const DWORD error = bindAnywhere(state); error != 0) return fail(pending, error);
  if (isLoopback(borrowed.address)) refuseAtOnce(state.socket());
  const SocketExtensions& extensions = extensionsFor(state);
  if (extensions.connectEx == nullptr) return fail(pending, WSAEOPNOTSUPP);
  const BOOL succeeded = extensions.connectEx(state.socket(), reinterpret_cast<const sockaddr*>(&borrowed.address),
                                              borrowed.addressLength, nullptr, 0, nullptr, &pending.request.overlapped);
  const DWORD error = lastSocketError(succeeded == 0);
  if (!isWithSystem(pending.request, state.handle(), succeeded != 0, error)) conclude(pending, error, 0);
}

void CompletionPortLane::disconnect(Pending& pending) {
  const HandleState& state = *pending.handle;
  const SocketExtensions& extensions = extensionsFor(state);
  if (extensions.disconnectEx == nullptr) return fail(pending, WSAEOPNOTSUPP);
  const BOOL succeeded = extensions.disconnectEx(state.socket(), &pending.request.overlapped, 0, 0);
  const DWORD error = lastSocketError(succeeded == 0);
  if (!isWithSystem(pending.request, state.handle(), succeeded != 0, error)) conclude(pending, error, 0);
}

void CompletionPortLane::startReceive(Pending& pending) {
  const HandleState& state = *pending.handle;
  pending.takeLaneBuffer();
  // Winsock copies the array, and the flags tell of a call that is done only.
  WSABUF whole{pending.length, reinterpret_cast<char*>(pending.address)};
  const bool inPieces = pending.operation == Operation::fileReadVector;
  WSABUF* buffers = inPieces ? pending.borrowed->vectors.data() : &whole;
  const DWORD count = inPieces ? static_cast<DWORD>(pending.borrowed->vectors.size()) : 1;
  DWORD flags = pending.operation == Operation::socketReceive ? receiveFlags(pending.argument0) : 0;
  OVERLAPPED& overlapped = pending.request.overlapped;
  overlapped = {};
  const int result = ::WSARecv(state.socket(), buffers, count, nullptr, &flags, &overlapped, nullptr);
  const DWORD error = lastSocketError(result != 0);
  // Of a datagram longer than the memory the system keeps nothing, but brings what fits.
  const bool isPart = error == WSAEMSGSIZE;
  if (!isWithSystem(pending.request, state.handle(), result == 0 || isPart, error)) conclude(pending, error, 0);
}

// Of streams alone, which WSASendMsg is not for (its documentation).
void CompletionPortLane::startSend(Pending& pending) {
  const HandleState& state = *pending.handle;
  WSABUF whole{pending.length, reinterpret_cast<char*>(pending.address)};
  const bool inPieces =
      pending.operation == Operation::socketSendVector || pending.operation == Operation::fileWriteVector;
  WSABUF* buffers = inPieces ? pending.borrowed->vectors.data() : &whole;
  const DWORD count = inPieces ? static_cast<DWORD>(pending.borrowed->vectors.size()) : 1;
  OVERLAPPED& overlapped = pending.request.overlapped;
  overlapped = {};
  const int result = ::WSASend(state.socket(), buffers, count, nullptr, 0, &overlapped, nullptr);
  const DWORD error = lastSocketError(result != 0);
  if (!isWithSystem(pending.request, state.handle(), result == 0, error)) conclude(pending, error, 0);
}

void CompletionPortLane::shutDown(Pending& pending) {
  if (pending.handle == nullptr) return fail(pending, ERROR_INVALID_HANDLE);
  const HandleState& state = *pending.handle;
  if (!state.isSocket()) return shutDownPipe(pending);
  ++counters_.systemCalls;
  constexpr int ways[] = {SD_RECEIVE, SD_SEND, SD_BOTH};
  const auto way = static_cast<std::size_t>(pending.argument0);
  if (way >= std::size(ways)) return fail(pending, WSAEINVAL);
  const DWORD error = lastSocketError(::shutdown(state.socket(), ways[way]) != 0);
  if (error != 0) return fail(pending, error);
  finish(pending, 0);
}

}  // namespace rescind::iocp
