// The messages of datagram sockets, with their addresses.

#include "backend/iocp/completion_port_lane.h"
#include "os/socket_address.h"

namespace rescind::iocp {

// Neither waits for datagrams nor sends one without a port: WSARecvMsg and WSASendMsg answer WSAEINVAL then (their
// documentation), where Linux gives the socket one.
void CompletionPortLane::startReceiveMessage(Pending& pending) {
  HandleState& state = *pending.handle;
  const SocketExtensions& extensions = extensionsFor(state);
  if (extensions.receiveMessage == nullptr) return fail(pending, WSAEOPNOTSUPP);
  if (const DWORD error = bindAnywhere(state); error != 0) return fail(pending, error);
  Borrowed& borrowed = pending.borrow();
  borrowed.vectors.assign(1, {pending.length, reinterpret_cast<char*>(pending.address)});
  borrowed.message = {.name = reinterpret_cast<sockaddr*>(&borrowed.address),
                      .namelen = sizeof borrowed.address,
                      .lpBuffers = borrowed.vectors.data(),
                      .dwBufferCount = 1};
  const int result =
      extensions.receiveMessage(state.socket(), &borrowed.message, nullptr, &pending.request.overlapped, nullptr);
  const DWORD error = lastSocketError(result != 0);
  const bool isPart = error == WSAEMSGSIZE;
  if (!isWithSystem(pending.request, state.handle(), result == 0 || isPart, error)) conclude(pending, error, 0);
}

// `destination` is a wire address, or nothing where the socket is connected or is no datagram socket.
void CompletionPortLane::sendTo(Pending& pending, std::span<const std::byte> destination) {
  if (!destination.empty()) {
    Borrowed& borrowed = pending.borrow();
    borrowed.addressLength = static_cast<int>(decodeWireAddress(destination, borrowed.address));
    if (borrowed.addressLength == 0) return fail(pending, WSAEINVAL);
  }
  takeTurn(pending);
}

// All pieces are one datagram. Without a destination it goes to whom the socket is connected to; a name is for sockets
// that are not (WSAMSG).
void CompletionPortLane::startSendMessage(Pending& pending) {
  HandleState& state = *pending.handle;
  const SocketExtensions& extensions = extensionsFor(state);
  if (extensions.sendMessage == nullptr) return fail(pending, WSAEOPNOTSUPP);
  Borrowed& borrowed = pending.borrow();
  const bool isAddressed = borrowed.addressLength > 0;
  if (isAddressed) {
    if (const DWORD error = bindAnywhere(state); error != 0) return fail(pending, error);
  }
  if (borrowed.vectors.empty()) {
    borrowed.vectors.assign(1, {pending.length, reinterpret_cast<char*>(pending.address)});
  }
  borrowed.message = {.name = isAddressed ? reinterpret_cast<sockaddr*>(&borrowed.address) : nullptr,
                      .namelen = borrowed.addressLength,
                      .lpBuffers = borrowed.vectors.data(),
                      .dwBufferCount = static_cast<DWORD>(borrowed.vectors.size())};
  OVERLAPPED& overlapped = pending.request.overlapped;
  overlapped = {};
  const int result = extensions.sendMessage(state.socket(), &borrowed.message, 0, nullptr, &overlapped, nullptr);
  const DWORD error = lastSocketError(result != 0);
  if (!isWithSystem(pending.request, state.handle(), result == 0, error)) conclude(pending, error, 0);
}

}  // namespace rescind::iocp
