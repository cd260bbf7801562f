#include "os/blocking_thread.h"

#include <mutex>
#include <string>
#include <string_view>
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

// Of the calling thread, null for one that nobody interrupts.
thread_local BlockingThread* current = nullptr;

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

// Held while it is interrupted, and while it changes its mind about that.
struct BlockingThread::State {
  UniqueHandle handle;
  std::mutex mutex;
  bool shielded = false;
};

// What GetCurrentThread() gives means every thread itself; others need a handle.
BlockingThread::BlockingThread() : state_(std::make_unique<State>()) {
  HANDLE handle = nullptr;
  const HANDLE process = ::GetCurrentProcess();
  if (::DuplicateHandle(process, ::GetCurrentThread(), process, &handle, 0, FALSE, DUPLICATE_SAME_ACCESS) != FALSE) {
    state_->handle = UniqueHandle(handle);
  }
  current = this;
}

BlockingThread::~BlockingThread() { current = nullptr; }

void BlockingThread::interrupt() const noexcept {
  const std::lock_guard lock(state_->mutex);
  if (state_->handle && !state_->shielded) ::CancelSynchronousIo(state_->handle.get());
}

Uninterrupted::Uninterrupted() noexcept {
  if (current == nullptr) return;
  const std::lock_guard lock(current->state_->mutex);
  current->state_->shielded = true;
}

Uninterrupted::~Uninterrupted() {
  if (current == nullptr) return;
  const std::lock_guard lock(current->state_->mutex);
  current->state_->shielded = false;
}

}  // namespace rescind::blocking
