// The tasks that wait for a thread, in groups. Within a group it is first come, first served; the groups take turns,
// and none takes more threads than its share: what hangs in one holds nobody up in another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "backend/pool/task.h"

namespace rescind {

class Queue {
 public:
  // At most `most` tasks run at a time, at most `mostOfGroup` of them of one group.
  Queue(std::uint32_t most, std::uint32_t mostOfGroup) noexcept : most_(most), mostOfGroup_(mostOfGroup) {}

  void add(TaskList& from, TaskPlace task);
  void remove(TaskPlace task, TaskList& to) noexcept;
  // Everything but handleClose: a descriptor given up by its owner is closed, whatever else ends.
  void removeCancellable(TaskList& to) noexcept;
  void removeAll(TaskList& to) noexcept;

  // How many tasks may start now, threads permitting.
  [[nodiscard]] std::size_t startable() const noexcept;
  // Moves the next task that may start behind the others in `to`; false when there is none.
  [[nodiscard]] bool start(TaskList& to) noexcept;
  // A task that was started no longer counts.
  void release(const Task& task) noexcept;

 private:
  struct Group {
    TaskList waiting;
    std::uint32_t running = 0;
    // The group itself, while none of it may start; the node moves to the line and back.
    std::list<Group*> outOfLine;
    std::list<Group*>::iterator node;
  };
  using Groups = std::unordered_map<std::string, Group>;

  [[nodiscard]] std::size_t startableOf(const Group& group) const noexcept;
  // Makes a change of a group, and what follows of it for the sum and the line.
  template <typename Change>
  void change(Group& group, Change&& make) noexcept;
  // What is empty takes no memory.
  Groups::iterator next(Groups::iterator place) noexcept;
  template <typename Wanted>
  void removeEach(TaskList& to, Wanted&& wanted) noexcept;

  const std::uint32_t most_;
  const std::uint32_t mostOfGroup_;
  std::uint32_t running_ = 0;
  // Of all groups together, were there no other limit.
  std::size_t startable_ = 0;
  Groups groups_;
  // The groups of which a task may start, in turn.
  std::list<Group*> line_;
};

}  // namespace rescind
