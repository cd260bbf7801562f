#include "backend/pool/pool_lane.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backend/pool/interrupts.h"
#include "backend/pool/pool.h"
#include "backend/pool/run.h"
#include "backend/pool/task.h"
#include "backend/pool/zones.h"
#include "os/blocking_names.h"

namespace rescind {

namespace {

constexpr std::chrono::seconds idleEndsAfter{10};
constexpr std::chrono::milliseconds closeWaits{500};

// Threads in all, hung ones among them, for each one that may work.
constexpr std::uint32_t mostReplacements = 16;

// A question to a dead name server takes up to a minute, and no system lets it be taken back. So names have threads of
// their own, and one zone a few of them: nothing but the names of a dead server waits for it.
constexpr std::uint32_t nameThreads = 128;
constexpr std::uint32_t nameThreadsOfZone = 8;

PoolLimits limitsOfCalls(std::uint32_t threads) noexcept {
  return {.threads = threads,
          .threadsOfGroup = threads,
          .threadsWithHung = threads * mostReplacements,
          .idleEndsAfter = idleEndsAfter};
}

// No thread takes the place of one whose task was given up: the next question would only hang beside it.
constexpr PoolLimits limitsOfNames{.threads = nameThreads,
                                   .threadsOfGroup = nameThreadsOfZone,
                                   .threadsWithHung = nameThreads,
                                   .idleEndsAfter = idleEndsAfter};

bool isName(Operation operation) noexcept {
  return operation == Operation::addressLookup || operation == Operation::entryLookup;
}

std::uint64_t identityOf(std::uint32_t slot, std::uint32_t generation) noexcept {
  return std::uint64_t{generation} << 32 | slot;
}

std::string textOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Whose threads a name shares. Services and protocols are asked of nobody but the machine, as a rule.
std::string groupOf(const Descriptor& descriptor, const std::string& text) {
  if (descriptor.operation == Operation::addressLookup) return zoneOf(text);
  if (descriptor.operation != Operation::entryLookup) return {};
  switch (static_cast<blocking::Entry>(descriptor.argument0)) {
    case blocking::Entry::hostByName:
      return zoneOf(text);
    case blocking::Entry::hostByAddress:
      return networkOf(text);
    default:
      return "services and protocols";
  }
}

// What one submission has for one of the pools.
struct Work {
  TaskList fresh;
  std::vector<TaskPlace> cancels;
};

// Belongs to the thread of its environment; what it shares with other threads is in the pools.
class PoolLane final : public Lane {
 public:
  PoolLane(std::uint32_t mostThreads, Waker& waker)
      : mostThreads_(std::max(mostThreads, std::uint32_t{1})),
        calls_(std::make_shared<Pool>(limitsOfCalls(mostThreads_), waker)),
        names_(std::make_shared<Pool>(limitsOfNames, waker)) {}

  ~PoolLane() override {
    if (!closed_) static_cast<void>(close());
    takeFinished();
    for (const Task& task : ready_) discard(task);
  }

  void submit(const Batch& batch) noexcept override {
    Work calls;
    Work names;
    for (const Descriptor& descriptor : batch.descriptors) {
      std::string text = textOf(batch.bytesOf(descriptor));
      std::string group = groupOf(descriptor, text);
      TaskList& fresh = isName(descriptor.operation) ? names.fresh : calls.fresh;
      fresh.emplace_back(descriptor, std::move(text), std::move(group));
      known_[identityOf(descriptor.slot, descriptor.generation)] = std::prev(fresh.end());
      counters_.submitted++;
    }
    // Most cancels are for other lanes, which costs no lock.
    for (const CancelRequest& request : known_.empty() ? std::span<const CancelRequest>() : batch.cancels) {
      const auto found = known_.find(identityOf(request.slot, request.generation));
      if (found == known_.end()) continue;
      (isName(found->second->descriptor.operation) ? names : calls).cancels.push_back(found->second);
      counters_.cancelRequests++;
      interrupts_.begin();
    }
    submitTo(*calls_, calls);
    submitTo(*names_, names);
  }

  [[nodiscard]] bool reap(CompletionWriter& out) noexcept override {
    if (!known_.empty()) takeFinished();
    if (interrupts_.due() && !interruptAgain()) interrupts_.end();
    for (; !ready_.empty() && out.hasRoom(); ready_.pop_front()) write(ready_.front(), out);
    return !ready_.empty();
  }

  [[nodiscard]] bool close() noexcept override {
    closed_ = true;
    calls_->stop();
    names_->stop();
    const Clock::time_point giveUpAt = Clock::now() + closeWaits;
    const bool callsEnded = calls_->close(giveUpAt);
    const bool namesEnded = names_->close(giveUpAt);
    forgetRunning();
    return callsEnded && namesEnded;
  }

  [[nodiscard]] bool runs(Operation operation) const noexcept override { return poolRuns(operation); }
  [[nodiscard]] bool keepsDeadline(const Descriptor&) const noexcept override { return false; }
  [[nodiscard]] int callAgainAfterMs() const noexcept override { return interrupts_.dueInMs(); }
  [[nodiscard]] LaneCounters counters() const noexcept override { return counters_; }
  [[nodiscard]] std::vector<std::string> features() const override {
    return {"up to " + std::to_string(mostThreads_) + " threads",
            "up to " + std::to_string(nameThreads) + " for names"};
  }

 private:
  static void submitTo(Pool& pool, Work& work) noexcept {
    if (!work.fresh.empty() || !work.cancels.empty()) pool.submit(work.fresh, work.cancels);
  }

  void takeFinished() noexcept {
    calls_->takeFinished(ready_);
    names_->takeFinished(ready_);
  }

  [[nodiscard]] bool interruptAgain() noexcept {
    const bool calls = calls_->interruptAgain();
    return names_->interruptAgain() || calls;
  }

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
    takeFinished();
    known_.clear();
    for (TaskPlace task = ready_.begin(); task != ready_.end(); ++task) {
      known_[identityOf(task->descriptor.slot, task->descriptor.generation)] = task;
    }
  }

  const std::uint32_t mostThreads_;
  const std::shared_ptr<Pool> calls_;
  const std::shared_ptr<Pool> names_;
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
