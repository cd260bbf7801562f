// A MountWatch over a ring of its own: a poll that stays armed. The kernel marks the ring's shared memory before the
// call that changes a mount returns, so that asking takes no system call.
#pragma once

#include "backend/uring/ring.h"
#include "os/mount_watch.h"

namespace rescind::uring {

class RingMountWatch final : public MountWatch {
 public:
  ~RingMountWatch() override { ring_.close(); }
  [[nodiscard]] bool start(int mounts) noexcept override;
  [[nodiscard]] bool changed() noexcept override;
  [[nodiscard]] bool works() const noexcept override { return works_; }

 private:
  [[nodiscard]] bool arm() noexcept;

  Ring ring_;
  int mounts_ = -1;
  bool works_ = false;
};

}  // namespace rescind::uring
