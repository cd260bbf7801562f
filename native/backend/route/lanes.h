// The lanes of this system, and what is said of those that cannot be used.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "os/mount_watch.h"

namespace rescind {

struct LaneStatus {
  std::string name;
  bool used;
  std::string reason;  // why it is not used, or what it runs
};

struct LaneSettings {
  std::uint32_t entries;
  std::uint32_t completionEntries;
  std::uint32_t poolThreads;
  bool allowUring;
};

struct OpenedLane {
  std::unique_ptr<Lane> lane;  // null when it cannot be used
  LaneStatus status;
};

struct Lanes {
  // An operation goes to the first that runs it. The last is the pool of blocking calls.
  std::vector<OpenedLane> opened;
  // Something better than a system call per batch to learn that mounts have changed; may be null.
  std::unique_ptr<MountWatch> mountWatch;
};

// `waker` must live until the lanes are closed.
[[nodiscard]] Lanes openLanes(const LaneSettings& settings, Waker& waker);

// Whether the operation is named for another system's sake: nothing asks for it here.
[[nodiscard]] bool belongsElsewhere(Operation operation) noexcept;

}  // namespace rescind
