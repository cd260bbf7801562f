// The threads of one pool lane and what they share with it. Lane and threads hold it together, so that a
// thread that comes back from a hung call after the lane has gone finds it still there.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

#include "backend/backend.h"
#include "backend/pool/queue.h"
#include "backend/pool/task.h"
#include "backend/pool/timers.h"

namespace rescind {

struct PoolLimits {
  // That may work at a time.
  std::uint32_t threads;
  // Of them for tasks of one group.
  std::uint32_t threadsOfGroup;
  // In all, with those that hang in a task somebody has given up: another works in the place of each.
  std::uint32_t threadsWithHung;
  // A thread ends when nothing has come for so long.
  std::chrono::milliseconds idleEndsAfter;
};

class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(const PoolLimits& limits, Waker& waker) noexcept;

  // Takes all of `fresh`; the tasks of `cancels` must not have been taken by takeFinished().
  void submit(TaskList& fresh, std::span<const TaskPlace> cancels) noexcept;
  // Moves the tasks that have finished behind those in `into`.
  void takeFinished(TaskList& into) noexcept;
  // Interrupts what runs and was cancelled, where the system can; returns whether there is any.
  [[nodiscard]] bool interruptAgain() noexcept;
  // Takes nothing more in and lets what runs end. The Waker is not called afterwards.
  void stop() noexcept;
  // After stop(); see Lane::close(). A task that finishes later than `giveUpAt` is discarded.
  [[nodiscard]] bool close(Clock::time_point giveUpAt) noexcept;

 private:
  using Lock = std::unique_lock<std::mutex>;
  using ThreadList = std::list<std::thread>;
  using ThreadPlace = ThreadList::iterator;

  void cancel(TaskPlace task) noexcept;
  [[nodiscard]] bool interruptCancelled() noexcept;
  void cancelWaiting() noexcept;
  // Ends a task that is in `from`. Result and payload are in place.
  void finish(TaskList& from, TaskPlace task, std::uint32_t flags) noexcept;
  void finishAll(TaskList& from, std::int32_t result, std::uint32_t flags) noexcept;
  // Tells whether an asked-for cancel is what ended it, and finishes it.
  void settle(TaskPlace task) noexcept;

  // How many threads may be there.
  [[nodiscard]] std::uint32_t mostWorkers() const noexcept;
  // Starts the threads the waiting tasks need; returns how many idle ones to wake.
  [[nodiscard]] std::size_t employ() noexcept;
  void keepTimers() noexcept;
  // 0 or a negated errno.
  [[nodiscard]] std::int32_t startThread(void (Pool::*body)(Lock&) noexcept) noexcept;
  void work(Lock& lock) noexcept;
  void runOne(Lock& lock, TaskPlace task, const blocking::BlockingThread& thread) noexcept;
  void keepTime(Lock& lock) noexcept;

  const PoolLimits limits_;
  std::mutex mutex_;
  std::condition_variable workWaits_;
  std::condition_variable timersChanged_;
  std::condition_variable threadEnded_;

  Waker* waker_;
  Queue queue_;
  Timers timers_;
  TaskList running_;
  TaskList finished_;
  std::uint64_t order_ = 0;

  ThreadList threads_;
  ThreadList ended_;  // to be joined
  std::uint32_t workers_ = 0;
  std::uint32_t replaced_ = 0;  // workers that hang in a task somebody has given up
  std::size_t idle_ = 0;        // workers that are about to look at the queue, or wait for it
  bool timekeeper_ = false;
  bool closing_ = false;
  bool closed_ = false;
};

}  // namespace rescind
