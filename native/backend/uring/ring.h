// One io_uring: its descriptor, its mapped queues, and nothing about operations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "backend/uring/abi.h"
#include "os/linux/unique_fd.h"

namespace rescind::uring {

// The owner of one mapping.
class Mapping {
 public:
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { reset(); }

  // Maps a part of the ring; false leaves the mapping empty, errno says why.
  [[nodiscard]] bool map(int ring, std::size_t size, std::uint64_t offset) noexcept;
  void reset() noexcept;
  [[nodiscard]] std::byte* at(std::size_t offset) const noexcept { return static_cast<std::byte*>(memory_) + offset; }

 private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

class Ring {
 public:
  // Opens a ring; on failure returns a negated errno and leaves the ring closed.
  [[nodiscard]] int open(unsigned entries, unsigned completionEntries) noexcept;
  // The thread that opened the ring will not use it any more; others may look at its completions.
  void giveUp() noexcept;
  // Closes the descriptor: the kernel cancels what is left, some of it later.
  void close() noexcept;

  [[nodiscard]] bool isOpen() const noexcept { return static_cast<bool>(descriptor_); }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }
  [[nodiscard]] std::uint32_t features() const noexcept { return params_.features; }
  [[nodiscard]] std::uint32_t flags() const noexcept { return params_.flags; }
  [[nodiscard]] std::uint32_t entries() const noexcept { return params_.sq_entries; }
  [[nodiscard]] std::uint32_t completionEntries() const noexcept { return params_.cq_entries; }

  // Entries that can be prepared before the next enter().
  [[nodiscard]] std::uint32_t room() const noexcept;
  // A zeroed entry; there must be room.
  [[nodiscard]] io_uring_sqe& prepare() noexcept;
  // Takes the entry prepared last back.
  void retract() noexcept { --tail_; }
  // Entries prepared and not yet taken by the kernel.
  [[nodiscard]] std::uint32_t prepared() const noexcept { return tail_ - submitted_; }

  // Gives the prepared entries to the kernel and lets it run what it has pending for this thread. Returns the
  // count taken or a negated errno; what was not taken stays prepared.
  int enter() noexcept;
  // Waits until a completion is there or the time is over.
  int wait(std::uint32_t milliseconds) noexcept;

  // The next completion, or null.
  [[nodiscard]] const io_uring_cqe* peek() const noexcept;
  void consume() noexcept;
  // Waits, on any thread, until there may be a completion.
  void waitForReadable(int milliseconds) const noexcept;
  // Whether the kernel holds completions that only enter() brings into the queue.
  [[nodiscard]] bool kernelHoldsMore() const noexcept;

  [[nodiscard]] std::uint64_t systemCalls() const noexcept { return systemCalls_; }
  void countSystemCall() noexcept { ++systemCalls_; }

 private:
  int map() noexcept;
  void registerDescriptor() noexcept;
  int enterKernel(std::uint32_t submit, std::uint32_t complete, std::uint32_t flags, const void* argument,
                  std::size_t size) noexcept;

  UniqueFd descriptor_;
  io_uring_params params_{};
  Mapping queues_;
  Mapping completionQueue_;
  Mapping submissionEntries_;
  std::uint32_t* submissionHead_ = nullptr;
  std::uint32_t* submissionTail_ = nullptr;
  std::uint32_t* submissionFlags_ = nullptr;
  std::uint32_t submissionMask_ = 0;
  io_uring_sqe* sqes_ = nullptr;
  std::uint32_t* completionHead_ = nullptr;
  std::uint32_t* completionTail_ = nullptr;
  std::uint32_t completionMask_ = 0;
  io_uring_cqe* cqes_ = nullptr;
  std::uint32_t tail_ = 0;
  std::uint32_t submitted_ = 0;
  int registeredIndex_ = -1;
  std::uint64_t systemCalls_ = 0;
};

}  // namespace rescind::uring
