// An addon of the tests, which is never packed: what they do and see from outside of the runtime on Windows, with plain
// calls of the system on bare handles. Every call is done when it returns; none of them leaves an entry in a completion
// port, although the handle may have joined one.

#include "outside.h"

// clang-format off
#include <winioctl.h>
// clang-format on

namespace rescind::outside {

namespace {

constexpr int wouldWait = -1;

// A call that leaves no entry in the port of its handle: that is what the lowest bit of the event is for.
class Call {
 public:
  Call() : event_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
    overlapped_.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(event_.get()) | 1);
  }
  [[nodiscard]] OVERLAPPED* overlapped() noexcept { return &overlapped_; }

  // Its bytes; an error, and what was cancelled because it would wait has ERROR_OPERATION_ABORTED.
  [[nodiscard]] DWORD end(HANDLE handle, bool succeeded, bool waits, DWORD& bytes) {
    const DWORD error = succeeded ? 0 : ::GetLastError();
    if (error != 0 && error != ERROR_IO_PENDING && error != ERROR_MORE_DATA) return error;
    if (error == ERROR_IO_PENDING && !waits) ::CancelIoEx(handle, &overlapped_);
    return ::GetOverlappedResult(handle, &overlapped_, &bytes, TRUE) != 0 ? 0 : ::GetLastError();
  }

 private:
  UniqueHandle event_;
  OVERLAPPED overlapped_{};
};

struct Transfer {
  int handle;
  char* bytes;
  int length;
  bool waits;

  explicit Transfer(const CallbackInfo& info) : handle(integer(info, 0)), waits(info[2].As<Napi::Boolean>()) {
    auto view = info[1].As<Napi::Uint8Array>();
    bytes = reinterpret_cast<char*>(view.Data());
    length = static_cast<int>(view.ByteLength());
  }
};

template <typename Move>
Value moveOnSocket(const CallbackInfo& info, const char* name, const Transfer& transfer, Move move) {
  const SOCKET socket = socketOf(transfer.handle);
  u_long without = transfer.waits ? 0 : 1;
  ::ioctlsocket(socket, static_cast<long>(FIONBIO), &without);
  const int moved = move(socket);
  const int error = ::WSAGetLastError();
  without = 0;
  ::ioctlsocket(socket, static_cast<long>(FIONBIO), &without);
  if (moved >= 0) return number(info, moved);
  return error == WSAEWOULDBLOCK ? number(info, wouldWait) : failed(info, name, static_cast<DWORD>(error));
}

// read(handle, into, waits)
Value read(const CallbackInfo& info) {
  const Transfer transfer(info);
  const HANDLE handle = handleOf(transfer.handle);
  if (isSocket(handle)) {
    return moveOnSocket(info, "recv", transfer,
                        [&](SOCKET socket) { return ::recv(socket, transfer.bytes, transfer.length, 0); });
  }
  Call call;
  DWORD bytes = 0;
  const BOOL done = ::ReadFile(handle, transfer.bytes, static_cast<DWORD>(transfer.length), nullptr, call.overlapped());
  switch (const DWORD error = call.end(handle, done != 0, transfer.waits, bytes)) {
    case 0:
    case ERROR_MORE_DATA:
      return number(info, static_cast<int>(bytes));
    case ERROR_BROKEN_PIPE:
    case ERROR_PIPE_NOT_CONNECTED:
    case ERROR_HANDLE_EOF:
      return number(info, 0);
    case ERROR_OPERATION_ABORTED:
      return number(info, bytes > 0 ? static_cast<int>(bytes) : wouldWait);
    default:
      return failed(info, "ReadFile", error);
  }
}

// write(handle, bytes, waits)
Value write(const CallbackInfo& info) {
  const Transfer transfer(info);
  const HANDLE handle = handleOf(transfer.handle);
  if (isSocket(handle)) {
    return moveOnSocket(info, "send", transfer,
                        [&](SOCKET socket) { return ::send(socket, transfer.bytes, transfer.length, 0); });
  }
  Call call;
  DWORD bytes = 0;
  const BOOL done =
      ::WriteFile(handle, transfer.bytes, static_cast<DWORD>(transfer.length), nullptr, call.overlapped());
  const DWORD error = call.end(handle, done != 0, transfer.waits, bytes);
  if (error == 0) return number(info, static_cast<int>(bytes));
  if (error != ERROR_OPERATION_ABORTED) return failed(info, "WriteFile", error);
  return number(info, bytes > 0 ? static_cast<int>(bytes) : wouldWait);
}

// allowHoles(file): what was never written takes no room, and no time.
Value allowHoles(const CallbackInfo& info) {
  const HANDLE file = handleOf(integer(info, 0));
  Call call;
  DWORD bytes = 0;
  const BOOL done = ::DeviceIoControl(file, FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, nullptr, call.overlapped());
  const DWORD error = call.end(file, done != 0, true, bytes);
  return error == 0 ? info.Env().Undefined() : failed(info, "DeviceIoControl", error);
}

// isReadable(socket): whether a receive or an accept would not wait.
Value isReadable(const CallbackInfo& info) {
  WSAPOLLFD poll{.fd = socketOf(integer(info, 0)), .events = POLLRDNORM, .revents = 0};
  return Napi::Boolean::New(info.Env(), ::WSAPoll(&poll, 1, 0) > 0);
}

// acceptLater(socket): a connection is complete only when it is accepted. Whether the system can do that.
Value acceptLater(const CallbackInfo& info) {
  constexpr int conditionalAccept = 0x3002;  // SO_CONDITIONAL_ACCEPT
  const BOOL yes = TRUE;
  const int result = ::setsockopt(socketOf(integer(info, 0)), SOL_SOCKET, conditionalAccept,
                                  reinterpret_cast<const char*>(&yes), sizeof yes);
  return Napi::Boolean::New(info.Env(), result == 0);
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  WSADATA data;
  ::WSAStartup(MAKEWORD(2, 2), &data);
  add(env, exports, "read", read);
  add(env, exports, "write", write);
  add(env, exports, "allowHoles", allowHoles);
  add(env, exports, "isReadable", isReadable);
  add(env, exports, "acceptLater", acceptLater);
  exportHandles(env, exports);
  exportPipes(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(rescind_outside, initialize)

}  // namespace rescind::outside
