// What threads that make blocking calls need from the system.
#pragma once

#include <functional>
#include <memory>
#include <thread>

namespace rescind::blocking {

// Starts a thread that gets no signals of the process: those belong to the threads of Node, and one that arrived there
// would run a handler of somebody else's, or interrupt a call half-way. Throws as std::thread does.
// The name has at most 15 characters; it is seen in a debugger.
[[nodiscard]] std::thread startThread(const char* name, std::function<void()> body);

// Whether the system can end a call another thread is blocked in.
extern const bool canInterrupt;

// The thread that makes it, for others to interrupt. One at a time in a thread.
class BlockingThread {
 public:
  BlockingThread();
  BlockingThread(const BlockingThread&) = delete;
  BlockingThread& operator=(const BlockingThread&) = delete;
  ~BlockingThread();

  // Asks for the end of the call the thread is blocked in. It may be between two calls, so that nothing happens: ask
  // again until it is back.
  void interrupt() const noexcept;

 private:
  friend class Uninterrupted;
  struct State;
  std::unique_ptr<State> state_;
};

// While one lives its thread is not interrupted: what undoes a call that was cancelled must not be cancelled itself.
class Uninterrupted {
 public:
  Uninterrupted() noexcept;
  Uninterrupted(const Uninterrupted&) = delete;
  Uninterrupted& operator=(const Uninterrupted&) = delete;
  ~Uninterrupted();
};

}  // namespace rescind::blocking
