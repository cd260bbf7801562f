#include "backend/pool/pool_lane.h"

#include <chrono>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backend/pool/interrupts.h"
#include "backend/pool/pool.h"
#include "backend/pool/run.h"
#include "backend/pool/task.h"

namespace rescind {

namespace {

constexpr std::chrono::seconds idleEndsAfter{10};

std::uint64_t identityOf(std::uint32_t slot, std::uint32_t generation) noexcept {
  return std::uint64_t{generation} << 32 | slot;
}

std::string textOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Belongs to the thread of its environment; what it shares with other threads is in the pool.
class PoolLane final : public Lane {
 public:
  PoolLane(std::uint32_t mostThreads, Waker& waker)
      : mostThreads_(mostThreads), pool_(std::make_shared<Pool>(mostThreads, idleEndsAfter, waker)) {}

  ~PoolLane() override {
    if (!closed_) static_cast<void>(close());
    pool_->takeFinished(ready_);
    for (const Task& task : ready_) discard(task);
  }

  void submit(const Batch& batch) noexcept override {
    TaskList fresh;
    for (const Descriptor& descriptor : batch.descriptors) {
      fresh.emplace_back(descriptor, textOf(batch.bytesOf(descriptor)));
      known_[identityOf(descriptor.slot, descriptor.generation)] = std::prev(fresh.end());
      counters_.submitted++;
    }
    // Most cancels are for other lanes, which costs no lock.
    std::vector<TaskPlace> cancels;
    for (const CancelRequest& request : known_.empty() ? std::span<const CancelRequest>() : batch.cancels) {
      const auto found = known_.find(identityOf(request.slot, request.generation));
      if (found != known_.end()) cancels.push_back(found->second);
    }
    counters_.cancelRequests += cancels.size();
    if (!cancels.empty()) interrupts_.begin();
    if (!fresh.empty() || !cancels.empty()) pool_->submit(fresh, cancels);
  }

  [[nodiscard]] bool reap(CompletionWriter& out) noexcept override {
    if (!known_.empty()) pool_->takeFinished(ready_);
    if (interrupts_.due() && !pool_->interruptAgain()) interrupts_.end();
    for (; !ready_.empty() && out.hasRoom(); ready_.pop_front()) write(ready_.front(), out);
    return !ready_.empty();
  }

  [[nodiscard]] bool close() noexcept override {
    closed_ = true;
    const bool quiet = pool_->close();
    forgetRunning();
    return quiet;
  }

  [[nodiscard]] bool runs(Operation operation) const noexcept override { return poolRuns(operation); }
  [[nodiscard]] bool keepsDeadline(const Descriptor&) const noexcept override { return false; }
  [[nodiscard]] int callAgainAfterMs() const noexcept override { return interrupts_.dueInMs(); }
  [[nodiscard]] LaneCounters counters() const noexcept override { return counters_; }
  [[nodiscard]] std::vector<std::string> features() const override {
    return {"up to " + std::to_string(mostThreads_) + " threads"};
  }

 private:
  void write(Task& task, CompletionWriter& out) {
    const Descriptor& descriptor = task.descriptor;
    const Outcome outcome{descriptor.slot, descriptor.generation, task.result, task.flags, task.native};
    known_.erase(identityOf(descriptor.slot, descriptor.generation));
    counters_.completed++;
    if (task.ran) counters_.systemCalls++;
    if (task.payload.empty()) {
      out.write(outcome);
    } else {
      out.writeOwned(outcome, std::move(task.payload));
    }
  }

  // After close() only what has finished is still delivered; the rest belongs to the threads that hang in it.
  void forgetRunning() {
    pool_->takeFinished(ready_);
    known_.clear();
    for (TaskPlace task = ready_.begin(); task != ready_.end(); ++task) {
      known_[identityOf(task->descriptor.slot, task->descriptor.generation)] = task;
    }
  }

  const std::uint32_t mostThreads_;
  const std::shared_ptr<Pool> pool_;
  // What the runtime has not been told the end of.
  std::unordered_map<std::uint64_t, TaskPlace> known_;
  TaskList ready_;
  Interrupts interrupts_;
  LaneCounters counters_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Lane> makePoolLane(std::uint32_t mostThreads, Waker& waker) {
  return std::make_unique<PoolLane>(mostThreads, waker);
}

}  // namespace rescind
