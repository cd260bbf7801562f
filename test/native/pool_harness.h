// What the tests of the pool lane share: a lane with its blocks, and operations asked for one by one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "backend/pool/pool_lane.h"
#include "check.h"

namespace rescind::testing {

class CountingWaker final : public Waker {
 public:
  void wake() noexcept override {
    const std::lock_guard lock(mutex_);
    wakes_++;
    woken_.notify_one();
  }
  bool waitFor(std::chrono::milliseconds most, int beyond) {
    std::unique_lock lock(mutex_);
    return woken_.wait_for(lock, most, [&] { return wakes_ > beyond; });
  }
  int wakes() {
    const std::lock_guard lock(mutex_);
    return wakes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable woken_;
  int wakes_ = 0;
};

struct Ask {
  Operation operation;
  std::string bytes = {};
  int handle = -1;
  std::uint32_t length = 0;
  double address = 0;
  double offset = 0;
  std::int32_t argument0 = 0;
  std::int32_t argument1 = 0;
};

struct Answer {
  std::int32_t result = 0;
  std::uint32_t flags = 0;
  std::string payload;

  [[nodiscard]] bool cancelled() const { return (flags & CompletionFlag::cancelled) != 0; }
  template <typename Type>
  [[nodiscard]] Type as() const {
    Type value = {};
    if (payload.size() >= sizeof value) std::memcpy(&value, payload.data(), sizeof value);
    return value;
  }
};

class Pump {
 public:
  explicit Pump(std::uint32_t threads = 8, std::size_t blockEntries = 64)
      : lane(makePoolLane(threads, waker)), block_(blockEntries), payload_(4096) {}

  // Stages an operation; returns its slot.
  std::uint32_t stage(const Ask& ask) {
    const std::uint32_t slot = nextSlot_++;
    const std::size_t at = (staging_.size() + 7) & ~std::size_t{7};
    staging_.resize(at);
    for (const char each : ask.bytes) staging_.push_back(static_cast<std::byte>(each));
    descriptors_.push_back({slot, generation, ask.operation, 0, ask.handle, ask.length, ask.argument0, ask.argument1,
                            ask.address, ask.offset, 0, static_cast<std::uint32_t>(at),
                            static_cast<std::uint32_t>(ask.bytes.size())});
    return slot;
  }
  void cancel(std::uint32_t slot, std::uint32_t itsGeneration = generation) {
    cancels_.push_back({slot, itsGeneration});
  }

  void flush() {
    lane->submit({descriptors_, cancels_, staging_.data()});
    // The lane must have copied what it needs.
    std::fill(staging_.begin(), staging_.end(), std::byte{0xAA});
    descriptors_.clear();
    cancels_.clear();
    staging_.clear();
  }

  std::uint32_t start(const Ask& ask) {
    const std::uint32_t slot = stage(ask);
    flush();
    return slot;
  }

  bool reapOnce() {
    HeldPayloads held;
    CompletionWriter out(block_, payload_, held);
    const bool left = lane->reap(out);
    for (std::size_t index = 0; index < out.count(); index++) {
      const Completion& each = block_[index];
      const bool inBlock = (each.flags & CompletionFlag::payloadHeld) == 0;
      const std::byte* from = inBlock ? payload_.data() + each.payloadOffset : held[each.payloadOffset].data();
      const std::size_t length = each.payloadLength;
      CHECK(answers.find(each.slot) == answers.end());
      CHECK_SAME(each.generation, generation);
      CHECK((each.flags & CompletionFlag::terminal) != 0);
      order.push_back(each.slot);
      answers[each.slot] = {each.result, each.flags, {reinterpret_cast<const char*>(from), length}};
    }
    return left;
  }

  // Whether the operation ended in time.
  bool ends(std::uint32_t slot, int withinMs = 10'000) {
    const auto until = Clock::now() + std::chrono::milliseconds(withinMs);
    for (;;) {
      const int wakes = waker.wakes();
      while (reapOnce()) {
      }
      if (answers.find(slot) != answers.end()) return true;
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
      if (left.count() <= 0) return false;
      static_cast<void>(waker.waitFor(left, wakes));
    }
  }

  Answer wait(std::uint32_t slot) {
    if (!ends(slot)) {
      std::printf("  operation %u does not end\n", slot);
      good = false;
      return {};
    }
    return answers[slot];
  }

  Answer run(const Ask& ask) { return wait(start(ask)); }

  using Clock = std::chrono::steady_clock;
  static constexpr std::uint32_t generation = 7;
  CountingWaker waker;
  std::unique_ptr<Lane> lane;
  std::map<std::uint32_t, Answer> answers;
  std::vector<std::uint32_t> order;  // in which operations ended

 private:
  std::vector<Completion> block_;
  std::vector<std::byte> payload_;
  std::vector<Descriptor> descriptors_;
  std::vector<CancelRequest> cancels_;
  std::vector<std::byte> staging_;
  std::uint32_t nextSlot_ = 0;
};

}  // namespace rescind::testing
