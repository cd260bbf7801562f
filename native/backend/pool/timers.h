// The timers of a pool lane, sorted by when they are due. They hold no thread while they wait.
#pragma once

#include <map>

#include "backend/pool/task.h"

namespace rescind {

class Timers {
 public:
  // Due `descriptor.offset` milliseconds after `now`.
  void add(TaskList& from, TaskPlace task, Clock::time_point now);
  void remove(TaskPlace task, TaskList& to) noexcept;
  void removeAll(TaskList& to) noexcept;
  // Moves those that are due at `now`, the earliest first.
  void removeDue(Clock::time_point now, TaskList& to) noexcept;

  [[nodiscard]] bool empty() const noexcept { return due_.empty(); }
  // Of timers that are not empty.
  [[nodiscard]] Clock::time_point earliest() const noexcept { return due_.begin()->first.at; }

 private:
  TaskList tasks_;
  std::map<Deadline, TaskPlace> due_;
};

}  // namespace rescind
