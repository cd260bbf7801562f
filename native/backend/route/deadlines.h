// The deadlines of operations whose lane has no timer of its own.
#pragma once

#include <algorithm>
#include <chrono>
#include <span>
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
    if (descriptor.slot >= waiting_.size()) waiting_.resize(descriptor.slot + 1);
    waiting_[descriptor.slot] = {descriptor.generation, true};
  }

  // Forgets the deadlines of operations that are done. Without this, operations that finish at once but had a
  // minute would leave a minute's worth of entries.
  void finish(std::span<const Completion> completions) {
    if (entries_.empty()) return;
    for (const Completion& completion : completions) {
      if ((completion.flags & CompletionFlag::terminal) == 0 || completion.slot >= waiting_.size()) continue;
      Waiting& waiting = waiting_[completion.slot];
      if (!waiting.present || waiting.generation != completion.generation) continue;
      waiting.present = false;
      ++finished_;
    }
    if (finished_ > 64 && finished_ * 2 > entries_.size()) dropFinished();
  }

  // Takes back a deadline that could not be told of yet.
  void addPassed(const CancelRequest& request) {
    entries_.push_back({Clock::time_point(), request});
    std::push_heap(entries_.begin(), entries_.end());
    waiting_[request.slot] = {request.generation, true};
  }

  // Calls `pass` for every deadline whose time is over, and forgets it.
  template <typename Pass>
  void takePassed(Pass pass) {
    if (entries_.empty()) return;
    const auto now = Clock::now();
    while (!entries_.empty() && entries_.front().at <= now) {
      const CancelRequest request = entries_.front().request;
      std::pop_heap(entries_.begin(), entries_.end());
      entries_.pop_back();
      if (isWaiting(request)) {
        waiting_[request.slot].present = false;
        pass(request);
      } else {
        --finished_;
      }
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
  struct Waiting {
    std::uint32_t generation = 0;
    bool present = false;
  };

  [[nodiscard]] bool isWaiting(const CancelRequest& request) const noexcept {
    const Waiting& waiting = waiting_[request.slot];
    return waiting.present && waiting.generation == request.generation;
  }

  void dropFinished() {
    std::erase_if(entries_, [this](const Entry& entry) { return !isWaiting(entry.request); });
    std::make_heap(entries_.begin(), entries_.end());
    finished_ = 0;
  }

  std::vector<Entry> entries_;
  // By slot: the operation whose deadline is among the entries.
  std::vector<Waiting> waiting_;
  // Entries of operations that are done.
  std::size_t finished_ = 0;
};

}  // namespace rescind
