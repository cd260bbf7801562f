// The tasks that wait for a thread: first come, first served, but neither lookups nor the rest can take
// every thread. A lookup may hang for a minute in a resolver, an open on a dead mount for ever.
#pragma once

#include <cstddef>
#include <cstdint>

#include "backend/pool/task.h"

namespace rescind {

class Queue {
 public:
  explicit Queue(std::uint32_t threads) noexcept;

  void add(TaskList& from, TaskPlace task) noexcept;
  void remove(TaskPlace task, TaskList& to) noexcept;
  // Everything but handleClose: a descriptor given up by its owner is closed, whatever else ends.
  void removeCancellable(TaskList& to) noexcept;
  void removeAll(TaskList& to) noexcept;

  // How many tasks may start now, threads permitting.
  [[nodiscard]] std::size_t startable() const noexcept;
  // Moves the next task that may start behind the others in `to`; false when there is none.
  [[nodiscard]] bool start(TaskList& to) noexcept;
  // A task that was started no longer counts.
  void release(Operation operation) noexcept;

 private:
  struct Kind {
    TaskList waiting;
    std::uint32_t running = 0;
    std::uint32_t most = 1;
    [[nodiscard]] std::size_t startable() const noexcept;
  };

  [[nodiscard]] Kind& kindOf(Operation operation) noexcept {
    return operation == Operation::addressLookup ? lookups_ : others_;
  }

  Kind lookups_;
  Kind others_;
};

}  // namespace rescind
