// Cancels, deadlines, and their races against completions: one terminal completion each, and no byte lost.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include <sys/socket.h>

#include <random>

#include "pool_directory.h"
#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using LaneDriver = Driver<Lane>;
using Clock = std::chrono::steady_clock;

struct Pair {
  explicit Pair(int type = SOCK_STREAM) { CHECK_SAME(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), 0); }
  ~Pair() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int ends[2];
};

struct Pipe {
  Pipe() { CHECK_SAME(::pipe2(ends, O_CLOEXEC), 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int ends[2];
};

bool wasCancelled(const Seen& seen) {
  if (!seen.has(CompletionFlag::cancelled)) return false;
  CHECK_SAME(seen.result, -ECANCELED);
  return true;
}

void cancels() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  char buffer[64];
  test("a cancelled read of a pipe says so, and the bytes that come later stay in the pipe", [&] {
    Pipe pipe;
    const std::uint32_t slot = driver.start(
        {.operation = Operation::fileRead, .handle = pipe.ends[0], .length = 8, .memory = buffer, .offset = -1});
    driver.cancel(slot);
    driver.flush();
    const Seen seen = driver.take(slot);
    CHECK(wasCancelled(seen));
    CHECK(!seen.has(CompletionFlag::deadline));
    CHECK_SAME(::write(pipe.ends[1], "abc", 3), 3);
    CHECK_SAME(::read(pipe.ends[0], buffer, 8), 3);
  });
  test("submitted and cancelled in one batch it completes once", [&] {
    Pipe pipe;
    const std::uint32_t slot = driver.stage(
        {.operation = Operation::fileRead, .handle = pipe.ends[0], .length = 8, .memory = buffer, .offset = -1});
    driver.cancel(slot);
    driver.cancel(slot);
    driver.flush();
    CHECK(wasCancelled(driver.take(slot)));
  });
  test("cancels of finished operations, of other generations and of slots never used are ignored", [&] {
    const std::uint32_t slot = driver.start({});
    const std::uint32_t generation = driver.generation(slot);
    CHECK_SAME(driver.take(slot).result, 0);
    driver.cancelOther(slot, generation);
    driver.cancelOther(slot, generation + 1);
    driver.cancelOther(999'999, 1);
    driver.flush();
    for (int count = 0; count < 10; count++) driver.reapOnce();
    Pipe pipe;
    const std::uint32_t pending = driver.start(
        {.operation = Operation::fileRead, .handle = pipe.ends[0], .length = 1, .memory = buffer, .offset = -1});
    driver.cancelOther(pending, driver.generation(pending) - 1);
    driver.cancelOther(pending, driver.generation(pending) + 1);
    driver.flush();
    for (int count = 0; count < 50; count++) driver.reapOnce();
    CHECK(!driver.ended(pending));
    CHECK_SAME(::write(pipe.ends[1], "x", 1), 1);
    CHECK_SAME(driver.take(pending).result, 1);
  });
  test("a receive of everything that was cancelled half-way gives what came", [&] {
    Pair pair;
    const std::uint32_t slot = driver.start({.operation = Operation::socketReceive,
                                             .handle = pair.ends[0],
                                             .length = 10,
                                             .memory = buffer,
                                             .argument0 = MSG_WAITALL});
    CHECK_SAME(::send(pair.ends[1], "half", 4, 0), 4);
    for (int count = 0; count < 20; count++) driver.reapOnce();
    driver.cancel(slot);
    driver.flush();
    const Seen seen = driver.take(slot);
    CHECK_SAME(seen.result, 4);
    CHECK(!seen.has(CompletionFlag::cancelled));
  });
  test("an open of a FIFO in a worker of the kernel is cancelled", [&] {
    TemporaryDirectory directory;
    const std::string fifo = directory / "fifo";
    CHECK_SAME(::mkfifo(fifo.c_str(), 0600), 0);
    const std::uint32_t slot =
        driver.start({.operation = Operation::fileOpen, .bytes = fifo, .flags = DescriptorFlag::mayBlock});
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    driver.cancel(slot);
    driver.flush();
    CHECK(wasCancelled(driver.take(slot)));
  });
  test("10,000 pending operations are cancelled by one batch", [&] {
    Pipe pipe;
    std::vector<std::uint32_t> slots;
    for (int count = 0; count < 10'000; count++)
      slots.push_back(driver.stage({.operation = Operation::readable, .handle = pipe.ends[0]}));
    driver.flush();
    for (const std::uint32_t slot : slots) driver.cancel(slot);
    driver.flush();
    CHECK(driver.drain());
    for (const std::uint32_t slot : slots) CHECK(wasCancelled(driver.take(slot)));
  });
  CHECK_SAME(lane->counters().submitted, lane->counters().completed);
  CHECK(lane->close());
}

void deadlines() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  char buffer[64];
  Pipe pipe;
  const auto read = [&](double timeoutMs) {
    return Request{.operation = Operation::fileRead,
                   .handle = pipe.ends[0],
                   .length = 8,
                   .memory = buffer,
                   .offset = -1,
                   .timeoutMs = timeoutMs};
  };
  test("a read ends by its deadline, not before, and says that it was the deadline", [&] {
    const auto begin = Clock::now();
    const Seen seen = driver.run(read(30));
    CHECK(Clock::now() - begin >= std::chrono::milliseconds(29));
    CHECK(wasCancelled(seen));
    CHECK(seen.has(CompletionFlag::deadline));
  });
  test("the smallest deadline passes at once", [&] {
    CHECK(wasCancelled(driver.run(read(0.001))));
    CHECK(wasCancelled(driver.run(read(0.0000001))));
  });
  test("what finishes in time is not touched, and leaves nothing behind", [&] {
    const std::uint32_t slot = driver.start(read(60'000));
    CHECK_SAME(::write(pipe.ends[1], "ab", 2), 2);
    CHECK_SAME(driver.take(slot).result, 2);
    for (int count = 0; count < 10; count++) driver.reapOnce();
    CHECK(driver.progressOf(slot).empty());
    CHECK(driver.until([&] { return lane->callAgainAfterMs() == -1; }));
  });
  test("a cancel before the deadline is a cancel", [&] {
    const std::uint32_t slot = driver.start(read(60'000));
    driver.cancel(slot);
    driver.flush();
    const Seen seen = driver.take(slot);
    CHECK(wasCancelled(seen));
    CHECK(!seen.has(CompletionFlag::deadline));
  });
  test("a thousand deadlines at once", [&] {
    std::vector<std::uint32_t> slots;
    for (int count = 0; count < 1000; count++) slots.push_back(driver.stage(read(1 + count % 20)));
    driver.flush();
    CHECK(driver.drain());
    for (const std::uint32_t slot : slots) CHECK(wasCancelled(driver.take(slot)));
  });
  test("a deadline races against the data: no byte is lost", [&] {
    std::mt19937 random(7);
    for (int round = 0; round < 500; round++) {
      buffer[0] = 0;
      const std::uint32_t slot = driver.start(read(0.05 + (random() % 100) / 1000.0));
      if (random() % 2 == 0) std::this_thread::sleep_for(std::chrono::microseconds(random() % 120));
      const char sent = static_cast<char>(round % 100 + 1);
      CHECK_SAME(::write(pipe.ends[1], &sent, 1), 1);
      const Seen seen = driver.take(slot);
      if (wasCancelled(seen)) {
        CHECK_SAME(::read(pipe.ends[0], buffer, 1), 1);
      } else {
        CHECK_SAME(seen.result, 1);
      }
      CHECK_SAME(buffer[0], sent);
    }
  });
  CHECK(lane->close());
}

// Numbered bytes: every byte sent is received, once and in order, whatever is cancelled in between.
void races(std::uint32_t entries, std::uint32_t completions, int rounds) {
  const auto lane = openLane(entries, completions);
  LaneDriver driver(*lane, 8);
  Pair pair;
  std::mt19937 random(entries);
  std::uint32_t sent = 0;
  std::uint32_t received = 0;
  int cancelled = 0;
  const auto take = [&](const std::uint32_t* words, int bytes) {
    CHECK_SAME(bytes % 4, 0);
    for (int index = 0; index < bytes / 4; index++) CHECK_SAME(words[index], received++);
  };
  for (int round = 0; round < rounds && good; round++) {
    std::uint32_t words[4] = {};
    const std::uint32_t slot = driver.stage(
        {.operation = Operation::socketReceive, .handle = pair.ends[0], .length = sizeof words, .memory = words});
    const int order = static_cast<int>(random() % 4);
    if (order == 0) driver.cancel(slot);
    driver.flush();
    if (order == 1) {
      driver.cancel(slot);
      driver.flush();
    }
    const std::uint32_t number = sent++;
    CHECK_SAME(::send(pair.ends[1], &number, sizeof number, 0), 4);
    if (order == 2) {
      driver.cancel(slot);
      driver.flush();
    }
    if (order == 3) {
      static_cast<void>(driver.reapOnce());
      driver.cancel(slot);
      driver.flush();
    }
    const Seen seen = driver.take(slot);
    if (wasCancelled(seen))
      cancelled++;
    else if (seen.result > 0)
      take(words, seen.result);
    else
      CHECK_SAME(seen.result, 4);
    // What is left in the socket is mostly taken without the lane: the next receive has to wait.
    if (sent != received && random() % 4 != 0) {
      std::uint32_t rest[64];
      const ssize_t bytes = ::recv(pair.ends[0], rest, sizeof rest, MSG_DONTWAIT);
      CHECK(bytes > 0);
      take(rest, static_cast<int>(bytes));
    }
  }
  std::uint32_t rest[64];
  const ssize_t bytes = ::recv(pair.ends[0], rest, sizeof rest, MSG_DONTWAIT);
  if (bytes > 0) take(rest, static_cast<int>(bytes));
  CHECK_SAME(received, sent);
  CHECK(cancelled > rounds / 20);
  CHECK(cancelled < rounds);
  CHECK_SAME(lane->counters().submitted, lane->counters().completed);
  CHECK(lane->close());
}

}  // namespace

int main() {
  cancels();
  deadlines();
  test("20,000 receives race against their cancels", [] { races(256, 1024, 20'000); });
  test("the same on a ring of two entries and four completions", [] { races(2, 4, 20'000); });
  return sumUp();
}
