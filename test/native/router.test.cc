// The router over its lanes: where operations go, deadlines the lanes do not keep, what nobody runs.
//
// sources: native/backend/route/*.cc native/backend/route/linux/*.cc native/backend/uring/*.cc
// sources: native/backend/pool/*.cc native/os/*.cc native/os/linux/*.cc

#include "backend/route/router.h"

#include "pool_directory.h"
#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using RouterDriver = Driver<Router>;
using std::chrono::milliseconds;

constexpr LaneSettings both{.entries = 64, .completionEntries = 256, .poolThreads = 4, .allowUring = true};
constexpr LaneSettings threadsOnly{.entries = 64, .completionEntries = 256, .poolThreads = 4, .allowUring = false};

struct Pipe {
  Pipe() { CHECK_SAME(::pipe2(ends, O_CLOEXEC), 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int ends[2];
};

void lanes() {
  test("says which lanes are used and why one is not", [] {
    CountingWaker waker;
    Router off(threadsOnly, waker);
    CHECK_SAME(off.statuses().size(), 2);
    CHECK(off.statuses()[0].name == "uring" && !off.statuses()[0].used && !off.statuses()[0].reason.empty());
    CHECK(off.statuses()[1].name == "pool" && off.statuses()[1].used);
    CHECK(off.readinessDescriptors().empty());
    char memory[4096];
    CHECK_SAME(off.registerMemory(memory, sizeof memory), -ENOTSUP);
    Router on(both, waker);
    CHECK(on.statuses()[0].used);
    CHECK_SAME(on.readinessDescriptors().size(), 1);
    CHECK(on.close());
    CHECK(off.close());
  });
  test("sockets without a lane are refused with a completion each, also in a batch with others", [] {
    CountingWaker waker;
    Router router(threadsOnly, waker);
    RouterDriver driver(router);
    std::vector<std::uint32_t> refused;
    std::vector<std::uint32_t> run;
    for (int count = 0; count < 20; count++) {
      refused.push_back(driver.stage({.operation = Operation::socketReceive}));
      run.push_back(driver.stage({.operation = Operation::pathAccess, .bytes = "/"}));
    }
    driver.flush();
    CHECK(driver.drain());
    for (const std::uint32_t slot : refused) CHECK_SAME(driver.take(slot).result, -ENOSYS);
    for (const std::uint32_t slot : run) CHECK_SAME(driver.take(slot).result, 0);
    CHECK(router.close());
  });
  test("a batch for several lanes completes whole, with skipped descriptors in it", [] {
    CountingWaker waker;
    Router router(both, waker);
    TemporaryDirectory directory;
    RouterDriver driver(router, 7);
    std::vector<std::uint32_t> slots;
    for (int count = 0; count < 300; count++) {
      switch (count % 4) {
        case 0:
          slots.push_back(driver.stage({}));
          break;
        case 1:
          slots.push_back(driver.stage({.operation = Operation::pathAccess, .bytes = "/"}));
          break;
        case 2:
          slots.push_back(driver.stage({.operation = Operation::pathStatus, .bytes = "/", .argument0 = 1}));
          break;
        default:
          slots.push_back(driver.stage({.operation = Operation::timer, .offset = 1}));
      }
    }
    driver.flush();
    CHECK(driver.drain());
    for (const std::uint32_t slot : slots) CHECK_SAME(driver.take(slot).result, 0);
    CHECK_SAME(router.counters().submitted, router.counters().completed);
    CHECK(router.close());
  });
  test("a descriptor withdrawn before the flush is nothing", [] {
    CountingWaker waker;
    Router router(both, waker);
    Descriptor skip{};
    const Descriptor batch[2] = {skip, skip};
    router.submit({batch, {}, nullptr});
    std::vector<Completion> block(4);
    HeldPayloads held;
    CompletionWriter out(block, {}, held);
    CHECK(!router.reap(out));
    CHECK_SAME(out.count(), 0);
    CHECK(router.close());
  });
}

void deadlines() {
  test("a deadline in the pool is told, cancels what is queued, and leaves what hangs to the caller", [] {
    CountingWaker waker;
    LaneSettings one = threadsOnly;
    one.poolThreads = 1;
    Router router(one, waker);
    RouterDriver driver(router);
    Pipe pipe;
    char byte = 0;
    const std::uint32_t hung = driver.start({.operation = Operation::fileRead,
                                             .handle = pipe.ends[0],
                                             .length = 1,
                                             .memory = &byte,
                                             .offset = -1,
                                             .timeoutMs = 400});
    std::this_thread::sleep_for(milliseconds(20));
    const std::uint32_t queued = driver.start({.operation = Operation::pathAccess, .bytes = "/", .timeoutMs = 20});
    CHECK(router.callAgainAfterMs() > 0);
    CHECK(router.callAgainAfterMs() <= 20);
    const Seen seen = driver.take(queued);
    CHECK_SAME(seen.result, -ECANCELED);
    CHECK(seen.has(CompletionFlag::cancelled));
    CHECK(driver.until([&] { return !driver.progressOf(hung).empty(); }));
    CHECK(driver.progressOf(hung).front().has(CompletionFlag::deadline));
    CHECK(!driver.ended(hung));
    CHECK_SAME(driver.progressOf(hung).size(), 1);
    CHECK_SAME(::write(pipe.ends[1], "x", 1), 1);
    CHECK_SAME(driver.take(hung).result, 1);
    CHECK(driver.until([&] { return router.callAgainAfterMs() == -1; }));
    CHECK(router.close());
  });
  test("deadlines pass in order although the block has room for one at a time", [] {
    CountingWaker waker;
    LaneSettings many = threadsOnly;
    many.poolThreads = 64;
    Router router(many, waker);
    RouterDriver driver(router, 1);
    std::vector<std::unique_ptr<Pipe>> pipes;
    std::vector<std::uint32_t> slots;
    char bytes[40];
    for (int count = 0; count < 40; count++) {
      pipes.push_back(std::make_unique<Pipe>());
      slots.push_back(driver.stage({.operation = Operation::fileRead,
                                    .handle = pipes.back()->ends[0],
                                    .length = 1,
                                    .memory = &bytes[count],
                                    .offset = -1,
                                    .timeoutMs = 5}));
    }
    driver.flush();
    // On a busy machine some of them are still queued then, and end by their cancel.
    CHECK(driver.until([&] {
      for (const std::uint32_t slot : slots) {
        if (driver.progressOf(slot).empty() && !driver.ended(slot)) return false;
      }
      return true;
    }));
    for (const std::uint32_t slot : slots) CHECK(driver.progressOf(slot).size() <= 1);
    for (const auto& pipe : pipes) CHECK_SAME(::write(pipe->ends[1], "x", 1), 1);
    for (const std::uint32_t slot : slots) {
      const Seen seen = driver.take(slot);
      CHECK_SAME(seen.result, seen.has(CompletionFlag::cancelled) ? -ECANCELED : 1);
    }
    CHECK(router.close());
  });
  test("an operation that is done does not hear of its deadline, nor does the next in its slot", [] {
    CountingWaker waker;
    Router router(threadsOnly, waker);
    RouterDriver driver(router);
    for (int round = 0; round < 300; round++) {
      const std::uint32_t slot = driver.start(
          {.operation = Operation::pathAccess, .bytes = "/", .timeoutMs = round % 3 == 0 ? 60'000.0 : 2'000.0});
      CHECK_SAME(driver.take(slot).result, 0);
      CHECK(driver.progressOf(slot).empty());
    }
    std::this_thread::sleep_for(milliseconds(2'020));
    const std::uint32_t next = driver.start({.operation = Operation::timer, .offset = 30, .timeoutMs = 60'000});
    CHECK_SAME(driver.take(next).result, 0);
    CHECK(driver.progressOf(next).empty());
    CHECK(router.close());
  });
}

}  // namespace

int main() {
  static_cast<void>(openLane());
  lanes();
  deadlines();
  return sumUp();
}
