// An addon of the tests, which is never packed: what they do and see from outside of the runtime on Windows, with plain
// calls of the system on bare handles. Every call is done when it returns; none of them leaves an entry in a completion
// port, although the handle may have joined one.

#include <napi.h>

#include <algorithm>
#include <string>

#include "os/windows/handles.h"

// clang-format off
#include <winioctl.h>
#include <winternl.h>
// clang-format on

namespace {

using Napi::CallbackInfo;
using Napi::Value;
using rescind::descriptorOf;
using rescind::handleOf;
using rescind::socketOf;
using rescind::UniqueHandle;

constexpr int wouldWait = -1;

int integer(const CallbackInfo& info, std::size_t index) { return info[index].As<Napi::Number>().Int32Value(); }

std::wstring text(const CallbackInfo& info, std::size_t index) {
  const std::u16string units = info[index].As<Napi::String>().Utf16Value();
  return {units.begin(), units.end()};
}

Value number(const CallbackInfo& info, int value) { return Napi::Number::New(info.Env(), value); }

Value failed(const CallbackInfo& info, const char* call, DWORD error) {
  const std::string message = std::string(call) + " says " + std::to_string(error);
  Napi::Error::New(info.Env(), message).ThrowAsJavaScriptException();
  return info.Env().Undefined();
}

bool isSocket(HANDLE handle) noexcept {
  int type = 0;
  int length = sizeof type;
  const auto socket = reinterpret_cast<SOCKET>(handle);
  return ::getsockopt(socket, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &length) == 0;
}

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

// pipeListen(name, bufferBytes): one instance of a named pipe, that waits for its client.
Value pipeListen(const CallbackInfo& info) {
  const auto bytes = static_cast<DWORD>(integer(info, 1));
  const HANDLE pipe = ::CreateNamedPipeW(text(info, 0).c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                         PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                                         PIPE_UNLIMITED_INSTANCES, bytes, bytes, 0, nullptr);
  return pipe != INVALID_HANDLE_VALUE ? number(info, descriptorOf(pipe))
                                      : failed(info, "CreateNamedPipe", ::GetLastError());
}

// pipeOpen(name): the client's end.
Value pipeOpen(const CallbackInfo& info) {
  const HANDLE pipe = ::CreateFileW(text(info, 0).c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                    FILE_FLAG_OVERLAPPED, nullptr);
  return pipe != INVALID_HANDLE_VALUE ? number(info, descriptorOf(pipe)) : failed(info, "CreateFile", ::GetLastError());
}

// FILE_PIPE_LOCAL_INFORMATION of ntifs.h.
struct PipeInformation {
  ULONG type, configuration, maximumInstances, currentInstances;
  ULONG inboundQuota, readDataAvailable, outboundQuota, writeQuotaAvailable;
  ULONG state, end;
};

// FILE_PIPE_…_STATE of ntifs.h, 0 for what is no pipe.
ULONG pipeState(const CallbackInfo& info) {
  constexpr auto pipeLocalInformation = static_cast<FILE_INFORMATION_CLASS>(24);
  PipeInformation information{};
  IO_STATUS_BLOCK status{};
  const NTSTATUS result = ::NtQueryInformationFile(handleOf(integer(info, 0)), &status, &information,
                                                   sizeof information, pipeLocalInformation);
  return result < 0 ? 0 : information.state;
}

Value isListening(const CallbackInfo& info) { return Napi::Boolean::New(info.Env(), pipeState(info) == 2); }

Value isConnected(const CallbackInfo& info) { return Napi::Boolean::New(info.Env(), pipeState(info) == 3); }

// acceptLater(socket): a connection is complete only when it is accepted. Whether the system can do that.
Value acceptLater(const CallbackInfo& info) {
  constexpr int conditionalAccept = 0x3002;  // SO_CONDITIONAL_ACCEPT
  const BOOL yes = TRUE;
  const int result = ::setsockopt(socketOf(integer(info, 0)), SOL_SOCKET, conditionalAccept,
                                  reinterpret_cast<const char*>(&yes), sizeof yes);
  return Napi::Boolean::New(info.Env(), result == 0);
}

Value isOpen(const CallbackInfo& info) {
  DWORD flags = 0;
  return Napi::Boolean::New(info.Env(), ::GetHandleInformation(handleOf(integer(info, 0)), &flags) != 0);
}

// close(handle): of one the runtime knows nothing of.
Value close(const CallbackInfo& info) {
  const HANDLE handle = handleOf(integer(info, 0));
  if (isSocket(handle)) {
    ::closesocket(reinterpret_cast<SOCKET>(handle));
  } else {
    ::CloseHandle(handle);
  }
  return info.Env().Undefined();
}

DWORD openHandles() noexcept {
  DWORD count = 0;
  return ::GetProcessHandleCount(::GetCurrentProcess(), &count) != 0 ? count : 0;
}

// What the system calls a handle's kind; empty for a number that is no handle.
std::string kindOf(HANDLE handle) {
  alignas(8) std::byte memory[1024];
  ULONG length = 0;
  if (::NtQueryObject(handle, ObjectTypeInformation, memory, sizeof memory, &length) < 0) return {};
  const auto& name = reinterpret_cast<const PUBLIC_OBJECT_TYPE_INFORMATION*>(memory)->TypeName;
  std::string kind(name.Buffer, name.Buffer + name.Length / sizeof(WCHAR));
  if (kind != "File") return kind;
  if (isSocket(handle)) return "socket";
  switch (::GetFileType(handle)) {
    case FILE_TYPE_DISK:
      return "file";
    case FILE_TYPE_PIPE:
      return "pipe";
    default:
      return "device";
  }
}

// handles(): [number, kind] of every handle of this process.
Value handles(const CallbackInfo& info) {
  // Handles are multiples of four, those that were closed are used again.
  constexpr int most = 1 << 24;
  constexpr int mostGap = 1024;
  const DWORD count = openHandles();
  auto list = Napi::Array::New(info.Env());
  for (int handle = 4, last = 0; handle < most; handle += 4) {
    const bool isAll = list.Length() >= count && handle - last > mostGap;
    if (isAll) break;
    const std::string kind = kindOf(handleOf(handle));
    if (kind.empty()) continue;
    last = handle;
    auto entry = Napi::Array::New(info.Env(), 2);
    entry.Set(0u, handle);
    entry.Set(1u, kind);
    list.Set(list.Length(), entry);
  }
  return list;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  WSADATA data;
  ::WSAStartup(MAKEWORD(2, 2), &data);
  const auto add = [&](const char* name, Value (*function)(const CallbackInfo&)) {
    exports.Set(name, Napi::Function::New(env, function, name));
  };
  add("read", read);
  add("write", write);
  add("allowHoles", allowHoles);
  add("isReadable", isReadable);
  add("pipeListen", pipeListen);
  add("pipeOpen", pipeOpen);
  add("isListening", isListening);
  add("isConnected", isConnected);
  add("acceptLater", acceptLater);
  add("isOpen", isOpen);
  add("close", close);
  add("handles", handles);
  return exports;
}

}  // namespace

NODE_API_MODULE(rescind_outside, initialize)
