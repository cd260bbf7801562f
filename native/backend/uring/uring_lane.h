// The io_uring lane.
#pragma once

#include <memory>
#include <string>

#include "backend/backend.h"
#include "os/mount_watch.h"

namespace rescind {

struct UringSettings {
  std::uint32_t entries;
  std::uint32_t completionEntries;
};

struct UringResult {
  std::unique_ptr<Lane> lane;  // null when io_uring cannot be used
  std::string reason;          // why not
};

[[nodiscard]] UringResult makeUringLane(const UringSettings& settings);

// A watch of the table of mounts over a ring of its own.
[[nodiscard]] std::unique_ptr<MountWatch> makeRingMountWatch();

}  // namespace rescind
