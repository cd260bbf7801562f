#include "os/windows/this_module.h"

#include "os/windows/system.h"

namespace rescind {

void keepThisModuleLoaded() noexcept {
  HMODULE module = nullptr;
  constexpr DWORD pinned = GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS;
  ::GetModuleHandleExW(pinned, reinterpret_cast<LPCWSTR>(&keepThisModuleLoaded), &module);
}

}  // namespace rescind
