// Cancels by descriptor: one entry that asks the kernel to end all that is pending on an open file.
//
//     idle → asked → answered → idle
//
// asked: the entry is on its way. answered: whatever the kernel has said (a count, or that it cannot), the operations
// that have not ended are asked one by one, so nothing depends on the count.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wire/layout.h"

namespace rescind::uring {

class DescriptorCancels {
 public:
  // For every operation it ends the kernel walks all that is pending in the ring: within these bounds that costs at
  // most some microseconds more than an entry per operation (docs/decisions/0006 has the numbers), beyond them much
  // more.
  static constexpr std::size_t fewest = 4;
  static constexpr std::size_t most = 16;
  static constexpr std::size_t mostInFlight = 32;
  [[nodiscard]] static constexpr bool isWorthIt(std::size_t operations, std::size_t inFlight) noexcept {
    return operations >= fewest && operations <= most && inFlight <= mostInFlight;
  }

  void open(bool available) noexcept { available_ = available; }
  [[nodiscard]] bool available() const noexcept { return available_; }

  // The entry for these operations is prepared; returns its place, for the completion.
  [[nodiscard]] std::uint32_t add(std::span<const CancelRequest> operations) {
    const auto idle =
        std::find_if(cancels_.begin(), cancels_.end(), [](const Cancel& each) { return each.count == 0; });
    const auto place = static_cast<std::uint32_t>(idle - cancels_.begin());
    if (idle == cancels_.end()) cancels_.emplace_back();
    Cancel& cancel = cancels_[place];
    std::copy(operations.begin(), operations.end(), cancel.operations.begin());
    cancel.count = operations.size();
    cancel.answered = false;
    return place;
  }

  // The entry has completed.
  void answer(std::uint32_t place, std::int32_t result) noexcept {
    // Before Linux 5.19 there are no such flags.
    if (result == -EINVAL) available_ = false;
    cancels_[place].answered = true;
    ++answered_;
  }

  // Calls `ask` for every operation of an answered entry, and forgets the entry.
  template <typename Ask>
  void takeAnswered(Ask ask) {
    if (answered_ == 0) return;
    answered_ = 0;
    for (Cancel& cancel : cancels_) {
      if (!cancel.answered) continue;
      for (std::size_t index = 0; index < cancel.count; ++index) ask(cancel.operations[index]);
      cancel = {};
    }
  }

 private:
  struct Cancel {
    std::array<CancelRequest, most> operations{};
    std::size_t count = 0;
    bool answered = false;
  };
  std::vector<Cancel> cancels_;
  std::size_t answered_ = 0;
  bool available_ = false;
};

}  // namespace rescind::uring
