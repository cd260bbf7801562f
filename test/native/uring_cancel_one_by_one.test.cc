// What a cancel by descriptor did not end, or could not be asked to: asked for by operation.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include "closing_sockets.h"
#include "uring_interpose.h"

using namespace rescind;
using namespace rescind::testing;

int main() {
  needDescriptorCancels();
  test("what the entry did not find is asked for one by one, soon", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    OpenedPair pair(*lane);
    OpenedPair another(*lane);
    // The number is another socket's now; the kernel still holds the first.
    const auto slots = start(driver, receive(pair.ends[0]));
    const int kept = ::dup(pair.ends[0]);
    CHECK_SAME(::dup2(another.ends[0], pair.ends[0]), pair.ends[0]);
    CHECK_SAME(entriesToCancel(*lane, driver, slots), 1);
    driver.reapOnce();
    CHECK_SAME(driver.pending(), several);
    // Not only with the sweep, which comes much later.
    CHECK(lane->callAgainAfterMs() < 50);
    allCancelled(driver, slots);
    CHECK_SAME(::send(pair.ends[1], "x", 1, 0), 1);
    CHECK_SAME(::recv(kept, memory, sizeof memory, MSG_DONTWAIT), 1);
    ::close(kept);
    CHECK(lane->close());
  });
  test("on a ring of two entries, where the completions find no room either", [] {
    const auto lane = openLane(2, 4);
    LaneDriver driver(*lane, 2);
    for (int round = 0; round < 50; round++) {
      OpenedPair pair(*lane);
      Request request = receive(pair.ends[0]);
      if (round % 2 == 0) request.timeoutMs = 60'000;
      const auto slots = start(driver, request);
      CHECK_SAME(entriesToCancel(*lane, driver, slots), 1);
      allCancelled(driver, slots);
    }
    CHECK_SAME(lane->counters().submitted, lane->counters().completed);
    CHECK(lane->close());
  });
  test("while the kernel takes nothing, what is queued is taken back, and the rest is asked for when it does", [] {
    const auto lane = openLane(4, 16);
    LaneDriver driver(*lane);
    OpenedPair pair(*lane);
    takeNoEntries = true;
    const auto slots = start(driver, receive(pair.ends[0]));
    driver.cancelWhole(slots);
    driver.flush();
    driver.reapOnce();
    CHECK_SAME(driver.pending(), 4);
    takeNoEntries = false;
    allCancelled(driver, slots);
    CHECK(lane->close());
  });
  test("a kernel that does not know such an entry is asked once, and by operation from then on", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    OpenedPair pair(*lane);
    refuseDescriptorCancels = true;
    const auto first = start(driver, receive(pair.ends[0]));
    CHECK_SAME(entriesToCancel(*lane, driver, first), 1);
    allCancelled(driver, first);
    const auto second = start(driver, receive(pair.ends[0]));
    CHECK_SAME(entriesToCancel(*lane, driver, second), several);
    allCancelled(driver, second);
    refuseDescriptorCancels = false;
    CHECK(!has(*lane, "cancel-by-descriptor"));
    CHECK(lane->close());
  });
  return sumUp();
}
