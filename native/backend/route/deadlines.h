// The deadlines of operations whose lane has no timer of its own.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "wire/layout.h"

namespace rescind {

class Deadlines {
 public:
  using Clock = std::chrono::steady_clock;

  void add(const Descriptor& descriptor) {
    const auto after = std::chrono::microseconds(static_cast<long long>(descriptor.timeoutMs * 1000));
    entries_.push_back({Clock::now() + after, {descriptor.slot, descriptor.generation}});
    std::push_heap(entries_.begin(), entries_.end());
  }

  // Takes back a deadline that could not be told of yet.
  void addPassed(const CancelRequest& request) {
    entries_.push_back({Clock::time_point::min(), request});
    std::push_heap(entries_.begin(), entries_.end());
  }

  // Calls `pass` for every deadline whose time is over, and forgets it. Entries of operations that finished in
  // time are among them: the generation tells.
  template <typename Pass>
  void takePassed(Pass pass) {
    if (entries_.empty()) return;
    const auto now = Clock::now();
    while (!entries_.empty() && entries_.front().at <= now) {
      const CancelRequest request = entries_.front().request;
      std::pop_heap(entries_.begin(), entries_.end());
      entries_.pop_back();
      pass(request);
    }
  }

  [[nodiscard]] int dueInMs() const noexcept {
    if (entries_.empty()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(entries_.front().at - Clock::now());
    return std::max(static_cast<int>(left.count()), 1);
  }

 private:
  struct Entry {
    Clock::time_point at;
    CancelRequest request;

    // The heap keeps its greatest in front: the earliest.
    bool operator<(const Entry& other) const noexcept { return at > other.at; }
  };
  std::vector<Entry> entries_;
};

}  // namespace rescind
