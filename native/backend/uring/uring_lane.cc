#include "backend/uring/uring_lane.h"

#include <sys/uio.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>
#include <vector>

#include "backend/uring/cancels.h"
#include "backend/uring/pending.h"
#include "backend/uring/prepare.h"
#include "backend/uring/probe.h"
#include "backend/uring/registered.h"
#include "backend/uring/ring.h"
#include "os/linux/status.h"
#include "os/socket_address.h"

namespace rescind {

namespace {

using uring::Borrowed;
using uring::EntryId;
using uring::EntryKind;
using uring::Pending;

// Linux gives a file read or an open interrupted in a worker this internal number (ERESTARTSYS).
constexpr std::int32_t interruptedInWorker = -512;

// Hung buffered reads each hold a worker of the kernel's; with too few of them new work queues behind.
constexpr std::uint32_t boundedWorkers = 512;

// A cancel is repeated after 1, 2, 4 … ms up to this. One the kernel has accepted gets more time to take effect.
constexpr int mostCancelDelayMs = 250;
constexpr int acceptedCancelMs = 20;

// How long close() waits for the kernel. What takes longer (a read hung in a dead mount) is left to it.
constexpr auto closePatience = std::chrono::milliseconds(300);

class IoUringLane final : public UringLane {
 public:
  [[nodiscard]] std::string open(const UringSettings& settings);

  void submit(const Batch& batch) noexcept override;
  [[nodiscard]] bool reap(CompletionWriter& out) noexcept override;
  [[nodiscard]] bool close() noexcept override;
  [[nodiscard]] bool keepsDeadlines() const noexcept override { return true; }
  [[nodiscard]] int callAgainAfterMs() const noexcept override;
  [[nodiscard]] int readinessDescriptor() const noexcept override { return ring_.descriptor(); }
  [[nodiscard]] int registerMemory(void* address, std::size_t length) noexcept override {
    return registered_.add(ring_, address, length);
  }
  void unregisterMemory(int index) noexcept override { registered_.remove(ring_, index); }
  [[nodiscard]] LaneCounters counters() const noexcept override;
  [[nodiscard]] std::vector<std::string> features() const override { return capabilities_.words(ring_); }
  [[nodiscard]] bool runs(Operation operation) const noexcept override { return capabilities_.runs(operation); }

 private:
  struct Queued {
    Descriptor descriptor;
    std::vector<std::byte> bytes;
  };

  void start(const Descriptor& descriptor, std::span<const std::byte> bytes, bool alone);
  [[nodiscard]] bool attemptInline(Descriptor& descriptor, Pending& pending);
  [[nodiscard]] bool place(const Descriptor& descriptor, std::span<const std::byte> bytes, Pending& pending);
  void useRegistered(io_uring_sqe& entry) const;
  void placeDeadline(const Descriptor& descriptor, io_uring_sqe& entry, Pending& pending);
  void cancel(const CancelRequest& request);
  [[nodiscard]] bool placeCancel(const CancelRequest& request);
  [[nodiscard]] bool makeRoom(std::uint32_t entries);
  void flush();
  void placeQueued();
  void repeatCancels();

  void handle(const io_uring_cqe& completion, CompletionWriter& out);
  void handleOperation(EntryId id, const io_uring_cqe& completion, CompletionWriter& out);
  void handleDeadline(EntryId id, std::int32_t result, CompletionWriter& out);
  [[nodiscard]] Outcome outcomeOf(EntryId id, Pending& pending, std::int32_t result) const;
  void deliver(const Outcome& outcome, const Pending& pending, CompletionWriter& out);
  void release(Pending& pending);
  void fail(std::uint32_t slot, Pending& pending, std::int32_t result, std::uint32_t flags);
  void discard(const io_uring_cqe& completion);

  uring::Ring ring_;
  uring::Capabilities capabilities_;
  uring::PendingTable table_;
  uring::CancelRepeats repeats_;
  uring::RegisteredMemory registered_;
  std::deque<Queued> queue_;
  std::deque<Outcome> ready_;
  std::size_t inFlight_ = 0;
  LaneCounters counters_;
};

std::string IoUringLane::open(const UringSettings& settings) {
  // Two entries are the least: an operation and its deadline go in together.
  const std::uint32_t entries = std::max(settings.entries, 2U);
  if (const int result = ring_.open(entries, settings.completionEntries); result < 0) {
    return uring::setupFailure(result);
  }
  std::string missing = capabilities_.probe(ring_);
  if (!missing.empty()) {
    ring_.close();
    return missing;
  }
  registered_.open(ring_);
  // Older than 5.15 keeps its own limits; nothing depends on this but how many can hang at a time.
  std::uint32_t limits[2] = {boundedWorkers, 0};
  uring::registerWith(ring_.descriptor(), IORING_REGISTER_IOWQ_MAX_WORKERS, limits, 2);
  return {};
}

void IoUringLane::submit(const Batch& batch) noexcept {
  const bool alone = batch.descriptors.size() == 1;
  for (const Descriptor& descriptor : batch.descriptors) start(descriptor, batch.bytesOf(descriptor), alone);
  for (const CancelRequest& request : batch.cancels) cancel(request);
  flush();
}

void IoUringLane::start(const Descriptor& given, std::span<const std::byte> bytes, bool alone) {
  ++counters_.submitted;
  ++inFlight_;
  Pending& pending = table_.at(given.slot);
  pending.generation = given.generation;
  pending.operation = given.operation;
  pending.inFlight = true;
  pending.cancelRequested = pending.deadlinePassed = pending.queued = pending.awaitsNotification = false;
  pending.hasDeadline = given.timeoutMs > 0;
  pending.prefix = 0;
  pending.cancelDelayMs = 0;
  Descriptor descriptor = given;
  if (alone && (descriptor.flags & DescriptorFlag::tryInline) != 0 && attemptInline(descriptor, pending)) return;
  if (queue_.empty() && place(descriptor, bytes, pending)) {
    if ((descriptor.flags & DescriptorFlag::directDevice) != 0 && ring_.prepared() >= 8) flush();
    return;
  }
  pending.queued = true;
  queue_.push_back({descriptor, {bytes.begin(), bytes.end()}});
}

// One read alone is fastest straight from the page cache. What that cannot give, all or the rest, goes to the
// ring.
bool IoUringLane::attemptInline(Descriptor& descriptor, Pending& pending) {
  iovec vector{reinterpret_cast<void*>(static_cast<std::uintptr_t>(descriptor.address)), descriptor.length};
  const auto offset = descriptor.offset < 0 ? off_t{-1} : static_cast<off_t>(descriptor.offset);
  ring_.countSystemCall();
  const ssize_t moved = ::preadv2(descriptor.handle, &vector, 1, offset, RWF_NOWAIT);
  if (moved < 0) return false;
  if (moved == 0 || static_cast<std::size_t>(moved) == descriptor.length) {
    fail(descriptor.slot, pending, static_cast<std::int32_t>(moved), 0);
    return true;
  }
  pending.prefix = static_cast<std::uint32_t>(moved);
  descriptor.address += static_cast<double>(moved);
  descriptor.length -= static_cast<std::uint32_t>(moved);
  if (descriptor.offset >= 0) descriptor.offset += static_cast<double>(moved);
  return false;
}

bool IoUringLane::makeRoom(std::uint32_t entries) {
  if (ring_.room() >= entries) return true;
  flush();
  return ring_.room() >= entries;
}

bool IoUringLane::place(const Descriptor& descriptor, std::span<const std::byte> bytes, Pending& pending) {
  if (!makeRoom(pending.hasDeadline ? 2 : 1)) return false;
  io_uring_sqe& entry = ring_.prepare();
  if (const int result = uring::prepare(descriptor, bytes, table_, pending, entry); result < 0) {
    ring_.retract();
    fail(descriptor.slot, pending, result, 0);
    return true;
  }
  if (entry.opcode == IORING_OP_SEND_ZC && !capabilities_.supports(IORING_OP_SEND_ZC)) entry.opcode = IORING_OP_SEND;
  if (entry.opcode == IORING_OP_ACCEPT && !capabilities_.multishotAccept()) entry.ioprio = 0;
  useRegistered(entry);
  entry.user_data = EntryId{EntryKind::operation, descriptor.slot, descriptor.generation}.encode();
  if (pending.hasDeadline) placeDeadline(descriptor, entry, pending);
  return true;
}

void IoUringLane::useRegistered(io_uring_sqe& entry) const {
  if (entry.opcode != IORING_OP_READ && entry.opcode != IORING_OP_WRITE) return;
  const int index = registered_.find(entry.addr, entry.len);
  if (index < 0) return;
  entry.opcode = entry.opcode == IORING_OP_READ ? IORING_OP_READ_FIXED : IORING_OP_WRITE_FIXED;
  entry.buf_index = static_cast<std::uint16_t>(index);
}

void IoUringLane::placeDeadline(const Descriptor& descriptor, io_uring_sqe& entry, Pending& pending) {
  if (!pending.borrowed) pending.borrowed = table_.borrow();
  const auto nanoseconds = static_cast<long long>(descriptor.timeoutMs * 1e6);
  pending.borrowed->deadline = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  entry.flags |= IOSQE_IO_LINK;
  io_uring_sqe& deadline = ring_.prepare();
  deadline.opcode = IORING_OP_LINK_TIMEOUT;
  deadline.fd = -1;
  deadline.addr = reinterpret_cast<std::uint64_t>(&pending.borrowed->deadline);
  deadline.len = 1;
  deadline.user_data = EntryId{EntryKind::deadline, descriptor.slot, descriptor.generation}.encode();
}

void IoUringLane::flush() {
  while (ring_.prepared() > 0) {
    if (ring_.enter() <= 0) return;
  }
}

void IoUringLane::cancel(const CancelRequest& request) {
  Pending* pending = table_.find(request.slot, request.generation);
  if (pending == nullptr || pending->cancelRequested) return;
  ++counters_.cancelRequests;
  pending->cancelRequested = true;
  if (pending->queued) {
    const auto queued = std::find_if(queue_.begin(), queue_.end(), [&request](const Queued& entry) {
      return entry.descriptor.slot == request.slot;
    });
    if (queued != queue_.end()) queue_.erase(queued);
    fail(request.slot, *pending, -ECANCELED, CompletionFlag::cancelled);
    return;
  }
  if (!placeCancel(request)) repeats_.add(request, 0);
}

bool IoUringLane::placeCancel(const CancelRequest& request) {
  if (!makeRoom(1)) return false;
  io_uring_sqe& entry = ring_.prepare();
  entry.opcode = IORING_OP_ASYNC_CANCEL;
  entry.fd = -1;
  entry.addr = EntryId{EntryKind::operation, request.slot, request.generation}.encode();
  entry.user_data = EntryId{EntryKind::cancel, request.slot, request.generation}.encode();
  return true;
}

void IoUringLane::repeatCancels() {
  repeats_.takeDue([this](const CancelRequest& request) {
    if (table_.find(request.slot, request.generation) == nullptr) return true;
    return placeCancel(request);
  });
}

void IoUringLane::placeQueued() {
  while (!queue_.empty()) {
    Queued& queued = queue_.front();
    Pending& pending = table_.at(queued.descriptor.slot);
    if (!place(queued.descriptor, queued.bytes, pending)) return;
    pending.queued = false;
    queue_.pop_front();
  }
}

bool IoUringLane::reap(CompletionWriter& out) noexcept {
  while (!ready_.empty() && out.hasRoom()) {
    out.write(ready_.front());
    ready_.pop_front();
  }
  while (out.hasRoom()) {
    const io_uring_cqe* entry = ring_.peek();
    if (entry == nullptr) {
      if (!ring_.kernelHoldsMore()) break;
      ring_.enter();
      entry = ring_.peek();
      if (entry == nullptr) break;
    }
    const io_uring_cqe completion{.user_data = entry->user_data, .res = entry->res, .flags = entry->flags};
    ring_.consume();
    handle(completion, out);
  }
  placeQueued();
  repeatCancels();
  flush();
  return !ready_.empty() || ring_.peek() != nullptr;
}

void IoUringLane::handle(const io_uring_cqe& completion, CompletionWriter& out) {
  const EntryId id = EntryId::decode(completion.user_data);
  switch (id.kind) {
    case EntryKind::operation:
      handleOperation(id, completion, out);
      return;
    case EntryKind::deadline:
      handleDeadline(id, completion.res, out);
      return;
    case EntryKind::cancel:
      // Whatever the cancel says, only the operation's own completion counts: ask again until it is there.
      if (Pending* pending = table_.find(id.slot, id.generation)) {
        const int delay = pending->cancelDelayMs;
        pending->cancelDelayMs = static_cast<std::uint16_t>(std::min(delay * 2 + 1, mostCancelDelayMs));
        repeats_.add({id.slot, id.generation}, completion.res >= 0 ? delay + acceptedCancelMs : delay + 1);
      }
      return;
    case EntryKind::sweep:
      return;
  }
}

void IoUringLane::handleOperation(EntryId id, const io_uring_cqe& completion, CompletionWriter& out) {
  Pending* pending = table_.find(id.slot, id.generation);
  if (pending == nullptr) return;
  std::int32_t result = completion.res;
  if ((completion.flags & IORING_CQE_F_MORE) != 0) {
    if (pending->operation == Operation::socketSend) {
      // Sent, but the kernel still reads from the pages until the notification.
      pending->heldResult = result;
      pending->awaitsNotification = true;
      return;
    }
    out.write({id.slot, id.generation, result, CompletionFlag::more});
    return;
  }
  if (pending->awaitsNotification) result = pending->heldResult;
  const Outcome outcome = outcomeOf(id, *pending, result);
  deliver(outcome, *pending, out);
  release(*pending);
}

Outcome IoUringLane::outcomeOf(EntryId id, Pending& pending, std::int32_t result) const {
  std::uint32_t flags = CompletionFlag::terminal;
  if (pending.operation == Operation::timer && result == -ETIME) result = 0;
  if (pending.prefix > 0) {
    result = (result > 0 ? result : 0) + static_cast<std::int32_t>(pending.prefix);
  }
  const bool ended = result == -ECANCELED || result == -EINTR || result == interruptedInWorker;
  if (ended && (pending.cancelRequested || pending.hasDeadline)) {
    result = -ECANCELED;
    flags |= CompletionFlag::cancelled;
    if (!pending.cancelRequested || pending.deadlinePassed) flags |= CompletionFlag::deadline;
  } else if (result == interruptedInWorker) {
    result = -EINTR;
  }
  return {id.slot, id.generation, result, flags};
}

void IoUringLane::deliver(const Outcome& outcome, const Pending& pending, CompletionWriter& out) {
  if (outcome.result >= 0 && pending.borrowed) {
    const Borrowed& borrowed = *pending.borrowed;
    switch (pending.operation) {
      case Operation::fileStatus:
      case Operation::pathStatus: {
        const StatusPayload payload = statusPayload(borrowed.status);
        out.write(outcome, std::as_bytes(std::span(&payload, 1)));
        return;
      }
      case Operation::socketReceiveMessage: {
        // The sender's address, on eight bytes, and behind it the message's flags and a zero.
        alignas(8) std::byte payload[wireAddressMost + 16] = {};
        std::size_t size = encodeWireAddress(reinterpret_cast<const sockaddr*>(&borrowed.message.address),
                                             borrowed.message.header.msg_namelen, payload);
        size = (size + 7) & ~std::size_t{7};
        const std::int32_t flags[2] = {borrowed.message.header.msg_flags, 0};
        std::copy_n(reinterpret_cast<const std::byte*>(flags), sizeof(flags), payload + size);
        out.write(outcome, std::span<const std::byte>(payload, size + sizeof(flags)));
        return;
      }
      default:
        break;
    }
  }
  out.write(outcome);
}

// The deadline's own entry. Its time is over only when it says so; when the operation is still there after
// that, the kernel could not take it back, and the runtime must know.
void IoUringLane::handleDeadline(EntryId id, std::int32_t result, CompletionWriter& out) {
  Pending* pending = table_.find(id.slot, id.generation);
  if (pending == nullptr || result == -ECANCELED) return;
  pending->deadlinePassed = true;
  out.write({id.slot, id.generation, 0, CompletionFlag::deadline});
  if (!pending->cancelRequested) {
    pending->cancelRequested = true;
    repeats_.add({id.slot, id.generation}, 1);
  }
}

void IoUringLane::release(Pending& pending) {
  pending.inFlight = false;
  --inFlight_;
  ++counters_.completed;
  if (pending.borrowed) table_.giveBack(std::move(pending.borrowed));
}

// Ends an operation the kernel has nothing of.
void IoUringLane::fail(std::uint32_t slot, Pending& pending, std::int32_t result, std::uint32_t flags) {
  ready_.push_back({slot, pending.generation, result, flags | CompletionFlag::terminal});
  release(pending);
}

int IoUringLane::callAgainAfterMs() const noexcept {
  if (!queue_.empty() || ring_.prepared() > 0) return 1;
  return repeats_.dueInMs();
}

LaneCounters IoUringLane::counters() const noexcept {
  LaneCounters counters = counters_;
  counters.systemCalls = ring_.systemCalls();
  return counters;
}

// Closing: nobody hears of these completions any more, but a descriptor they bring must not be lost.
void IoUringLane::discard(const io_uring_cqe& completion) {
  const EntryId id = EntryId::decode(completion.user_data);
  Pending* pending = id.kind == EntryKind::operation ? table_.find(id.slot, id.generation) : nullptr;
  if (pending == nullptr) return;
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
    while (const io_uring_cqe* entry = ring_.peek()) {
      const io_uring_cqe completion{.user_data = entry->user_data, .res = entry->res, .flags = entry->flags};
      ring_.consume();
      discard(completion);
    }
  }
  const bool drained = inFlight_ == 0;
  ring_.close();
  if (!drained) table_.abandon();
  return drained;
}

}  // namespace

UringResult makeUringLane(const UringSettings& settings) {
  auto lane = std::make_unique<IoUringLane>();
  std::string reason = lane->open(settings);
  if (!reason.empty()) return {nullptr, std::move(reason)};
  return {std::move(lane), {}};
}

}  // namespace rescind
