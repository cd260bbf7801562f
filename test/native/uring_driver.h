// Drives a lane, or the router over lanes, from a test: blocks of its own, operations asked for one by one,
// every completion kept, none accepted twice.
#pragma once

#include <poll.h>

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "backend/uring/uring_lane.h"
#include "pool_harness.h"

namespace rescind::testing {

struct Request {
  Operation operation = Operation::noop;
  int handle = -1;
  std::uint32_t length = 0;
  void* memory = nullptr;
  double offset = 0;
  std::string bytes = {};
  std::int32_t argument0 = 0;
  std::int32_t argument1 = 0;
  std::uint32_t flags = 0;
  double timeoutMs = 0;
  double address = 0;  // for operations without memory
};

struct Seen {
  std::int32_t result = 0;
  std::uint32_t flags = 0;
  std::string payload;
  [[nodiscard]] bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
};

template <typename Target>
class Driver {
 public:
  explicit Driver(Target& target, std::size_t blockEntries = 64, std::size_t payloadBytes = 4096)
      : target_(target), block_(blockEntries), payload_(payloadBytes) {}

  std::uint32_t stage(const Request& request) {
    const std::uint32_t slot = free_.empty() ? static_cast<std::uint32_t>(generations_.size()) : free_.back();
    if (free_.empty())
      generations_.push_back(1);
    else
      free_.pop_back();
    staging_.resize((staging_.size() + 7) & ~std::size_t{7});
    const std::size_t at = staging_.size();
    for (const char each : request.bytes) staging_.push_back(static_cast<std::byte>(each));
    const double address = request.memory == nullptr
                               ? request.address
                               : static_cast<double>(reinterpret_cast<std::uintptr_t>(request.memory));
    descriptors_.push_back({slot, generations_[slot], request.operation, request.flags, request.handle, request.length,
                            request.argument0, request.argument1, address, request.offset, request.timeoutMs,
                            static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(request.bytes.size())});
    progress_.erase(slot);
    pending_++;
    return slot;
  }
  void cancel(std::uint32_t slot) { cancels_.push_back({slot, generations_[slot]}); }
  // As the close of a handle asks: for all of these, one after the other.
  void cancelWhole(const std::vector<std::uint32_t>& slots) {
    for (const std::uint32_t slot : slots) cancels_.push_back({slot, generations_[slot], CancelFlag::wholeDescriptor});
  }
  void cancelOther(std::uint32_t slot, std::uint32_t generation) { cancels_.push_back({slot, generation}); }
  [[nodiscard]] std::uint32_t generation(std::uint32_t slot) const { return generations_[slot]; }

  void flush() {
    target_.submit({descriptors_, cancels_, staging_.data()});
    // Everything must have been copied.
    std::fill(staging_.begin(), staging_.end(), std::byte{0xAA});
    descriptors_.clear();
    cancels_.clear();
    staging_.clear();
  }
  std::uint32_t start(const Request& request) {
    const std::uint32_t slot = stage(request);
    flush();
    return slot;
  }

  bool reapOnce() {
    HeldPayloads held;
    CompletionWriter out(block_, payload_, held);
    const bool left = target_.reap(out);
    for (std::size_t index = 0; index < out.count(); index++) note(block_[index], held);
    return left;
  }

  // Reaps until the condition holds; false when it does not in time.
  template <typename Condition>
  bool until(Condition condition, int withinMs = 10'000) {
    const auto end = Clock::now() + std::chrono::milliseconds(withinMs);
    while (!condition()) {
      if (reapOnce()) continue;
      if (condition()) return true;
      if (Clock::now() > end) return false;
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    return true;
  }
  [[nodiscard]] bool ended(std::uint32_t slot) const { return ended_.contains(slot); }
  [[nodiscard]] std::size_t pending() const { return pending_; }
  bool drain(int withinMs = 10'000) {
    return until([this] { return pending_ == 0; }, withinMs);
  }

  // The terminal completion; the slot may be used again.
  Seen take(std::uint32_t slot) {
    if (!until([&] { return ended(slot); })) {
      std::printf("  operation %u does not end\n", slot);
      good = false;
      return {};
    }
    const Seen seen = ended_[slot];
    ended_.erase(slot);
    free_.push_back(slot);
    return seen;
  }
  Seen run(const Request& request) { return take(start(request)); }

  std::vector<Seen> progressOf(std::uint32_t slot) { return progress_[slot]; }
  [[nodiscard]] const std::vector<std::uint32_t>& order() const { return order_; }

 private:
  using Clock = std::chrono::steady_clock;

  void note(const Completion& completion, const HeldPayloads& held) {
    CHECK(completion.slot < generations_.size());
    CHECK_SAME(completion.generation, generations_[completion.slot]);
    const bool inBlock = (completion.flags & CompletionFlag::payloadHeld) == 0;
    const std::byte* from =
        inBlock ? payload_.data() + completion.payloadOffset : held[completion.payloadOffset].data();
    const std::size_t length = completion.payloadLength;
    Seen seen{completion.result, completion.flags, {reinterpret_cast<const char*>(from), length}};
    if (!seen.has(CompletionFlag::terminal)) {
      progress_[completion.slot].push_back(std::move(seen));
      return;
    }
    CHECK(!ended_.contains(completion.slot));
    // A completion of this use that comes later must be recognised.
    generations_[completion.slot]++;
    order_.push_back(completion.slot);
    ended_[completion.slot] = std::move(seen);
    pending_--;
  }

  Target& target_;
  std::vector<Completion> block_;
  std::vector<std::byte> payload_;
  std::vector<Descriptor> descriptors_;
  std::vector<CancelRequest> cancels_;
  std::vector<std::byte> staging_;
  std::vector<std::uint32_t> generations_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> order_;
  std::unordered_map<std::uint32_t, Seen> ended_;
  std::unordered_map<std::uint32_t, std::vector<Seen>> progress_;
  std::size_t pending_ = 0;
};

// A lane with a ring of this size; the test ends here where there is no io_uring.
inline std::unique_ptr<Lane> openLane(std::uint32_t entries = 256, std::uint32_t completionEntries = 1024) {
  UringResult result = makeUringLane({entries, completionEntries});
  if (result.lane == nullptr) {
    std::printf("io_uring cannot be used: %s\n1 passed, 0 failed\n", result.reason.c_str());
    std::exit(0);
  }
  return std::move(result.lane);
}

}  // namespace rescind::testing
