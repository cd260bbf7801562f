// Named pipes: listening, accepting, and the end of what one side writes. A listener has no handle of the system's; an
// event stands for it, so that it has a number like everything else.

#include "backend/iocp/completion_port_lane.h"
#include "os/windows/text.h"

namespace rescind::iocp {

namespace {

constexpr DWORD bufferBytes = 64 * 1024;

enum class Instance { first, further };

// A further instance needs the same type as the first. Clients of other computers are refused: a pipe is for this one.
HANDLE makeInstance(const PipeListener& listener, Instance which) noexcept {
  const DWORD open =
      PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (which == Instance::first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0);
  const DWORD type = listener.messages ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE : PIPE_TYPE_BYTE;
  return ::CreateNamedPipeW(listener.path.c_str(), open, type | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                            PIPE_UNLIMITED_INSTANCES, bufferBytes, bufferBytes, 0, nullptr);
}

// What Node says of a name that is taken, and of one that is no pipe's.
DWORD listenError(DWORD error) noexcept {
  if (error == ERROR_ACCESS_DENIED || error == ERROR_PIPE_BUSY) return WSAEADDRINUSE;
  if (error == ERROR_PATH_NOT_FOUND || error == ERROR_INVALID_NAME) return WSAEACCES;
  return error;
}

bool carriesMessages(HANDLE pipe) noexcept {
  DWORD flags = 0;
  return ::GetNamedPipeInfo(pipe, &flags, nullptr, nullptr, nullptr) != 0 && (flags & PIPE_TYPE_MESSAGE) != 0;
}

}  // namespace

void CompletionPortLane::listenOnPipe(Pending& pending, std::span<const std::byte> path) {
  auto listener = std::make_unique<PipeListener>();
  std::optional<std::wstring> wide = wideText({reinterpret_cast<const char*>(path.data()), path.size()});
  if (!wide) return fail(pending, ERROR_INVALID_NAME);
  listener->path = std::move(*wide);
  listener->messages = pending.argument0 == 1;
  UniqueHandle first(makeInstance(*listener, Instance::first));
  if (!first) return fail(pending, listenError(::GetLastError()));
  if (const DWORD error = port_.join(first.get()); error != 0) return fail(pending, error);
  UniqueHandle number(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  if (!number) return fail(pending, ::GetLastError());
  listener->spare.push_back(std::move(first));
  auto state = std::make_shared<HandleState>();
  state->descriptor = descriptorOf(number.release());
  state->kind = HandleKind::pipeListener;
  state->fresh = true;
  state->listener = std::move(listener);
  handles_[state->descriptor] = state;
  finish(pending, {pending.slot, pending.generation, state->descriptor, CompletionFlag::terminal}, {}, true);
}

DWORD CompletionPortLane::startPipeAccept(HandleState& state, AcceptRequest& accept) {
  PipeListener& listener = *state.listener;
  if (!listener.spare.empty()) {
    accept.instance = std::move(listener.spare.back());
    listener.spare.pop_back();
  } else {
    accept.instance = UniqueHandle(makeInstance(listener, Instance::further));
    if (!accept.instance) return ::GetLastError();
    if (const DWORD error = port_.join(accept.instance.get()); error != 0) return error;
  }
  const HANDLE instance = accept.instance.get();
  const BOOL succeeded = ::ConnectNamedPipe(instance, &accept.request.overlapped);
  const DWORD error = succeeded != 0 ? 0 : ::GetLastError();
  if (isWithSystem(accept.request, instance, succeeded != 0, error)) return 0;
  // The client was here before, and may have gone again: what it has written is there to be read, and then the end. No
  // entry comes, so that we send one down the same road.
  if (error != ERROR_PIPE_CONNECTED && error != ERROR_NO_DATA) return error;
  if (const DWORD posted = port_.post(accept.request.overlapped); posted != 0) return posted;
  static_cast<void>(isWithSystem(accept.request, instance, true, 0));
  return 0;
}

// The descriptor of an instance a client has connected to.
int CompletionPortLane::takePipe(HandleState& state, AcceptRequest& accept) {
  PipeListener& listener = *state.listener;
  // While nobody accepts, clients find an instance to connect to all the same.
  if (listener.spare.empty()) {
    UniqueHandle next(makeInstance(listener, Instance::further));
    if (next && port_.join(next.get()) == 0) listener.spare.push_back(std::move(next));
  }
  auto connected = std::make_shared<HandleState>();
  connected->descriptor = descriptorOf(accept.instance.release());
  connected->kind = HandleKind::pipe;
  connected->fresh = true;
  handles_[connected->descriptor] = connected;
  return connected->descriptor;
}

// A pipe has no half that could be closed, but where it carries messages an empty one is an end: who reads it gets
// nothing, which is what the end looks like.
void CompletionPortLane::shutDownPipe(Pending& pending) {
  const HANDLE pipe = pending.handle->handle();
  if (pending.handle->kind != HandleKind::pipe || !carriesMessages(pipe)) return fail(pending, ERROR_NOT_SUPPORTED);
  const BOOL succeeded = ::WriteFile(pipe, "", 0, nullptr, &pending.request.overlapped);
  const DWORD error = ::GetLastError();
  if (!isWithSystem(pending.request, pipe, succeeded != 0, error)) conclude(pending, error, 0);
}

}  // namespace rescind::iocp
