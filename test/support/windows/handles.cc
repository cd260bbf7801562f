// Which handles this process has.

#include "outside.h"

// clang-format off
#include <winternl.h>
// clang-format on

namespace rescind::outside {

namespace {

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

}  // namespace

void exportHandles(Napi::Env env, Napi::Object exports) {
  add(env, exports, "isOpen", isOpen);
  add(env, exports, "close", close);
  add(env, exports, "handles", handles);
}

}  // namespace rescind::outside
