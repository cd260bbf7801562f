// Answers the late imports of Node-API and libuv (cmake/windows.cmake) with the program this process runs. The
// linker knows it as node.exe; Electron and single executables have other names.

// clang-format off
#include <windows.h>
#include <delayimp.h>
// clang-format on

namespace {

// Never null for a module asked for: the helper would then search the disk for a program of that name, and load it.
FARPROC WINAPI answerWithHost(unsigned event, DelayLoadInfo*) {
  if (event != dliNotePreLoadLibrary) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
}

}  // namespace

// Declared by delayimp.h, constant in some versions of it and not in others.
decltype(__pfnDliNotifyHook2) __pfnDliNotifyHook2 = answerWithHost;
