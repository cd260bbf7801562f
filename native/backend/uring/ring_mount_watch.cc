#include "backend/uring/ring_mount_watch.h"

#include <poll.h>

namespace rescind::uring {

bool RingMountWatch::start(int mounts) noexcept {
  mounts_ = mounts;
  if (ring_.open(1, 16) < 0) return false;
  // Without the flag the kernel does not say in shared memory that it has something for this thread.
  works_ = (ring_.flags() & IORING_SETUP_TASKRUN_FLAG) != 0 && arm();
  return works_;
}

bool RingMountWatch::arm() noexcept {
  io_uring_sqe& entry = ring_.prepare();
  entry.opcode = IORING_OP_POLL_ADD;
  entry.fd = mounts_;
  entry.len = IORING_POLL_ADD_MULTI;
  entry.poll32_events = POLLPRI;
  return ring_.enter() == 1;
}

bool RingMountWatch::changed() noexcept {
  bool any = false;
  while (works_ && (ring_.kernelHoldsMore() || ring_.peek() != nullptr)) {
    ring_.enter();
    bool armed = true;
    while (const io_uring_cqe* completion = ring_.peek()) {
      any = true;
      armed = (completion->flags & IORING_CQE_F_MORE) != 0;
      works_ = works_ && completion->res >= 0;
      ring_.consume();
    }
    // More changes than the completion queue has room for end the poll.
    if (!armed && works_) works_ = arm();
  }
  return any;
}

}  // namespace rescind::uring
