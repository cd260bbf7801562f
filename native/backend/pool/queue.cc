#include "backend/pool/queue.h"

#include <algorithm>

namespace rescind {

namespace {

// Below this many threads one set aside for lookups is missed more than it helps.
constexpr std::uint32_t threadsWithReserve = 4;

}  // namespace

Queue::Queue(std::uint32_t threads) noexcept {
  lookups_.most = std::max(threads / 2, std::uint32_t{1});
  others_.most = threads < threadsWithReserve ? threads : threads - 1;
}

void Queue::add(TaskList& from, TaskPlace task) noexcept {
  task->state = TaskState::queued;
  moveTask(from, task, kindOf(task->descriptor.operation).waiting);
}

void Queue::remove(TaskPlace task, TaskList& to) noexcept {
  moveTask(kindOf(task->descriptor.operation).waiting, task, to);
}

void Queue::removeCancellable(TaskList& to) noexcept {
  to.splice(to.end(), lookups_.waiting);
  TaskList& waiting = others_.waiting;
  for (TaskPlace task = waiting.begin(); task != waiting.end();) {
    const TaskPlace next = std::next(task);
    if (task->descriptor.operation != Operation::handleClose) moveTask(waiting, task, to);
    task = next;
  }
}

void Queue::removeAll(TaskList& to) noexcept {
  to.splice(to.end(), lookups_.waiting);
  to.splice(to.end(), others_.waiting);
}

std::size_t Queue::Kind::startable() const noexcept {
  return running < most ? std::min<std::size_t>(waiting.size(), most - running) : 0;
}

std::size_t Queue::startable() const noexcept { return lookups_.startable() + others_.startable(); }

bool Queue::start(TaskList& to) noexcept {
  Kind* kind = others_.startable() > 0 ? &others_ : nullptr;
  if (lookups_.startable() > 0) {
    if (kind == nullptr || lookups_.waiting.front().order < others_.waiting.front().order) kind = &lookups_;
  }
  if (kind == nullptr) return false;
  kind->running++;
  moveTask(kind->waiting, kind->waiting.begin(), to);
  return true;
}

void Queue::release(Operation operation) noexcept { kindOf(operation).running--; }

}  // namespace rescind
