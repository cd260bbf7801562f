#include "runtime/pump.h"

#include <algorithm>

#include "os/error_numbers.h"

namespace rescind {

namespace {

constexpr std::uint64_t operationsPerClock = 16;

}  // namespace

Pump::Pump(const Blocks& blocks, const LaneSettings& lanes, const Budget& budget, Waker& waker)
    : blocks_(blocks), budget_(budget), waker_(waker), router_(lanes, waker) {}

void Pump::submit() noexcept {
  const auto descriptors = static_cast<std::size_t>(blocks_.control[Control::descriptorCount]);
  const auto cancels = static_cast<std::size_t>(blocks_.control[Control::cancelCount]);
  blocks_.control[Control::descriptorCount] = blocks_.control[Control::cancelCount] = 0;
  if (descriptors == 0 && cancels == 0) return;
  counters_.largestBatch = std::max<std::uint64_t>(counters_.largestBatch, descriptors);
  router_.submit({blocks_.submission.first(descriptors), blocks_.cancel.first(cancels), blocks_.staging});
}

std::size_t Pump::reap() noexcept {
  CompletionWriter writer(blocks_.completion, blocks_.payload, held_);
  const bool more = router_.reap(writer);
  blocks_.control[Control::completionCount] = static_cast<std::int32_t>(writer.count());
  blocks_.control[Control::completionsLeft] = more ? 1 : 0;
  return writer.count();
}

bool Pump::withinBudget() noexcept {
  if (!turnStarted_) {
    turnStarted_ = true;
    turnStart_ = Clock::now();
    deliveredThisTurn_ = timedAt_ = 0;
    budgetLeft_ = true;
    return true;
  }
  if (!budgetLeft_ || deliveredThisTurn_ >= budget_.operations) return false;
  // Where each flush brings one operation, asking for the time would cost as much as bringing it.
  if (deliveredThisTurn_ - timedAt_ < operationsPerClock && budget_.time.count() > 0) return true;
  timedAt_ = deliveredThisTurn_;
  budgetLeft_ = Clock::now() - turnStart_ < budget_.time;
  return budgetLeft_;
}

void Pump::tick() noexcept {
  ++counters_.ticks;
  submit();
  if (blocks_.control[Control::mayDeliver] == 0) return;
  const bool bounded = blocks_.control[Control::mayDeliver] == 1;
  if (bounded && !withinBudget()) {
    // Timers, other I/O and abort signals first; the event loop comes back to us.
    ++counters_.budgetExhausted;
    blocks_.control[Control::completionCount] = blocks_.control[Control::completionsLeft] = 0;
    waker_.wake();
    return;
  }
  const std::size_t count = reap();
  deliveredThisTurn_ += count;
  counters_.inlineDeliveries += count;
}

void Pump::attemptRead() noexcept {
  std::int32_t result = -error::busy;
  if (withinBudget()) result = router_.attemptRead(blocks_.submission.front());
  if (result >= 0) {
    ++deliveredThisTurn_;
    ++counters_.readAtOnce;
  }
  blocks_.control[Control::readResult] = result;
}

bool Pump::collect() noexcept {
  const std::size_t count = reap();
  counters_.loopDeliveries += count;
  if (blocks_.control[Control::completionsLeft] != 0) waker_.wake();
  blocks_.control[Control::completionsLeft] = 0;
  return count > 0;
}

}  // namespace rescind
