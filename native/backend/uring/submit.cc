// Operations on their way into the ring.

#include <unistd.h>

#include "backend/uring/io_uring_lane.h"
#include "os/linux/read_now.h"

namespace rescind::uring {

void IoUringLane::submit(const Batch& batch) noexcept {
  const bool alone = batch.descriptors.size() == 1;
  for (const Descriptor& descriptor : batch.descriptors) start(descriptor, batch.bytesOf(descriptor), alone);
  cancelAll(batch.cancels);
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
  pending.hasDeadline = given.timeoutMs > 0 && kernelKeepsDeadline(given);
  pending.prefix = 0;
  pending.position = -1;
  pending.laneBuffer = (given.flags & DescriptorFlag::laneBuffer) != 0;
  pending.handle = given.handle;
  pending.length = given.length;
  pending.cancelDelayMs = 0;
  pending.mayShareFile = given.handle >= 0 && uses_.add(given.handle);
  Descriptor descriptor = given;
  if (alone && (descriptor.flags & DescriptorFlag::tryInline) != 0 && attemptInline(descriptor, pending)) return;
  if (queue_.empty() && place(descriptor, bytes, pending)) return;
  pending.queued = true;
  queue_.push_back({descriptor, {bytes.begin(), bytes.end()}});
}

// One read alone is fastest straight from the page cache. What that cannot give, all or the rest, goes to the
// ring.
bool IoUringLane::attemptInline(Descriptor& descriptor, Pending& pending) {
  auto* into = reinterpret_cast<void*>(static_cast<std::uintptr_t>(descriptor.address));
  const auto offset = descriptor.offset < 0 ? std::int64_t{-1} : static_cast<std::int64_t>(descriptor.offset);
  ring_.countSystemCall();
  const long moved = readNow(descriptor.handle, into, descriptor.length, offset);
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
  if (isChain(descriptor.operation)) return placeChain(descriptor, bytes, pending);
  if (!makeRoom(pending.hasDeadline ? 2 : 1)) return false;
  io_uring_sqe& entry = ring_.prepare();
  if (pending.laneBuffer) {
    const bool multishot = (descriptor.flags & DescriptorFlag::multishot) != 0;
    prepareLaneReceive(buffers_.prepare(ring_), multishot, table_, pending, entry);
  } else if (const int result = prepare(descriptor, bytes, table_, pending, entry); result < 0) {
    ring_.retract();
    fail(descriptor.slot, pending, result, 0);
    return true;
  }
  if (entry.opcode == IORING_OP_CLOSE) noteClosed(entry.fd);
  if (entry.opcode == IORING_OP_SEND_ZC && !capabilities_.supports(IORING_OP_SEND_ZC)) entry.opcode = IORING_OP_SEND;
  if (entry.opcode == IORING_OP_ACCEPT && !capabilities_.multishotAccept()) entry.ioprio = 0;
  useRegistered(entry);
  if ((descriptor.flags & DescriptorFlag::ofHandle) != 0) registeredFiles_.use(ring_, entry);
  notePosition(descriptor, pending);
  entry.user_data = EntryId{EntryKind::operation, descriptor.slot, descriptor.generation}.encode();
  if (pending.hasDeadline) placeDeadline(descriptor, entry, pending);
  return true;
}

bool IoUringLane::placeChain(const Descriptor& descriptor, std::span<const std::byte> bytes, Pending& pending) {
  if (ring_.entries() < chainEntries) {
    fail(descriptor.slot, pending, -ENOTSUP, 0);
    return true;
  }
  if (!makeRoom(chainEntries)) return false;
  const std::int32_t index = chainFiles_.take();
  // With all of them in use, by opens that hang perhaps, a file is read in steps.
  if (index == ChainFiles::none)
    fail(descriptor.slot, pending, -ENOTSUP, 0);
  else
    prepareChain(descriptor, bytes, index, table_, pending, ring_);
  return true;
}

// The kernel leaves a file's position where it was when a transfer ends short because of an error behind its first
// bytes (seen on Linux 6.18), and the next one would overwrite them: completing such a transfer needs the position.
void IoUringLane::notePosition(const Descriptor& descriptor, Pending& pending) {
  const bool transfers = descriptor.operation == Operation::fileRead || descriptor.operation == Operation::fileWrite ||
                         descriptor.operation == Operation::fileReadVector ||
                         descriptor.operation == Operation::fileWriteVector;
  pending.position = transfers && descriptor.offset < 0 ? ::lseek(descriptor.handle, 0, SEEK_CUR) : -1;
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
  linkDeadline({EntryKind::operation, descriptor.slot, descriptor.generation}, entry, pending);
}

// The entry prepared last gets a timer behind it that cancels it.
void IoUringLane::linkDeadline(EntryId id, io_uring_sqe& entry, const Pending& pending) {
  entry.flags |= IOSQE_IO_LINK;
  io_uring_sqe& deadline = ring_.prepare();
  deadline.opcode = IORING_OP_LINK_TIMEOUT;
  deadline.fd = -1;
  deadline.addr = reinterpret_cast<std::uint64_t>(&pending.borrowed->deadline);
  deadline.len = 1;
  deadline.user_data = EntryId{EntryKind::deadline, id.slot, id.generation}.encode();
}

void IoUringLane::flush() {
  while (ring_.prepared() > 0) {
    if (ring_.enter() <= 0) return;
  }
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

}  // namespace rescind::uring
