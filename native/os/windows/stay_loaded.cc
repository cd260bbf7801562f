// Keeps the addon in the process until that ends. Node unloads it with the environment that loaded it, and a thread
// hung in a system call may return later than that.

#include <windows.h>

namespace {

bool pin() {
  HMODULE self = nullptr;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS,
                            reinterpret_cast<LPCWSTR>(&pin), &self) != 0;
}

[[maybe_unused]] const bool pinned = pin();

}  // namespace
