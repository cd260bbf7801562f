// Cancels by descriptor: one entry for all that is pending on a closing handle, where it ends nothing else.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include "backend/uring/registered_files.h"
#include "closing_sockets.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

void stillReceives(LaneDriver& driver, std::uint32_t slot, int peer) {
  for (int count = 0; count < 50; count++) driver.reapOnce();
  CHECK(!driver.ended(slot));
  CHECK_SAME(::send(peer, "x", 1, 0), 1);
  CHECK_SAME(driver.take(slot).result, 1);
}

// One entry that ends them all: none is asked for on its own afterwards.
void endTogether(const Lane& lane, LaneDriver& driver, const std::vector<std::uint32_t>& slots,
                 std::uint32_t entries = 1) {
  const std::uint32_t before = entriesOf(lane);
  driver.cancelWhole(slots);
  driver.flush();
  allCancelled(driver, slots);
  CHECK_SAME(entriesOf(lane) - before, entries);
}

void oneEntry() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  test("all that is pending on a closing socket is ended by one entry, and no byte is lost", [&] {
    OpenedPair pair(*lane);
    const auto slots = start(driver, receive(pair.ends[0]));
    endTogether(*lane, driver, slots);
    CHECK_SAME(::send(pair.ends[1], "x", 1, 0), 1);
    CHECK_SAME(::recv(pair.ends[0], memory, sizeof memory, MSG_DONTWAIT), 1);
  });
  test("with deadlines, of which nothing is left", [&] {
    OpenedPair pair(*lane);
    Request request = receive(pair.ends[0]);
    request.timeoutMs = 60'000;
    const auto slots = start(driver, request);
    endTogether(*lane, driver, slots);
    CHECK(driver.until([&] { return lane->callAgainAfterMs() == -1; }));
  });
  test("started and closed in one batch", [&] {
    OpenedPair pair(*lane);
    std::vector<std::uint32_t> slots;
    for (std::size_t index = 0; index < several; index++) slots.push_back(driver.stage(receive(pair.ends[0])));
    driver.cancelWhole(slots);
    driver.flush();
    allCancelled(driver, slots);
  });
  test("two handles that close in one batch are one entry each", [&] {
    OpenedPair first(*lane);
    OpenedPair second(*lane);
    auto slots = start(driver, receive(first.ends[0]));
    for (const std::uint32_t slot : start(driver, receive(second.ends[0]))) slots.push_back(slot);
    endTogether(*lane, driver, slots, 2);
  });
  test("a socket whose file is registered", [&] {
    OpenedPair pair(*lane);
    Request request = receive(pair.ends[0]);
    request.flags = DescriptorFlag::ofHandle;
    for (int count = 0; count < 2 * uring::RegisteredFiles::threshold; count++) {
      CHECK_SAME(::send(pair.ends[1], "x", 1, 0), 1);
      CHECK_SAME(driver.run(request).result, 1);
    }
    CHECK_SAME(registeredIn(*lane), has(*lane, "registered-files") ? 1 : 0);
    const auto slots = start(driver, request);
    endTogether(*lane, driver, slots);
    lane->noteClosed(pair.ends[0]);
  });
  CHECK_SAME(lane->counters().submitted, lane->counters().completed);
  CHECK(lane->close());
}

void byOperation() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  test("few are asked one by one, and so are many", [&] {
    OpenedPair pair(*lane);
    for (const std::size_t count : {DescriptorCancels::fewest - 1, DescriptorCancels::most + 1}) {
      const auto slots = start(driver, receive(pair.ends[0]), count);
      CHECK_SAME(entriesToCancel(*lane, driver, slots), count);
      allCancelled(driver, slots);
    }
  });
  test("so are those in a ring with many others", [&] {
    OpenedPair pair(*lane);
    OpenedPair busy(*lane);
    const auto others = start(driver, receive(busy.ends[0]), DescriptorCancels::mostInFlight);
    const auto slots = start(driver, receive(pair.ends[0]));
    CHECK_SAME(entriesToCancel(*lane, driver, slots), several);
    allCancelled(driver, slots);
    CHECK_SAME(driver.pending(), others.size());
    driver.cancelWhole(others);
    driver.flush();
    allCancelled(driver, others);
  });
  CHECK(lane->close());
}

void nobodyElse() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  test("what nobody asked to end on the same descriptor goes on", [&] {
    OpenedPair pair(*lane);
    const std::uint32_t other = driver.start(receive(pair.ends[0]));
    const auto slots = start(driver, receive(pair.ends[0]));
    CHECK_SAME(entriesToCancel(*lane, driver, slots), several);
    allCancelled(driver, slots);
    stillReceives(driver, other, pair.ends[1]);
  });
  test("what is pending on a duplicate of the descriptor goes on", [&] {
    OpenedPair pair(*lane);
    const int duplicate = ::dup(pair.ends[0]);
    const std::uint32_t other = driver.start(receive(duplicate));
    const auto slots = start(driver, receive(pair.ends[0]));
    driver.cancelWhole(slots);
    driver.flush();
    allCancelled(driver, slots);
    stillReceives(driver, other, pair.ends[1]);
    // And where the duplicate closes, the descriptor itself.
    const std::uint32_t first = driver.start(receive(pair.ends[0]));
    const auto ofDuplicate = start(driver, receive(duplicate));
    driver.cancelWhole(ofDuplicate);
    driver.flush();
    allCancelled(driver, ofDuplicate);
    stillReceives(driver, first, pair.ends[1]);
    ::close(duplicate);
  });
  test("a duplicate nothing is pending on any more does not matter", [&] {
    OpenedPair pair(*lane);
    const int duplicate = ::dup(pair.ends[0]);
    const std::uint32_t other = driver.start(receive(duplicate));
    driver.cancel(other);
    driver.flush();
    CHECK_SAME(driver.take(other).result, -ECANCELED);
    endTogether(*lane, driver, start(driver, receive(pair.ends[0])));
    ::close(duplicate);
  });
  test("a descriptor that came from elsewhere is asked one by one", [&] {
    OpenedPair pair(*lane);
    lane->noteClosed(pair.ends[0]);
    const auto slots = start(driver, receive(pair.ends[0]));
    CHECK_SAME(entriesToCancel(*lane, driver, slots), several);
    allCancelled(driver, slots);
  });
  test("what is started behind the entry goes on", [&] {
    OpenedPair pair(*lane);
    const auto slots = start(driver, receive(pair.ends[0]));
    driver.cancelWhole(slots);
    driver.flush();
    const std::uint32_t other = driver.start(receive(pair.ends[0]));
    allCancelled(driver, slots);
    stillReceives(driver, other, pair.ends[1]);
  });
  CHECK_SAME(lane->counters().submitted, lane->counters().completed);
  CHECK(lane->close());
}

}  // namespace

int main() {
  needDescriptorCancels();
  oneEntry();
  byOperation();
  nobodyElse();
  return sumUp();
}
