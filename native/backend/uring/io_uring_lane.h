// The io_uring lane's inside. submit.cc takes operations in, cancel.cc asks for them to end, complete.cc brings them
// back, uring_lane.cc opens and closes.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "backend/cancel_repeats.h"
#include "backend/uring/buffer_ring.h"
#include "backend/uring/chain.h"
#include "backend/uring/descriptor_cancels.h"
#include "backend/uring/descriptor_uses.h"
#include "backend/uring/pending.h"
#include "backend/uring/prepare.h"
#include "backend/uring/probe.h"
#include "backend/uring/registered.h"
#include "backend/uring/registered_files.h"
#include "backend/uring/ring.h"
#include "backend/uring/uring_lane.h"

namespace rescind::uring {

constexpr auto sweepInterval = std::chrono::milliseconds(250);

class IoUringLane final : public Lane {
 public:
  [[nodiscard]] std::string open(const UringSettings& settings);

  void submit(const Batch& batch) noexcept override;
  [[nodiscard]] bool reap(CompletionWriter& out) noexcept override;
  [[nodiscard]] bool close() noexcept override;
  void leaveToKernel() noexcept override;
  [[nodiscard]] bool keepsDeadline(const Descriptor& descriptor) const noexcept override {
    return kernelKeepsDeadline(descriptor);
  }
  [[nodiscard]] int callAgainAfterMs() const noexcept override;
  [[nodiscard]] int readinessDescriptor() const noexcept override { return ring_.descriptor(); }
  [[nodiscard]] int registerMemory(void* address, std::size_t length) noexcept override {
    return registered_.add(ring_, address, length);
  }
  void unregisterMemory(int index) noexcept override { registered_.remove(ring_, index); }
  void noteOpened(int descriptor) noexcept override {
    registeredFiles_.forget(ring_, descriptor);
    uses_.noteOpened(descriptor);
  }
  void noteClosed(int descriptor) noexcept override {
    registeredFiles_.forget(ring_, descriptor);
    uses_.noteClosed(descriptor);
  }
  [[nodiscard]] LaneCounters counters() const noexcept override;
  [[nodiscard]] std::vector<std::string> features() const override;
  [[nodiscard]] bool runs(Operation operation) const noexcept override {
    return capabilities_.runs(operation) && (chains_ || !isChain(operation));
  }

 private:
  struct Queued {
    Descriptor descriptor;
    std::vector<std::byte> bytes;
  };

  void openFileTable();
  void start(const Descriptor& descriptor, std::span<const std::byte> bytes, bool alone);
  [[nodiscard]] bool attemptInline(Descriptor& descriptor, Pending& pending);
  [[nodiscard]] bool place(const Descriptor& descriptor, std::span<const std::byte> bytes, Pending& pending);
  [[nodiscard]] bool placeChain(const Descriptor& descriptor, std::span<const std::byte> bytes, Pending& pending);
  void notePosition(const Descriptor& descriptor, Pending& pending);
  static void repairPosition(const Pending& pending, std::int32_t moved) noexcept;
  void useRegistered(io_uring_sqe& entry) const;
  void placeDeadline(const Descriptor& descriptor, io_uring_sqe& entry, Pending& pending);
  void linkDeadline(EntryId id, io_uring_sqe& entry, const Pending& pending);
  void cancelAll(std::span<const CancelRequest> requests);
  [[nodiscard]] Pending* markAsked(const CancelRequest& request);
  void askKernel(const CancelRequest& request);
  void askKernelOfClosing();
  [[nodiscard]] bool placeDescriptorCancel();
  [[nodiscard]] bool placeCancel(const CancelRequest& request);
  [[nodiscard]] bool placeChainCancel(const CancelRequest& request, ChainCancel asked);
  void prepareCancel(EntryKind target, const CancelRequest& request);
  [[nodiscard]] bool makeRoom(std::uint32_t entries);
  void flush();
  void placeQueued();
  void askAgain(const CancelRequest& request);
  void repeatCancels();
  void sweepCancels();

  void handle(const io_uring_cqe& completion, CompletionWriter& out);
  void handleOperation(EntryId id, const io_uring_cqe& completion, CompletionWriter& out);
  void handleChain(EntryId id, const io_uring_cqe& completion, CompletionWriter& out);
  void handleDeadline(EntryId id, std::int32_t result, CompletionWriter& out);
  [[nodiscard]] Outcome outcomeOf(EntryId id, Pending& pending, std::int32_t result) const;
  [[nodiscard]] bool receiveWithoutRing(EntryId id, Pending& pending);
  void deliver(const Outcome& outcome, const Pending& pending, std::uint32_t entryFlags, CompletionWriter& out);
  void deliverReceived(const Outcome& outcome, const Pending& pending, std::uint32_t entryFlags, CompletionWriter& out);
  void release(Pending& pending);
  void fail(std::uint32_t slot, Pending& pending, std::int32_t result, std::uint32_t flags);
  void discardAll();
  void discard(const io_uring_cqe& completion);

  Ring ring_;
  Capabilities capabilities_;
  PendingTable table_;
  CancelRepeats repeats_;
  DescriptorUses uses_;
  DescriptorCancels descriptorCancels_;
  // The requests of a closing handle while they are gathered.
  std::vector<CancelRequest> closing_;
  int closingDescriptor_ = -1;
  // Operations in flight somebody wants to end, and when all of them are asked for again.
  std::size_t cancelsOutstanding_ = 0;
  CancelRepeats::Clock::time_point nextSweep_;
  RegisteredMemory registered_;
  RegisteredFiles registeredFiles_;
  BufferRing buffers_;
  ChainFiles chainFiles_;
  bool chains_ = false;
  std::deque<Queued> queue_;
  std::deque<Outcome> ready_;
  std::size_t inFlight_ = 0;
  LaneCounters counters_;
};

}  // namespace rescind::uring
