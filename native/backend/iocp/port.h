// The completion port of one environment and the thread that waits at it.
//
// The thread carries entries and nothing else: it appends them to a list and wakes the event loop, once for all that
// come until the list is taken. It never looks at what an entry points to, so that an operation belongs to the
// JavaScript thread from its beginning to its end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "backend/backend.h"
#include "os/windows/handles.h"

namespace rescind::iocp {

class Port {
 public:
  using Entries = std::vector<OVERLAPPED*>;

  Port() = default;
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  ~Port();

  // 0 or the system's error. `waker` is called until silence().
  [[nodiscard]] DWORD open(Waker& waker);

  // A handle joins a completion port for life, so this comes once, when it is new. 0 or the system's error.
  [[nodiscard]] DWORD join(HANDLE handle) noexcept;

  // Sends an entry for a call that has succeeded without one. 0 or the system's error.
  [[nodiscard]] DWORD post(OVERLAPPED& overlapped) noexcept;

  // Appends what has arrived to `into`.
  void take(Entries& into);
  // The same, and waits until something has arrived or the time is over.
  void takeOrWait(Entries& into, std::chrono::milliseconds most);

  // The waker is not called any more.
  void silence() noexcept;

 private:
  using Lock = std::unique_lock<std::mutex>;

  void carry() noexcept;

  UniqueHandle port_;
  std::thread carrier_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  Entries entries_;
  Waker* waker_ = nullptr;
};

}  // namespace rescind::iocp
