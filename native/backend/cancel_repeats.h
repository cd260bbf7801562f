// Cancel requests to repeat. A cancel is a request: it may find the operation on its way between two queues of
// the kernel's, or running in a worker that does not notice at once. It is asked again, less and less often,
// until the operation's completion has come.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "wire/layout.h"

namespace rescind {

class CancelRepeats {
 public:
  using Clock = std::chrono::steady_clock;

  void add(const CancelRequest& request, int afterMs) {
    entries_.push_back({Clock::now() + std::chrono::milliseconds(afterMs), request});
    std::push_heap(entries_.begin(), entries_.end());
  }

  // Calls `ask` for every request that is due, and forgets it. It returns false when there is no room to ask
  // now: the request stays due.
  template <typename Ask>
  void takeDue(Ask ask) {
    if (entries_.empty()) return;
    const auto now = Clock::now();
    while (!entries_.empty() && entries_.front().dueAt <= now) {
      if (!ask(entries_.front().request)) return;
      std::pop_heap(entries_.begin(), entries_.end());
      entries_.pop_back();
    }
  }

  // Milliseconds until the first is due, -1 without any.
  [[nodiscard]] int dueInMs() const noexcept {
    if (entries_.empty()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(entries_.front().dueAt - Clock::now());
    return std::max(static_cast<int>(left.count()), 1);
  }

 private:
  struct Entry {
    Clock::time_point dueAt;
    CancelRequest request;

    // The heap keeps its greatest in front: the earliest.
    bool operator<(const Entry& other) const noexcept { return dueAt > other.dueAt; }
  };
  std::vector<Entry> entries_;
};

}  // namespace rescind
