#include "os/linux/local_devices.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <string_view>

namespace rescind {

namespace {

constexpr std::array<std::string_view, 16> localTypes = {"ext2",  "ext3",    "ext4",     "xfs",     "btrfs", "f2fs",
                                                         "tmpfs", "ramfs",   "overlay",  "zfs",     "vfat",  "exfat",
                                                         "erofs", "iso9660", "squashfs", "bcachefs"};

std::string contentOf(int descriptor) {
  std::string content;
  std::array<char, 16384> part;
  ::lseek(descriptor, 0, SEEK_SET);
  for (ssize_t length = 0; (length = ::read(descriptor, part.data(), part.size())) > 0;) {
    content.append(part.data(), static_cast<std::size_t>(length));
  }
  return content;
}

}  // namespace

std::uint64_t LocalDevices::refresh() {
  if (!mounts_ || mountsChanged()) read();
  return readings_;
}

// proc(5): the descriptor is readable with an exceptional condition after a change, once.
bool LocalDevices::mountsChanged() noexcept {
  if (watch_) {
    const bool changed = watch_->changed();
    if (!watch_->works()) watch_.reset();
    return changed;
  }
  pollfd descriptor{mounts_.get(), POLLPRI, 0};
  return ::poll(&descriptor, 1, 0) != 0;
}

// A line of mountinfo: id parent major:minor root point options [tags…] - type source options.
void LocalDevices::read() {
  if (!mounts_) {
    mounts_ = UniqueFd(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    // Before the table is read: what changes from here on is told.
    if (watch_ && !watch_->start(mounts_.get())) watch_.reset();
  }
  devices_.clear();
  ++readings_;
  std::istringstream lines(contentOf(mounts_.get()));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id;
    std::string parent;
    unsigned int major = 0;
    unsigned int minor = 0;
    char colon = 0;
    words >> id >> parent >> major >> colon >> minor;
    const std::size_t separator = line.find(" - ");
    if (!words || separator == std::string::npos) continue;
    const std::string_view rest = std::string_view(line).substr(separator + 3);
    const std::string_view type = rest.substr(0, rest.find(' '));
    if (std::find(localTypes.begin(), localTypes.end(), type) != localTypes.end()) {
      devices_.insert(makedev(major, minor));
    }
  }
}

}  // namespace rescind
