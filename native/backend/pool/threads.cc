// The threads of a pool: workers, started when tasks wait and ended when none came for a while, and one
// that keeps time for the timers.

#include <algorithm>
#include <chrono>
#include <new>
#include <system_error>

#include "backend/pool/pool.h"
#include "backend/pool/run.h"
#include "os/blocking_thread.h"
#include "os/error_numbers.h"

namespace rescind {

std::uint32_t Pool::mostWorkers() const noexcept {
  return std::min(limits_.threads + replaced_, limits_.threadsWithHung);
}

std::size_t Pool::employ() noexcept {
  const std::size_t startable = queue_.startable();
  for (std::size_t missing = startable > idle_ ? startable - idle_ : 0; missing > 0 && workers_ < mostWorkers();
       missing--) {
    const std::int32_t error = startThread(&Pool::work);
    if (error == 0) {
      workers_++;
      idle_++;
      continue;
    }
    // With a thread at work the tasks wait for it; without one nothing would ever run them.
    if (workers_ == 0) {
      TaskList taken;
      queue_.removeAll(taken);
      finishAll(taken, error, 0);
    }
    break;
  }
  return std::min(startable, idle_);
}

void Pool::keepTimers() noexcept {
  if (timers_.empty()) return;
  if (timekeeper_) {
    timersChanged_.notify_one();
    return;
  }
  const std::int32_t error = startThread(&Pool::keepTime);
  timekeeper_ = error == 0;
  if (timekeeper_) return;
  TaskList taken;
  timers_.removeAll(taken);
  finishAll(taken, error, 0);
}

std::int32_t Pool::startThread(void (Pool::*body)(Lock&) noexcept) noexcept {
  const ThreadPlace place = threads_.emplace(threads_.end());
  try {
    *place = blocking::startThread("rescind-pool", [self = shared_from_this(), body, place] {
      Lock lock(self->mutex_);
      ((*self).*body)(lock);
      // Once close() has let go of the threads it did not wait for, the list is no longer theirs.
      if (self->closed_) return;
      self->ended_.splice(self->ended_.end(), self->threads_, place);
      self->threadEnded_.notify_all();
    });
    return 0;
  } catch (const std::system_error&) {
    // The library's number, EAGAIN, is not everywhere that of results.
    threads_.erase(place);
    return -error::again;
  } catch (const std::bad_alloc&) {
    threads_.erase(place);
    return -error::noMemory;
  }
}

void Pool::work(Lock& lock) noexcept {
  // One too many, after a task whose thread was replaced has come back.
  const auto surplus = [this] { return workers_ > limits_.threads + replaced_; };
  const auto called = [&] { return closing_ || surplus() || queue_.startable() > 0; };
  const blocking::BlockingThread thread;
  idle_--;
  for (;;) {
    if (queue_.start(running_)) {
      runOne(lock, std::prev(running_.end()), thread);
      continue;
    }
    if (closing_ || surplus()) break;
    idle_++;
    const bool wasCalled = workWaits_.wait_for(lock, limits_.idleEndsAfter, called);
    idle_--;
    if (!wasCalled) break;
  }
  workers_--;
}

void Pool::runOne(Lock& lock, TaskPlace task, const blocking::BlockingThread& thread) noexcept {
  task->state = TaskState::running;
  task->ran = true;
  task->thread = &thread;
  lock.unlock();
  run(*task);
  lock.lock();
  // From here on the thread may be in a call of another task's.
  task->thread = nullptr;
  if (task->replaced) {
    replaced_--;
  } else {
    queue_.release(*task);
  }
  if (!closed_) return settle(task);
  TaskList late;
  moveTask(running_, task, late);
  lock.unlock();
  discard(late.front());
  late.clear();
  lock.lock();
}

void Pool::keepTime(Lock& lock) noexcept {
  while (!closing_) {
    if (timers_.empty()) {
      const auto called = [this] { return closing_ || !timers_.empty(); };
      if (!timersChanged_.wait_for(lock, limits_.idleEndsAfter, called)) break;
      continue;
    }
    const Clock::time_point now = Clock::now();
    const Clock::time_point earliest = timers_.earliest();
    if (earliest > now) {
      timersChanged_.wait_until(lock, earliest);
      continue;
    }
    TaskList due;
    timers_.removeDue(now, due);
    finishAll(due, 0, 0);
  }
  timekeeper_ = false;
}

}  // namespace rescind
