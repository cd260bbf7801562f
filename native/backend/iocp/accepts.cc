// Accepting. An accept that goes on and on is several calls with the system at a time, each with a socket or an
// instance of the pipe of its own; the operation ends when the last of them has come back.

#include "backend/iocp/completion_port_lane.h"

namespace rescind::iocp {

namespace {

// Calls with the system for an accept that goes on: connections that come at once do not wait for us.
constexpr std::size_t callsPerAccept = 8;

constexpr DWORD addressRoom = sizeof(sockaddr_storage) + 16;

// The connection was gone before it was accepted: nobody's error.
bool isLostConnection(DWORD error) noexcept {
  switch (error) {
    case ERROR_NETNAME_DELETED:
    case ERROR_CONNECTION_ABORTED:
    case ERROR_NO_DATA:
    case WSAECONNRESET:
    case WSAECONNABORTED:
      return true;
    default:
      return false;
  }
}

}  // namespace

void CompletionPortLane::startAccepts(Pending& pending) {
  const HandleKind kind = pending.handle->kind;
  if (kind != HandleKind::stream && kind != HandleKind::pipeListener) return fail(pending, WSAEOPNOTSUPP);
  const std::size_t wanted = pending.is(DescriptorFlag::multishot) ? callsPerAccept : 1;
  std::vector<std::unique_ptr<AcceptRequest>>& accepts = pending.borrow().accepts;
  while (accepts.size() < wanted) {
    auto accept = std::make_unique<AcceptRequest>();
    accept->request.pending = &pending;
    const DWORD error = startAccept(pending, *accept);
    if (error == 0) {
      accepts.push_back(std::move(accept));
      continue;
    }
    // One is enough to go on with; where not even that is to be had, the operation has failed.
    if (accepts.empty()) fail(pending, error);
    return;
  }
}

DWORD CompletionPortLane::startAccept(Pending& pending, AcceptRequest& accept) {
  HandleState& listener = *pending.handle;
  accept.request.overlapped = {};
  const DWORD error = listener.kind == HandleKind::pipeListener ? startPipeAccept(listener, accept)
                                                                : startSocketAccept(listener, accept);
  if (error == 0) ++pending.requests;
  return error;
}

DWORD CompletionPortLane::startSocketAccept(const HandleState& listener, AcceptRequest& accept) {
  const SocketExtensions& extensions = extensionsFor(listener);
  if (extensions.acceptEx == nullptr) return WSAEOPNOTSUPP;
  constexpr DWORD flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
  accept.socket = UniqueSocket(::WSASocketW(listener.family, SOCK_STREAM, 0, nullptr, 0, flags));
  if (!accept.socket) return static_cast<DWORD>(::WSAGetLastError());
  DWORD bytes = 0;
  const BOOL succeeded = extensions.acceptEx(listener.socket(), accept.socket.get(), accept.addresses, 0, addressRoom,
                                             addressRoom, &bytes, &accept.request.overlapped);
  const DWORD error = succeeded != 0 ? 0 : static_cast<DWORD>(::WSAGetLastError());
  return isWithSystem(accept.request, listener.handle(), succeeded != 0, error) ? 0 : error;
}

void CompletionPortLane::acceptEnded(AcceptRequest& accept, DWORD error) {
  Pending& pending = *accept.request.pending;
  --pending.requests;
  if (error == 0) {
    const int descriptor = takeAccepted(*pending.handle, accept);
    if (!pending.is(DescriptorFlag::multishot)) {
      const Outcome outcome{pending.slot, pending.generation, descriptor, CompletionFlag::terminal};
      return finish(pending, outcome, {}, true);
    }
    ready_.push_back({{pending.slot, pending.generation, descriptor, CompletionFlag::more}, {}, true});
    return goOnAccepting(pending, accept);
  }
  accept.socket.reset();
  if (accept.instance) pending.handle->listener->spare.push_back(std::move(accept.instance));
  if (isLostConnection(error)) return goOnAccepting(pending, accept);
  if (pending.endError == 0) pending.endError = error;
  endAccepts(pending);
}

void CompletionPortLane::goOnAccepting(Pending& pending, AcceptRequest& accept) {
  if (!pending.cancelRequested && pending.endError == 0) {
    const DWORD error = startAccept(pending, accept);
    if (error == 0) return;
    pending.endError = error;
  }
  endAccepts(pending);
}

// The operation ends, with the last of its calls: those that succeed until then bring connections all the same.
void CompletionPortLane::endAccepts(Pending& pending) {
  if (pending.requests > 0) {
    if (!pending.cancelRequested) ask(pending);
    return;
  }
  const DWORD error = pending.endError;
  if (pending.cancelRequested && (error == 0 || error == ERROR_OPERATION_ABORTED)) return finishCancelled(pending);
  fail(pending, error);
}

// The descriptor of an accepted connection.
int CompletionPortLane::takeAccepted(HandleState& listener, AcceptRequest& accept) {
  if (listener.kind == HandleKind::pipeListener) return takePipe(listener, accept);
  const SOCKET from = listener.socket();
  // Until then the socket has no addresses and cannot be shut down.
  ::setsockopt(accept.socket.get(), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, reinterpret_cast<const char*>(&from),
               sizeof from);
  return descriptorOf(accept.socket.release());
}

}  // namespace rescind::iocp
