#include "backend/pool/queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rescind {

std::size_t Queue::startableOf(const Group& group) const noexcept {
  return std::min<std::size_t>(group.waiting.size(), mostOfGroup_ - group.running);
}

template <typename Change>
void Queue::change(Group& group, Change&& make) noexcept {
  startable_ -= startableOf(group);
  std::forward<Change>(make)();
  const std::size_t startable = startableOf(group);
  startable_ += startable;
  const bool inLine = group.outOfLine.empty();
  if (startable > 0 && !inLine) line_.splice(line_.end(), group.outOfLine);
  if (startable == 0 && inLine) group.outOfLine.splice(group.outOfLine.end(), line_, group.node);
}

Queue::Groups::iterator Queue::next(Groups::iterator place) noexcept {
  const Group& group = place->second;
  return group.waiting.empty() && group.running == 0 ? groups_.erase(place) : std::next(place);
}

void Queue::add(TaskList& from, TaskPlace task) {
  task->state = TaskState::queued;
  const auto [place, isNew] = groups_.try_emplace(task->group);
  Group& group = place->second;
  if (isNew) {
    group.outOfLine.push_back(&group);
    group.node = group.outOfLine.begin();
  }
  change(group, [&] { moveTask(from, task, group.waiting); });
}

void Queue::remove(TaskPlace task, TaskList& to) noexcept {
  const Groups::iterator place = groups_.find(task->group);
  Group& group = place->second;
  change(group, [&] { moveTask(group.waiting, task, to); });
  next(place);
}

template <typename Wanted>
void Queue::removeEach(TaskList& to, Wanted&& wanted) noexcept {
  for (Groups::iterator place = groups_.begin(); place != groups_.end(); place = next(place)) {
    Group& group = place->second;
    change(group, [&] {
      for (TaskPlace task = group.waiting.begin(); task != group.waiting.end();) {
        const TaskPlace following = std::next(task);
        if (wanted(*task)) moveTask(group.waiting, task, to);
        task = following;
      }
    });
  }
}

void Queue::removeCancellable(TaskList& to) noexcept {
  removeEach(to, [](const Task& task) { return task.descriptor.operation != Operation::handleClose; });
}

void Queue::removeAll(TaskList& to) noexcept {
  removeEach(to, [](const Task&) { return true; });
}

std::size_t Queue::startable() const noexcept { return std::min<std::size_t>(startable_, most_ - running_); }

bool Queue::start(TaskList& to) noexcept {
  if (startable() == 0) return false;
  Group& group = *line_.front();
  // Behind the others, whose turn it is next.
  line_.splice(line_.end(), line_, group.node);
  running_++;
  change(group, [&] {
    group.running++;
    moveTask(group.waiting, group.waiting.begin(), to);
  });
  return true;
}

void Queue::release(const Task& task) noexcept {
  running_--;
  const Groups::iterator place = groups_.find(task.group);
  Group& group = place->second;
  change(group, [&] { group.running--; });
  next(place);
}

}  // namespace rescind
