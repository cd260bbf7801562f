// Sends each operation to the lane that runs it, and keeps deadlines for the lanes that do not.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "backend/route/deadlines.h"
#include "backend/route/lanes.h"
#include "os/cached_files.h"
#include "os/open_descriptors.h"

namespace rescind {

class Router {
 public:
  Router(const LaneSettings& settings, Waker& waker);

  void submit(const Batch& batch) noexcept;
  // A read from a position, on this thread, if memory answers all of it: bytes, or -error::again and nothing has
  // happened.
  [[nodiscard]] std::int32_t attemptRead(const Descriptor& descriptor) noexcept;
  [[nodiscard]] bool reap(CompletionWriter& out) noexcept;
  [[nodiscard]] bool close() noexcept;
  [[nodiscard]] int callAgainAfterMs() const noexcept;

  // A descriptor that was opened, or closed, without an operation.
  void noteOpened(int descriptor);
  void noteClosed(int descriptor) noexcept;
  // Whether an open file is a regular one of a local file system, by what is mounted now.
  [[nodiscard]] bool isLocalFile(int descriptor);

  // The lane and index in one number, or a negated error number.
  [[nodiscard]] int registerMemory(void* address, std::size_t length) noexcept;
  void unregisterMemory(int registration) noexcept;

  [[nodiscard]] std::vector<int> readinessDescriptors() const;
  [[nodiscard]] const std::vector<LaneStatus>& statuses() const noexcept { return statuses_; }
  [[nodiscard]] std::vector<std::string> features() const;
  [[nodiscard]] LaneCounters counters() const noexcept;

 private:
  static constexpr std::size_t operationCodes = 128;
  static constexpr std::uint8_t nowhere = 0xff;
  // A larger file is read in steps, straight into memory of JavaScript's.
  static constexpr std::uint64_t largestChainRead = 1024 * 1024;

  void route(const Descriptor& descriptor, std::uint8_t lane);
  [[nodiscard]] bool routeWholeFile(const Descriptor& descriptor, std::span<const std::byte> path);
  [[nodiscard]] std::uint8_t laneOf(const Descriptor& descriptor) const noexcept {
    return laneOf_[static_cast<std::size_t>(descriptor.operation) % operationCodes];
  }
  [[nodiscard]] std::uint8_t commonLane(const Batch& batch) const noexcept;
  [[nodiscard]] bool needsDeadline(const Descriptor& descriptor, std::uint8_t lane) const noexcept {
    return descriptor.timeoutMs > 0 && !lanes_[lane]->keepsDeadline(descriptor);
  }
  void split(const Batch& batch);
  void answer(const Descriptor& descriptor, std::int32_t result, std::vector<std::byte> payload = {});
  [[nodiscard]] bool answerFromCache(const Descriptor& descriptor, std::span<const std::byte> bytes);
  void addLane(std::unique_ptr<Lane> lane);
  void noteClosing(int descriptor, std::uint8_t closer) noexcept;

  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<LaneStatus> statuses_;
  std::array<std::uint8_t, operationCodes> laneOf_{};
  std::uint8_t poolLane_ = nowhere;
  std::vector<std::vector<Descriptor>> parts_;
  Deadlines deadlines_;
  // Answered without a lane: from the system's caches, or with an error because no lane here runs them.
  struct Answered {
    Outcome outcome;
    std::vector<std::byte> payload;
    bool opens;
  };
  std::deque<Answered> answered_;
  CachedFiles cachedFiles_;
  OpenDescriptors openDescriptors_;
};

}  // namespace rescind
