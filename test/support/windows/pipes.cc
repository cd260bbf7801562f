// Named pipes: making them, and how they stand.

#include "outside.h"

// clang-format off
#include <winternl.h>
// clang-format on

namespace rescind::outside {

namespace {

std::wstring text(const CallbackInfo& info, std::size_t index) {
  const std::u16string units = info[index].As<Napi::String>().Utf16Value();
  return {units.begin(), units.end()};
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

}  // namespace

void exportPipes(Napi::Env env, Napi::Object exports) {
  add(env, exports, "pipeListen", pipeListen);
  add(env, exports, "pipeOpen", pipeOpen);
  add(env, exports, "isListening", isListening);
  add(env, exports, "isConnected", isConnected);
}

}  // namespace rescind::outside
