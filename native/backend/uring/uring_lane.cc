#include "backend/uring/uring_lane.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "backend/uring/io_uring_lane.h"
#include "backend/uring/ring_mount_watch.h"

namespace rescind {

namespace uring {

namespace {

// Hung buffered reads each hold a worker of the kernel's; with too few of them new work queues behind.
constexpr std::uint32_t boundedWorkers = 512;

// How long close() waits for the kernel. What takes longer (a read hung in a dead mount) is left to it.
constexpr auto closePatience = std::chrono::milliseconds(300);

}  // namespace

std::string IoUringLane::open(const UringSettings& settings) {
  // Two entries are the least: an operation and its deadline go in together.
  const std::uint32_t entries = std::max(settings.entries, 2U);
  if (const int result = ring_.open(entries, settings.completionEntries); result < 0) {
    return setupFailure(result);
  }
  std::string missing = capabilities_.probe(ring_);
  if (!missing.empty()) {
    ring_.close();
    return missing;
  }
  registered_.open(ring_);
  descriptorCancels_.open(capabilities_.cancelByDescriptor());
  openFileTable();
  // Older than 5.15 keeps its own limits; nothing depends on this but how many can hang at a time.
  std::uint32_t limits[2] = {boundedWorkers, 0};
  registerWith(ring_.descriptor(), IORING_REGISTER_IOWQ_MAX_WORKERS, limits, 2);
  return {};
}

// The ring has one table of registered files; chains have its first entries.
void IoUringLane::openFileTable() {
  const std::uint32_t others = RegisteredFiles::possible(ring_) ? RegisteredFiles::most : 0;
  for (const std::uint32_t size : {ChainFiles::count + others, ChainFiles::count}) {
    const std::vector<std::int32_t> empty(size, -1);
    if (registerWith(ring_.descriptor(), IORING_REGISTER_FILES, empty.data(), size) < 0) continue;
    chains_ = true;
    chainFiles_.open();
    registeredFiles_.open(ChainFiles::count, size - ChainFiles::count);
    return;
  }
}

int IoUringLane::callAgainAfterMs() const noexcept {
  if (!queue_.empty() || ring_.prepared() > 0) return 1;
  const int due = repeats_.dueInMs();
  if (cancelsOutstanding_ == 0) return due;
  constexpr int sweep = static_cast<int>(sweepInterval.count());
  return due < 0 ? sweep : std::min(due, sweep);
}

std::vector<std::string> IoUringLane::features() const {
  std::vector<std::string> words = capabilities_.words(ring_);
  if (registeredFiles_.available()) words.emplace_back("registered-files");
  if (descriptorCancels_.available()) words.emplace_back("cancel-by-descriptor");
  return words;
}

LaneCounters IoUringLane::counters() const noexcept {
  LaneCounters counters = counters_;
  counters.systemCalls = ring_.systemCalls();
  return counters;
}

// Closing: nobody hears of these completions any more, but a descriptor they bring must not be lost.
void IoUringLane::discard(const io_uring_cqe& completion) {
  const EntryId id = EntryId::decode(completion.user_data);
  const bool ofOperation =
      id.kind == EntryKind::operation || id.kind == EntryKind::chainTransfer || id.kind == EntryKind::chainClose;
  Pending* pending = ofOperation ? table_.find(id.slot, id.generation) : nullptr;
  if (pending == nullptr) return;
  if (isChain(pending->operation)) {
    if (noteChainResult(id.kind, completion.res, pending->borrowed->chain)) release(*pending);
    return;
  }
  const bool opens = pending->operation == Operation::fileOpen || pending->operation == Operation::socketOpen ||
                     pending->operation == Operation::socketAccept;
  if (opens && completion.res >= 0) ::close(completion.res);
  if ((completion.flags & IORING_CQE_F_MORE) == 0) release(*pending);
}

bool IoUringLane::close() noexcept {
  if (!ring_.isOpen()) return true;
  queue_.clear();
  table_.forEachInFlight([this](std::uint32_t, Pending& pending) {
    if (pending.queued) release(pending);
  });
  const auto until = std::chrono::steady_clock::now() + closePatience;
  // One sweep may miss an operation on its way between two queues of the kernel's: ask until all are back.
  while (inFlight_ > 0 && std::chrono::steady_clock::now() < until) {
    if (makeRoom(1)) {
      io_uring_sqe& entry = ring_.prepare();
      entry.opcode = IORING_OP_ASYNC_CANCEL;
      entry.fd = -1;
      entry.cancel_flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL;
      entry.user_data = EntryId{EntryKind::sweep, 0, 0}.encode();
    }
    ring_.wait(10);
    discardAll();
  }
  // The ring may outlive us, in the kernel at least: no port or lock shall stay because of it.
  registeredFiles_.forgetAll(ring_);
  const bool drained = inFlight_ == 0;
  if (drained)
    ring_.close();
  else
    ring_.giveUp();
  return drained;
}

void IoUringLane::discardAll() {
  while (const io_uring_cqe* entry = ring_.peek()) {
    const io_uring_cqe completion{.user_data = entry->user_data, .res = entry->res, .flags = entry->flags};
    ring_.consume();
    discard(completion);
  }
}

// What hangs in the kernel comes back some day, and may bring a descriptor (an open on a dead mount): a thread of its
// own waits for it, with everything the kernel was lent. If there is no thread, all of it stays for ever.
void IoUringLane::leaveToKernel() noexcept {
  try {
    std::thread([this] {
      while (inFlight_ > 0) {
        ring_.waitForReadable(1000);
        discardAll();
      }
      delete this;
    }).detach();
  } catch (const std::system_error&) {
    // Nothing is freed, which is all that is left to do.
  }
}

}  // namespace uring

UringResult makeUringLane(const UringSettings& settings) {
  auto lane = std::make_unique<uring::IoUringLane>();
  std::string reason = lane->open(settings);
  if (!reason.empty()) return {nullptr, std::move(reason)};
  return {std::move(lane), {}};
}

std::unique_ptr<MountWatch> makeRingMountWatch() { return std::make_unique<uring::RingMountWatch>(); }

}  // namespace rescind
