#include "backend/route/lanes.h"

#include <utility>

#include "backend/pool/pool_lane.h"
#include "backend/uring/uring_lane.h"

namespace rescind {

namespace {

constexpr bool ofWindows(Operation operation) noexcept {
  return operation == Operation::directoryWatchOpen || operation == Operation::directoryWatchRead ||
         operation == Operation::pipeConnect || operation == Operation::pipeListen ||
         operation == Operation::socketSendFile;
}

// An operation with no lane here is a mistake in ops.def, found before anything runs.
#define OP(name, code, uring, epoll, iocp, ioring, pool) \
  static_assert((uring) || (epoll) || (pool) || ofWindows(Operation::name), #name ": nowhere to run on Linux");
#include "wire/ops.def"
#undef OP

}  // namespace

bool belongsElsewhere(Operation operation) noexcept { return ofWindows(operation); }

Lanes openLanes(const LaneSettings& settings, Waker& waker) {
  Lanes lanes;
  bool hasRing = false;
  if (settings.allowUring) {
    UringResult ring = makeUringLane({settings.entries, settings.completionEntries});
    hasRing = ring.lane != nullptr;
    const std::string words = hasRing ? "files, sockets, paths and timers" : ring.reason;
    lanes.opened.push_back({std::move(ring.lane), {"uring", hasRing, words}});
  } else {
    lanes.opened.push_back({nullptr, {"uring", false, "switched off by configure()"}});
  }
  if (hasRing) lanes.mountWatch = makeRingMountWatch();
  const char* words = hasRing ? "what io_uring has no entry for" : "files, paths and names; no sockets";
  lanes.opened.push_back({makePoolLane(settings.poolThreads, waker), {"pool", true, words}});
  return lanes;
}

}  // namespace rescind
