#include "backend/pool/timers.h"

#include <algorithm>

namespace rescind {

namespace {

// Thirty years: what is longer would overflow the clock's nanoseconds.
constexpr double longestMs = 1e12;

Clock::time_point dueAfter(Clock::time_point now, double milliseconds) noexcept {
  // Also false for NaN.
  if (!(milliseconds > 0)) return now;
  const std::chrono::duration<double, std::milli> wait(std::min(milliseconds, longestMs));
  // A timer never fires early.
  return now + std::chrono::ceil<Clock::duration>(wait);
}

}  // namespace

void Timers::add(TaskList& from, TaskPlace task, Clock::time_point now) {
  task->state = TaskState::timed;
  task->deadline = {dueAfter(now, task->descriptor.offset), task->order};
  due_.emplace(task->deadline, task);
  moveTask(from, task, tasks_);
}

void Timers::remove(TaskPlace task, TaskList& to) noexcept {
  due_.erase(task->deadline);
  moveTask(tasks_, task, to);
}

void Timers::removeAll(TaskList& to) noexcept {
  due_.clear();
  to.splice(to.end(), tasks_);
}

void Timers::removeDue(Clock::time_point now, TaskList& to) noexcept {
  while (!due_.empty() && due_.begin()->first.at <= now) remove(due_.begin()->second, to);
}

}  // namespace rescind
