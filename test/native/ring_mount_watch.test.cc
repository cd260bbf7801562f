// The watch of the table of mounts, in a mount namespace of the test's own.
//
// sources: native/backend/uring/ring.cc native/backend/uring/ring_mount_watch.cc native/os/linux/local_devices.cc

#include "backend/uring/ring_mount_watch.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "os/linux/local_devices.h"
#include "pool_directory.h"
#include "pool_harness.h"

using namespace rescind;
using namespace rescind::testing;
using uring::RingMountWatch;

namespace {

TemporaryDirectory directory;

class Mounted {
 public:
  Mounted() { CHECK_SAME(::mount("none", point_.c_str(), "tmpfs", 0, "size=64k"), 0); }
  ~Mounted() { CHECK_SAME(::umount(point_.c_str()), 0); }

 private:
  std::string point_ = directory / "";
};

void watches() {
  test("a mount and its end are seen by the next call, each once", [] {
    const UniqueFd mounts(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    RingMountWatch watch;
    if (!watch.start(mounts.get())) {
      std::printf("  the kernel cannot tell without a system call: nothing to watch with\n");
      return;
    }
    for (int round = 0; round < 200; round++) {
      CHECK(!watch.changed());
      {
        const Mounted mounted;
        CHECK(watch.changed());
        CHECK(!watch.changed());
      }
      CHECK(watch.changed());
    }
    CHECK(!watch.changed());
    CHECK(watch.works());
  });
  test("changes nobody asked about are one change", [] {
    const UniqueFd mounts(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    RingMountWatch watch;
    if (!watch.start(mounts.get())) return;
    for (int round = 0; round < 50; round++) const Mounted mounted;
    CHECK(watch.changed());
    CHECK(!watch.changed());
    CHECK(watch.works());
  });
  test("what is no table of mounts is not watched", [] {
    RingMountWatch watch;
    CHECK(!watch.start(-1) || (watch.changed() && !watch.works()));
  });
}

void tables() {
  for (const bool watched : {true, false}) {
    test(watched ? "the table of devices follows, with the watch" : "and without", [watched] {
      LocalDevices local;
      if (watched) local.watchWith(std::make_unique<RingMountWatch>());
      std::uint64_t readings = local.refresh();
      CHECK_SAME(local.refresh(), readings);
      for (int round = 0; round < 20; round++) {
        {
          const Mounted mounted;
          CHECK_SAME(local.refresh(), ++readings);
          CHECK_SAME(local.refresh(), readings);
        }
        CHECK_SAME(local.refresh(), ++readings);
      }
    });
  }
}

}  // namespace

int main() {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    std::printf("mounting is not allowed here, so no change can be made\n");
    std::printf("0 passed, 0 failed, 1 skipped\n");
    return 0;
  }
  watches();
  tables();
  return sumUp();
}
