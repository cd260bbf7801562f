// What the lane knows of handles: their kind, and that they have joined the port.

#include "backend/iocp/completion_port_lane.h"

namespace rescind::iocp {

namespace {

// A socket is told from a pipe by what Winsock says of it.
bool describeSocket(HandleState& state) noexcept {
  WSAPROTOCOL_INFOW information;
  int length = sizeof information;
  auto* into = reinterpret_cast<char*>(&information);
  if (::getsockopt(state.socket(), SOL_SOCKET, SO_PROTOCOL_INFOW, into, &length) != 0) return false;
  state.kind = information.iSocketType == SOCK_STREAM ? HandleKind::stream : HandleKind::datagram;
  state.family = information.iAddressFamily;
  return true;
}

}  // namespace

DWORD bindAnywhere(HandleState& state) noexcept {
  if (state.bound) return 0;
  sockaddr_storage address{};
  address.ss_family = static_cast<ADDRESS_FAMILY>(state.family);
  const int length = state.family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  const int result = ::bind(state.socket(), reinterpret_cast<const sockaddr*>(&address), length);
  const DWORD error = lastSocketError(result != 0);
  // One that its owner has bound.
  state.bound = error == 0 || error == WSAEINVAL;
  return state.bound ? 0 : error;
}

const std::shared_ptr<HandleState>& CompletionPortLane::stateOf(int descriptor) {
  std::shared_ptr<HandleState>& state = handles_[descriptor];
  if (state == nullptr) state = makeState(descriptor);
  return state;
}

std::shared_ptr<HandleState> CompletionPortLane::makeState(int descriptor) noexcept {
  auto state = std::make_shared<HandleState>();
  state->descriptor = descriptor;
  if (::GetFileType(state->handle()) == FILE_TYPE_DISK) {
    state->kind = HandleKind::file;
  } else if (!describeSocket(*state)) {
    state->kind = HandleKind::pipe;
  }
  state->joinError = port_.join(state->handle());
  return state;
}

const SocketExtensions& CompletionPortLane::extensionsFor(const HandleState& state) {
  const auto [found, isNew] = extensions_.try_emplace({state.family, state.kind});
  if (isNew) found->second = extensionsOf(state.socket());
  return found->second;
}

void CompletionPortLane::noteOpened(int descriptor) noexcept {
  std::shared_ptr<HandleState>& state = handles_[descriptor];
  // The instance of a pipe that was accepted has joined the port before.
  if (state != nullptr && state->fresh) {
    state->fresh = false;
    return;
  }
  state = makeState(descriptor);
}

}  // namespace rescind::iocp
