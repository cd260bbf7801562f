// Keeps the addon in the process until that ends. Node unloads it with the environment that loaded it, and a thread
// hung in a system call may return later than that.

#include <windows.h>

namespace {

// The addon is the module that this lies in.
const wchar_t place[] = L"";

bool stayLoaded() {
  HMODULE addon = nullptr;
  return GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, place, &addon) != 0;
}

[[maybe_unused]] const bool stays = stayLoaded();

}  // namespace
