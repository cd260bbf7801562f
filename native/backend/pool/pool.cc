// Tasks: submit, cancel, finish. The threads that run them are in threads.cc.

#include "backend/pool/pool.h"

#include <algorithm>
#include <chrono>

#include "backend/pool/run.h"
#include "os/error_numbers.h"

namespace rescind {

namespace {

constexpr std::chrono::milliseconds interruptInterval{2};

}  // namespace

Pool::Pool(const PoolLimits& limits, Waker& waker) noexcept
    : limits_(limits), waker_(&waker), queue_(limits.threads, limits.threadsOfGroup) {}

void Pool::submit(TaskList& fresh, std::span<const TaskPlace> cancels) noexcept {
  ThreadList ended;
  std::size_t wakes = 0;
  {
    const Lock lock(mutex_);
    // The timers of one batch are due in the order of their delays.
    const Clock::time_point now = Clock::now();
    while (!fresh.empty()) {
      const TaskPlace task = fresh.begin();
      task->order = ++order_;
      if (task->descriptor.operation == Operation::timer) {
        timers_.add(fresh, task, now);
      } else {
        queue_.add(fresh, task);
      }
    }
    for (const TaskPlace task : cancels) cancel(task);
    if (closing_) {
      cancelWaiting();
    } else {
      keepTimers();
      wakes = employ();
    }
    ended.splice(ended.end(), ended_);
  }
  for (; wakes > 0; wakes--) workWaits_.notify_one();
  for (std::thread& thread : ended) thread.join();
}

void Pool::takeFinished(TaskList& into) noexcept {
  const Lock lock(mutex_);
  into.splice(into.end(), finished_);
}

void Pool::cancel(TaskPlace task) noexcept {
  if (task->descriptor.operation == Operation::handleClose) return;
  TaskList taken;
  switch (task->state) {
    case TaskState::queued:
      queue_.remove(task, taken);
      break;
    case TaskState::timed:
      timers_.remove(task, taken);
      break;
    case TaskState::running:
      if (task->cancelRequested.exchange(true)) return;
      // Nobody waits for it any more, and it may hang for ever: its place goes to another, if there may be one.
      if (limits_.threads + replaced_ < limits_.threadsWithHung) {
        task->replaced = true;
        replaced_++;
        queue_.release(*task);
      }
      if (task->thread != nullptr) task->thread->interrupt();
      return;
    case TaskState::finished:
      return;
  }
  finishAll(taken, -error::cancelled, CompletionFlag::cancelled);
}

void Pool::cancelWaiting() noexcept {
  TaskList taken;
  queue_.removeCancellable(taken);
  timers_.removeAll(taken);
  finishAll(taken, -error::cancelled, CompletionFlag::cancelled);
}

void Pool::finish(TaskList& from, TaskPlace task, std::uint32_t flags) noexcept {
  task->state = TaskState::finished;
  task->flags = flags | CompletionFlag::terminal;
  const bool first = finished_.empty();
  moveTask(from, task, finished_);
  // Under the lock, because close() promises that the Waker may go.
  if (first && waker_ != nullptr) waker_->wake();
}

void Pool::finishAll(TaskList& from, std::int32_t result, std::uint32_t flags) noexcept {
  while (!from.empty()) {
    from.front().result = result;
    finish(from, from.begin(), flags);
  }
}

void Pool::settle(TaskPlace task) noexcept {
  const bool interrupted = task->result == -error::interrupted || task->result == -error::cancelled;
  if (!interrupted || task->leftTraces || !task->cancelRequested) return finish(running_, task, 0);
  task->result = -error::cancelled;
  finish(running_, task, CompletionFlag::cancelled);
}

bool Pool::interruptAgain() noexcept {
  const Lock lock(mutex_);
  return interruptCancelled();
}

// A thread of a running task cannot come back, and go on to another, while the lock is held.
bool Pool::interruptCancelled() noexcept {
  bool any = false;
  for (const Task& task : running_) {
    if (!task.cancelRequested || task.thread == nullptr) continue;
    task.thread->interrupt();
    any = true;
  }
  return any;
}

void Pool::stop() noexcept {
  const Lock lock(mutex_);
  closing_ = true;
  waker_ = nullptr;
  cancelWaiting();
  for (Task& task : running_) task.cancelRequested = true;
  workWaits_.notify_all();
  timersChanged_.notify_all();
}

bool Pool::close(Clock::time_point giveUpAt) noexcept {
  ThreadList toJoin;
  bool quiet = false;
  {
    Lock lock(mutex_);
    const auto allEnded = [this] { return threads_.empty(); };
    while (!allEnded() && Clock::now() < giveUpAt) {
      const bool askAgain = blocking::canInterrupt && interruptCancelled();
      threadEnded_.wait_until(lock, askAgain ? Clock::now() + interruptInterval : giveUpAt, allEnded);
    }
    quiet = running_.empty();
    closed_ = true;
    for (std::thread& thread : threads_) thread.detach();
    threads_.clear();
    toJoin.splice(toJoin.end(), ended_);
  }
  for (std::thread& thread : toJoin) thread.join();
  return quiet;
}

}  // namespace rescind
