#include "backend/iocp/port.h"

#include <array>
#include <span>
#include <system_error>

#include "os/blocking_thread.h"

namespace rescind::iocp {

namespace {

// A completion key; those of operations are zero.
constexpr ULONG_PTR quitKey = 1;
constexpr ULONG entriesAtATime = 128;

}  // namespace

Port::~Port() {
  if (!carrier_.joinable()) return;
  // A port takes what is posted to it while there is memory at all; without, the thread is left where it waits, and
  // the port with it.
  if (::PostQueuedCompletionStatus(port_.get(), 0, quitKey, nullptr) != 0) {
    carrier_.join();
  } else {
    carrier_.detach();
    static_cast<void>(port_.release());
  }
}

DWORD Port::open(Waker& waker) {
  port_ = UniqueHandle(::CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
  if (!port_) return ::GetLastError();
  waker_ = &waker;
  try {
    carrier_ = blocking::startThread("rescind-port", [this] { carry(); });
  } catch (const std::system_error&) {
    return ERROR_MAX_THRDS_REACHED;
  }
  return 0;
}

DWORD Port::join(HANDLE handle) noexcept {
  return ::CreateIoCompletionPort(handle, port_.get(), 0, 0) == nullptr ? ::GetLastError() : 0;
}

DWORD Port::post(OVERLAPPED& overlapped) noexcept {
  overlapped.Internal = overlapped.InternalHigh = 0;
  return ::PostQueuedCompletionStatus(port_.get(), 0, 0, &overlapped) != 0 ? 0 : ::GetLastError();
}

void Port::carry() noexcept {
  std::array<OVERLAPPED_ENTRY, entriesAtATime> batch;
  for (;;) {
    ULONG count = 0;
    if (::GetQueuedCompletionStatusEx(port_.get(), batch.data(), entriesAtATime, &count, INFINITE, FALSE) == 0) {
      // The port was closed: nothing can come any more.
      return;
    }
    bool quit = false;
    {
      const Lock lock(mutex_);
      const bool wasEmpty = entries_.empty();
      for (const OVERLAPPED_ENTRY& entry : std::span(batch).first(count)) {
        if (entry.lpCompletionKey == quitKey)
          quit = true;
        else
          entries_.push_back(entry.lpOverlapped);
      }
      // Under the lock, because silence() promises that the Waker may go.
      if (wasEmpty && !entries_.empty() && waker_ != nullptr) waker_->wake();
    }
    arrived_.notify_one();
    if (quit) return;
  }
}

void Port::take(Entries& into) {
  const Lock lock(mutex_);
  if (into.empty()) return into.swap(entries_);
  into.insert(into.end(), entries_.begin(), entries_.end());
  entries_.clear();
}

void Port::takeOrWait(Entries& into, std::chrono::milliseconds most) {
  {
    Lock lock(mutex_);
    arrived_.wait_for(lock, most, [this] { return !entries_.empty(); });
  }
  take(into);
}

void Port::silence() noexcept {
  const Lock lock(mutex_);
  waker_ = nullptr;
}

}  // namespace rescind::iocp
