// One flush: takes what JavaScript left in the shared blocks, hands it to the lanes, and brings back what is
// complete, within the budget of this turn of the event loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "backend/backend.h"
#include "backend/route/router.h"
#include "runtime/completion_writer.h"
#include "wire/layout.h"

namespace rescind {

struct Blocks {
  std::span<const Descriptor> submission;
  std::span<const CancelRequest> cancel;
  std::span<Completion> completion;
  const std::byte* staging = nullptr;
  std::span<std::byte> payload;
  std::int32_t* control = nullptr;
};

struct Budget {
  std::chrono::microseconds time;
  std::uint32_t operations;
};

struct PumpCounters {
  std::uint64_t ticks = 0;
  std::uint64_t inlineDeliveries = 0;
  std::uint64_t loopDeliveries = 0;
  std::uint64_t largestBatch = 0;
  std::uint64_t budgetExhausted = 0;
  std::uint64_t readAtOnce = 0;
};

class Pump {
 public:
  Pump(const Blocks& blocks, const LaneSettings& lanes, const Budget& budget, Waker& waker);

  // Called from JavaScript; everything goes through the control block.
  void tick() noexcept;
  // Called from JavaScript: attempts the read in the first place of the submission block. It stays there.
  void attemptRead() noexcept;
  // Called from the event loop; returns whether completions are in the block. Never within a tick's budget:
  // something must get through every turn.
  [[nodiscard]] bool collect() noexcept;
  // A turn of the event loop is over: the next one has a budget of its own.
  void endTurn() noexcept { turnStarted_ = false; }
  [[nodiscard]] bool close() noexcept { return router_.close(); }

  [[nodiscard]] Router& router() noexcept { return router_; }
  [[nodiscard]] HeldPayloads& heldPayloads() noexcept { return held_; }
  [[nodiscard]] const PumpCounters& counters() const noexcept { return counters_; }
  [[nodiscard]] bool isReferenced() const noexcept { return blocks_.control[Control::referenced] > 0; }

 private:
  using Clock = std::chrono::steady_clock;

  void submit() noexcept;
  std::size_t reap() noexcept;
  [[nodiscard]] bool withinBudget() noexcept;

  Blocks blocks_;
  Budget budget_;
  Waker& waker_;
  Router router_;
  HeldPayloads held_;
  PumpCounters counters_;
  bool turnStarted_ = false;
  bool budgetLeft_ = true;
  Clock::time_point turnStart_;
  std::uint64_t deliveredThisTurn_ = 0;
  // When the clock was looked at, in operations delivered.
  std::uint64_t timedAt_ = 0;
};

}  // namespace rescind
