#include "backend/route/router.h"

#include <utility>

#include "os/error_numbers.h"

namespace rescind {

namespace {

constexpr Operation operations[] = {
#define OP(name, code, uring, epoll, iocp, ioring, pool) Operation::name,
#include "wire/ops.def"
#undef OP
};

#define OP(name, code, uring, epoll, iocp, ioring, pool) \
  static_assert((code) > 0 && (code) < 128, #name ": the router's table ends at 128");
#include "wire/ops.def"
#undef OP

bool isWholeFile(Operation operation) noexcept {
  return operation == Operation::fileReadWhole || operation == Operation::fileWriteWhole;
}

// Whether there is more to an operation than handing it to its lane: what the caches know of its path decides its
// way, or it opens or closes a descriptor.
bool needsALook(Operation operation) noexcept {
  return isWholeFile(operation) || CachedFiles::knows(operation) || OpenDescriptors::concerns(operation);
}

}  // namespace

Router::Router(const LaneSettings& settings, Waker& waker) {
  laneOf_.fill(nowhere);
  Lanes lanes = openLanes(settings, waker);
  if (lanes.mountWatch != nullptr) cachedFiles_.watchMountsWith(std::move(lanes.mountWatch));
  for (OpenedLane& opened : lanes.opened) {
    statuses_.push_back(std::move(opened.status));
    if (opened.lane != nullptr) addLane(std::move(opened.lane));
  }
  poolLane_ = static_cast<std::uint8_t>(lanes_.size() - 1);
}

// What no lane before it runs is this lane's.
void Router::addLane(std::unique_ptr<Lane> lane) {
  for (const Operation operation : operations) {
    std::uint8_t& taken = laneOf_[static_cast<std::size_t>(operation)];
    if (taken == nowhere && !belongsElsewhere(operation) && lane->runs(operation))
      taken = static_cast<std::uint8_t>(lanes_.size());
  }
  lanes_.push_back(std::move(lane));
  parts_.emplace_back();
}

// The lane all of a batch goes to, which is the usual case and needs no copy; nowhere otherwise.
std::uint8_t Router::commonLane(const Batch& batch) const noexcept {
  if (batch.descriptors.empty() || openDescriptors_.someWait()) return nowhere;
  const std::uint8_t lane = laneOf(batch.descriptors.front());
  if (lane == nowhere) return nowhere;
  for (const Descriptor& descriptor : batch.descriptors) {
    if (laneOf(descriptor) != lane || needsALook(descriptor.operation) || needsDeadline(descriptor, lane))
      return nowhere;
  }
  return lane;
}

void Router::submit(const Batch& batch) noexcept {
  const std::uint8_t common = commonLane(batch);
  if (common != nowhere && batch.cancels.empty()) {
    lanes_[common]->submit(batch);
    return;
  }
  split(batch);
  for (std::size_t index = 0; index < lanes_.size(); ++index) {
    if (parts_[index].empty() && batch.cancels.empty()) continue;
    lanes_[index]->submit({parts_[index], batch.cancels, batch.staging});
    parts_[index].clear();
  }
}

std::int32_t Router::attemptRead(const Descriptor& descriptor) noexcept {
  if (openDescriptors_.waits(descriptor.handle)) return -error::again;
  return CachedFiles::read(descriptor);
}

void Router::split(const Batch& batch) {
  cachedFiles_.beginBatch();
  for (const Descriptor& descriptor : batch.descriptors) {
    if (descriptor.operation == Operation::skip) continue;
    const std::uint8_t lane = laneOf(descriptor);
    if (lane == nowhere) {
      answer(descriptor, -error::notImplemented);
      continue;
    }
    openDescriptors_.noteSubmission(descriptor);
    if (answerFromCache(descriptor, batch.bytesOf(descriptor))) continue;
    if (!routeWholeFile(descriptor, batch.bytesOf(descriptor))) route(descriptor, lane);
  }
}

void Router::route(const Descriptor& descriptor, std::uint8_t lane) {
  if (descriptor.operation == Operation::handleClose) noteClosing(descriptor.handle, lane);
  Descriptor& routed = parts_[lane].emplace_back(descriptor);
  // The kernel's first attempt, on this thread, waits for the server of a FUSE file in direct-I/O mode.
  if (openDescriptors_.waits(descriptor.handle)) {
    routed.flags = (routed.flags | DescriptorFlag::mayBlock) & ~std::uint32_t{DescriptorFlag::tryInline};
  }
  if (needsDeadline(routed, lane)) deadlines_.add(routed);
}

// The lane that closes a descriptor knows; the others hear of it while its number is nobody else's.
void Router::noteClosing(int descriptor, std::uint8_t closer) noexcept {
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    if (lane != closer) lanes_[lane]->noteClosed(descriptor);
  }
}

// A chain is for what is known to be a regular file of this machine, or, to write, to be absent. Anything else is done
// in steps, each of which the ring can cancel; without a ring a thread reads it, and looks for itself.
bool Router::routeWholeFile(const Descriptor& descriptor, std::span<const std::byte> path) {
  if (!isWholeFile(descriptor.operation)) return false;
  const std::uint8_t lane = laneOf(descriptor);
  if (lane == poolLane_) {
    route(descriptor, lane);
    return true;
  }
  const bool reads = descriptor.operation == Operation::fileReadWhole;
  const CachedFiles::Named named = cachedFiles_.lookUp(path);
  if (reads ? named.regular && named.size <= largestChainRead : named.regular || named.absent) {
    Descriptor sized = descriptor;
    if (reads) sized.length = static_cast<std::uint32_t>(named.size);
    route(sized, lane);
  } else {
    answer(descriptor, -error::notSupported);
  }
  return true;
}

void Router::answer(const Descriptor& descriptor, std::int32_t result, std::vector<std::byte> payload) {
  answered_.push_back({{descriptor.slot, descriptor.generation, result, CompletionFlag::terminal},
                       std::move(payload),
                       descriptor.operation == Operation::fileOpen});
}

bool Router::answerFromCache(const Descriptor& descriptor, std::span<const std::byte> bytes) {
  if (!CachedFiles::knows(descriptor.operation)) return false;
  auto cached = cachedFiles_.attempt(descriptor, bytes);
  if (!cached) return false;
  answer(descriptor, cached->result, std::move(cached->payload));
  return true;
}

void Router::noteOpened(int descriptor) {
  openDescriptors_.add(descriptor);
  for (const auto& lane : lanes_) lane->noteOpened(descriptor);
}

void Router::noteClosed(int descriptor) noexcept {
  openDescriptors_.remove(descriptor);
  for (const auto& lane : lanes_) lane->noteClosed(descriptor);
}

bool Router::isLocalFile(int descriptor) {
  cachedFiles_.beginBatch();
  return cachedFiles_.isLocalFile(descriptor);
}

bool Router::reap(CompletionWriter& out) noexcept {
  for (; !answered_.empty() && out.hasRoom(); answered_.pop_front()) {
    Answered& answered = answered_.front();
    out.writeOwned(answered.outcome, std::move(answered.payload));
  }
  bool more = !answered_.empty();
  for (const auto& lane : lanes_) {
    more = lane->reap(out) || more;
  }
  // After the completions: an operation that is done does not hear of its deadline any more.
  deadlines_.finish(out.written());
  openDescriptors_.noteCompletions(
      out.written(), [this](int descriptor) { noteOpened(descriptor); },
      [this](int file) { return cachedFiles_.mayWait(file); });
  std::vector<CancelRequest> passed;
  deadlines_.takePassed([&passed](const CancelRequest& request) { passed.push_back(request); });
  for (const CancelRequest& request : passed) {
    if (out.hasRoom()) {
      out.write({request.slot, request.generation, 0, CompletionFlag::deadline});
    } else {
      deadlines_.addPassed(request);
      more = true;
    }
  }
  if (!passed.empty()) {
    for (const auto& lane : lanes_) {
      lane->submit({{}, passed, nullptr});
    }
    // What was queued ends at once.
    more = true;
  }
  return more;
}

bool Router::close() noexcept {
  bool drained = true;
  for (auto& lane : lanes_) {
    if (lane->close()) continue;
    drained = false;
    lane.release()->leaveToKernel();
  }
  lanes_.clear();
  for (const Answered& answered : answered_) {
    if (answered.opens && answered.outcome.result >= 0) openDescriptors_.add(answered.outcome.result);
  }
  openDescriptors_.closeAll();
  return drained;
}

int Router::callAgainAfterMs() const noexcept {
  int soonest = deadlines_.dueInMs();
  for (const auto& lane : lanes_) {
    const int due = lane->callAgainAfterMs();
    if (due >= 0 && (soonest < 0 || due < soonest)) soonest = due;
  }
  return soonest;
}

int Router::registerMemory(void* address, std::size_t length) noexcept {
  for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
    const int index = lanes_[lane]->registerMemory(address, length);
    if (index != -error::notSupported) return index < 0 ? index : static_cast<int>(lane << 16) | index;
  }
  return -error::notSupported;
}

void Router::unregisterMemory(int registration) noexcept {
  lanes_[static_cast<std::size_t>(registration) >> 16]->unregisterMemory(registration & 0xffff);
}

std::vector<int> Router::readinessDescriptors() const {
  std::vector<int> descriptors;
  for (const auto& lane : lanes_) {
    if (const int descriptor = lane->readinessDescriptor(); descriptor >= 0) descriptors.push_back(descriptor);
  }
  return descriptors;
}

std::vector<std::string> Router::features() const {
  std::vector<std::string> all;
  for (const auto& lane : lanes_) {
    for (std::string& word : lane->features()) all.push_back(std::move(word));
  }
  return all;
}

LaneCounters Router::counters() const noexcept {
  LaneCounters sum;
  for (const auto& lane : lanes_) {
    const LaneCounters counters = lane->counters();
    sum.submitted += counters.submitted;
    sum.completed += counters.completed;
    sum.systemCalls += counters.systemCalls;
    sum.cancelRequests += counters.cancelRequests;
  }
  return sum;
}

}  // namespace rescind
