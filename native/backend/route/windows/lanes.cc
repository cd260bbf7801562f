#include "backend/route/lanes.h"

#include <utility>

#include "backend/iocp/iocp_lane.h"
#include "backend/pool/pool_lane.h"

namespace rescind {

namespace {

// What is left of a whole file's chain, and waiting for a descriptor to be readable, are of use with io_uring only: the
// first is done in steps elsewhere, nobody asks for the second. inotify is Linux's.
constexpr bool ofLinux(Operation operation) noexcept {
  return operation == Operation::fileWriteWhole || operation == Operation::readable || operation == Operation::watchAdd;
}

// An operation with no lane here is a mistake in ops.def, found before anything runs.
#define OP(name, code, uring, epoll, iocp, ioring, pool) \
  static_assert((iocp) || (ioring) || (pool) || ofLinux(Operation::name), #name ": nowhere to run on Windows");
#include "wire/ops.def"
#undef OP

}  // namespace

bool belongsElsewhere(Operation operation) noexcept { return ofLinux(operation); }

Lanes openLanes(const LaneSettings& settings, Waker& waker) {
  Lanes lanes;
  lanes.opened.push_back({nullptr, {"uring", false, "Linux only"}});
  IocpResult port = makeIocpLane(waker);
  const bool hasPort = port.lane != nullptr;
  const std::string words = hasPort ? "transfers of files, sockets and pipes" : port.reason;
  lanes.opened.push_back({std::move(port.lane), {"iocp", hasPort, words}});
  lanes.opened.push_back({makePoolLane(settings.poolThreads, waker), {"pool", true, "paths, opening and names"}});
  return lanes;
}

}  // namespace rescind
