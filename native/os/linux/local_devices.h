// Which file systems answer from this machine alone. A call on any other (NFS, FUSE) may hang for as long as
// its server does, and is never made on the JS thread.
#pragma once

#include <sys/types.h>

#include <unordered_set>

#include "os/linux/unique_fd.h"

namespace rescind {

class LocalDevices {
 public:
  // Whether files with this device number (stx_dev) are on a local file system.
  [[nodiscard]] bool contains(dev_t device);

 private:
  [[nodiscard]] bool mountsChanged() noexcept;
  void read();

  // Open for life: the kernel tells through it that the table of mounts has changed.
  UniqueFd mounts_;
  std::unordered_set<dev_t> devices_;
};

}  // namespace rescind
