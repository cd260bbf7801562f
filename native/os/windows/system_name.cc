#include "os/system_name.h"

#include "os/windows/system.h"

namespace rescind {

namespace {

using GetVersion = LONG(WINAPI*)(OSVERSIONINFOW* version);

// What GetVersionEx says depends on what the program says it was made for; RtlGetVersion tells the truth.
GetVersion findGetVersion() noexcept {
  const HMODULE library = ::GetModuleHandleW(L"ntdll.dll");
  if (library == nullptr) return nullptr;
  return reinterpret_cast<GetVersion>(reinterpret_cast<void (*)()>(::GetProcAddress(library, "RtlGetVersion")));
}

}  // namespace

std::string systemName() {
  const GetVersion getVersion = findGetVersion();
  OSVERSIONINFOW version{};
  version.dwOSVersionInfoSize = sizeof version;
  if (getVersion == nullptr || getVersion(&version) != 0) return "Windows";
  const auto number = [](DWORD part) { return std::to_string(part); };
  return "Windows " + number(version.dwMajorVersion) + "." + number(version.dwMinorVersion) + "." +
         number(version.dwBuildNumber);
}

}  // namespace rescind
