// One operation of the pool lane, from its submission to its completion.
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <list>
#include <string>
#include <vector>

#include "os/blocking_thread.h"
#include "wire/layout.h"

namespace rescind {

using Clock = std::chrono::steady_clock;

// When a timer is due; the order tells timers of the same moment apart.
struct Deadline {
  Clock::time_point at;
  std::uint64_t order = 0;
  auto operator<=>(const Deadline&) const = default;
};

enum class TaskState { queued, timed, running, finished };

// Owns what the operation borrows, but for the memory at Descriptor::address. Descriptor, text and
// the fields `run` writes belong to the thread that runs it while it runs, the others to the pool's lock.
struct Task {
  Task(const Descriptor& from, std::string&& staged, std::string&& share)
      : descriptor(from), text(std::move(staged)), group(std::move(share)) {}

  // The two paths among the bytes, each ended by a NUL.
  [[nodiscard]] const char* path() const noexcept { return text.c_str(); }
  [[nodiscard]] const char* secondPath() const noexcept {
    const std::size_t first = std::strlen(text.c_str());
    return first < text.size() ? text.c_str() + first + 1 : "";
  }

  const Descriptor descriptor;
  const std::string text;
  // With which it shares threads (queue.h).
  const std::string group;

  // Written by run().
  std::int32_t result = 0;
  std::vector<std::byte> payload;
  bool leftTraces = false;  // cancelled half-way, and what it did until then stays done
  std::int32_t native = 0;  // the system's own number behind a result below zero, where that is another

  std::atomic<bool> cancelRequested = false;

  TaskState state = TaskState::queued;
  std::uint64_t order = 0;  // of submission
  Deadline deadline;        // of a timer
  // While it runs, where the system can interrupt it.
  const blocking::BlockingThread* thread = nullptr;
  bool replaced = false;  // another thread works in the place of the one this task holds
  bool ran = false;
  std::uint32_t flags = 0;
};

// Tasks move between lists and never in memory: an iterator holds for the life of the task.
using TaskList = std::list<Task>;
using TaskPlace = TaskList::iterator;

inline void moveTask(TaskList& from, TaskPlace task, TaskList& to) noexcept { to.splice(to.end(), from, task); }

}  // namespace rescind
