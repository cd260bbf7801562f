// When the threads of cancelled tasks are interrupted again: after 1, 2, 4 … 64 ms, for as long as there are any.
#pragma once

#include <algorithm>
#include <chrono>

#include "backend/pool/task.h"
#include "os/blocking_thread.h"

namespace rescind {

class Interrupts {
 public:
  // Something was cancelled.
  void begin() noexcept {
    if (!blocking::canInterrupt) return;
    interval_ = first;
    at_ = Clock::now() + interval_;
    active_ = true;
  }
  // None is left.
  void end() noexcept { active_ = false; }

  // Whether it is time, once each time.
  [[nodiscard]] bool due() noexcept {
    if (!active_ || Clock::now() < at_) return false;
    interval_ = std::min(interval_ * 2, longest);
    at_ = Clock::now() + interval_;
    return true;
  }
  // -1 for never.
  [[nodiscard]] int dueInMs() const noexcept {
    if (!active_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now());
    return std::max(static_cast<int>(left.count()), 1);
  }

 private:
  static constexpr std::chrono::milliseconds first{1};
  static constexpr std::chrono::milliseconds longest{64};

  std::chrono::milliseconds interval_ = first;
  Clock::time_point at_;
  bool active_ = false;
};

}  // namespace rescind
