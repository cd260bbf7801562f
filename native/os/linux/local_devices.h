// Which file systems answer from this machine alone. A call on any other (NFS, FUSE) may hang for as long as
// its server does, and is never made on the JS thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <unordered_set>

#include "os/linux/unique_fd.h"
#include "os/mount_watch.h"

namespace rescind {

class LocalDevices {
 public:
  // Asks this for changes instead of the system, once it watches.
  void watchWith(std::unique_ptr<MountWatch> watch) { watch_ = std::move(watch); }
  // Brings the table up to date where mounts have changed. Returns how often it has been read: another number means
  // that what was known of paths is not known any more.
  std::uint64_t refresh();
  // Whether files with this device number (stx_dev) are on a local file system, as of the last refresh().
  [[nodiscard]] bool contains(dev_t device) const { return devices_.contains(device); }

 private:
  [[nodiscard]] bool mountsChanged() noexcept;
  void read();

  // Open for life: the kernel tells through it that the table of mounts has changed.
  UniqueFd mounts_;
  std::unique_ptr<MountWatch> watch_;
  std::unordered_set<dev_t> devices_;
  std::uint64_t readings_ = 0;
};

}  // namespace rescind
