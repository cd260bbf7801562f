#include "os/blocking_thread.h"

#include <string>
#include <utility>

#include "os/windows/handles.h"

namespace rescind::blocking {

namespace {

using SetDescription = HRESULT(WINAPI*)(HANDLE thread, const wchar_t* description);

// Windows 10 has it since version 1607.
SetDescription findSetDescription() noexcept {
  const HMODULE kernel = ::GetModuleHandleW(L"kernel32.dll");
  if (kernel == nullptr) return nullptr;
  // By way of a function without a type: the compiler warns of the short way.
  return reinterpret_cast<SetDescription>(
      reinterpret_cast<void (*)()>(::GetProcAddress(kernel, "SetThreadDescription")));
}

void nameThread(std::string_view name) {
  static const SetDescription setDescription = findSetDescription();
  if (setDescription == nullptr) return;
  const std::wstring wide(name.begin(), name.end());
  setDescription(::GetCurrentThread(), wide.c_str());
}

}  // namespace

// Windows has no signals.
std::thread startThread(const char* name, std::function<void()> body) {
  return std::thread([name, body = std::move(body)] {
    nameThread(name);
    body();
  });
}

const bool canInterrupt = true;

// What GetCurrentThread() gives means every thread itself; others need a handle.
BlockingThread::BlockingThread() noexcept {
  HANDLE handle = nullptr;
  const HANDLE process = ::GetCurrentProcess();
  if (::DuplicateHandle(process, ::GetCurrentThread(), process, &handle, 0, FALSE, DUPLICATE_SAME_ACCESS) != FALSE) {
    thread_ = handle;
  }
}

BlockingThread::~BlockingThread() {
  if (thread_ != nullptr) ::CloseHandle(thread_);
}

void BlockingThread::interrupt() const noexcept {
  if (thread_ != nullptr) ::CancelSynchronousIo(thread_);
}

}  // namespace rescind::blocking
