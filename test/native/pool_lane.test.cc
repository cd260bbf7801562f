// The pool lane as a lane: timers, delivery, fairness, threads, closing.
//
// sources: native/backend/pool/*.cc native/os/*.cc native/os/linux/*.cc

#include <signal.h>

#include "backend/pool/pool.h"
#include "pool_directory.h"
#include "pool_harness.h"
#include "pool_interpose.h"
#include "pool_waiting.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

void timing() {
  test("timers hold no thread and fire in their order", [] {
    Pump pump(1);
    std::vector<std::uint32_t> slots;
    for (int index = 0; index < 200; index++) {
      slots.push_back(pump.stage({.operation = Operation::timer, .offset = 60.0 - index % 3 * 20}));
    }
    const std::uint32_t never = pump.stage({.operation = Operation::timer, .offset = 1e300});
    const auto start = Pump::Clock::now();
    pump.flush();
    const std::uint32_t between = pump.start({.operation = Operation::noop});
    CHECK_SAME(pump.wait(between).result, 0);
    CHECK_SAME(pump.wait(slots[2]).result, 0);
    CHECK(Pump::Clock::now() - start >= milliseconds(20));
    CHECK_SAME(pump.wait(slots[0]).result, 0);
    CHECK(Pump::Clock::now() - start >= milliseconds(60));
    CHECK_SAME(pump.answers.size(), 201);
    std::erase(pump.order, between);
    // 20, 40 and 60 ms, each in the order of submission.
    std::vector<std::uint32_t> expected;
    for (const std::uint32_t rest : {2U, 1U, 0U}) {
      for (std::uint32_t index = rest; index < 200; index += 3) expected.push_back(slots[index]);
    }
    CHECK(pump.order == expected);
    CHECK(pump.answers.find(never) == pump.answers.end());
    pump.cancel(never);
    pump.flush();
    CHECK(pump.wait(never).cancelled());
    CHECK_SAME(pump.run({.operation = Operation::timer, .offset = 0}).result, 0);
    CHECK_SAME(pump.run({.operation = Operation::timer, .offset = -5}).result, 0);
  });
  test("timers are cancelled at once, an earlier one among later ones", [] {
    Pump pump(1);
    std::vector<std::uint32_t> slots;
    for (int index = 0; index < 2000; index++) {
      slots.push_back(pump.stage({.operation = Operation::timer, .offset = 100'000.0 + index}));
    }
    pump.flush();
    const std::uint32_t early = pump.start({.operation = Operation::timer, .offset = 10});
    CHECK_SAME(pump.wait(early).result, 0);
    const int wakes = pump.waker.wakes();
    for (const std::uint32_t slot : slots) pump.cancel(slot);
    pump.flush();
    for (const std::uint32_t slot : slots) CHECK(pump.wait(slot).cancelled());
    CHECK_SAME(pump.waker.wakes(), wakes + 1);
  });
}

void delivering() {
  test("what does not fit the block waits for the next reap", [] {
    Pump pump(4, 8);
    for (int index = 0; index < 20; index++) pump.stage({.operation = Operation::noop});
    pump.flush();
    CHECK(soon([&] { return pump.waker.wakes() > 0; }));
    // Most are done by then, on a machine that is not busy; on any, a reap gives as many as fit.
    std::this_thread::sleep_for(milliseconds(50));
    CHECK(soon([&] {
      const std::size_t before = pump.answers.size();
      const bool more = pump.reapOnce();
      CHECK(pump.answers.size() - before <= 8);
      return pump.answers.size() == 20 && !more;
    }));
  });
}

void threading() {
  test("threads start on demand, at most as many as allowed, with signals blocked", [] {
    Pump pump(3);
    CHECK(poolThreadsBecome(0));
    for (int index = 0; index < 20; index++) CHECK_SAME(pump.run({.operation = Operation::noop}).result, 0);
    CHECK(poolThreadsBecome(1));
    TemporaryDirectory directory;
    const std::string fifo = directory.fifo("f");
    std::vector<std::uint32_t> hung;
    for (int index = 0; index < 9; index++) hung.push_back(pump.stage(openOf(fifo)));
    pump.flush();
    CHECK(hanging(3));
    CHECK(poolThreadsBecome(3));
    int blocked = 0;
    DIR* tasks = ::opendir("/proc/self/task");
    for (const dirent* task = ::readdir(tasks); task != nullptr; task = ::readdir(tasks)) {
      const std::string status = contentsOf(std::string("/proc/self/task/") + task->d_name + "/status");
      if (!status.starts_with("Name:\trescind-pool")) continue;
      const std::size_t at = status.find("SigBlk:\t");
      const auto mask = std::stoull(status.substr(at + 8, 16), nullptr, 16);
      if ((mask >> (SIGUSR1 - 1) & 1) != 0 && (mask >> (SIGINT - 1) & 1) != 0 && (mask >> (SIGSEGV - 1) & 1) == 0)
        blocked++;
    }
    ::closedir(tasks);
    CHECK_SAME(blocked, 3);
    sigset_t own;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &own);
    CHECK(::sigismember(&own, SIGINT) == 0);
    const int writer = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
    for (const std::uint32_t slot : hung) ::close(pump.wait(slot).result);
    ::close(writer);
  });
  test("threads end when nothing comes, and start again", [] {
    CountingWaker waker;
    const PoolLimits limits{.threads = 3, .threadsOfGroup = 3, .threadsWithHung = 3, .idleEndsAfter = milliseconds(20)};
    const auto pool = std::make_shared<Pool>(limits, waker);
    for (int round = 0; round < 3; round++) {
      TaskList fresh;
      for (const Operation operation : {Operation::noop, Operation::noop, Operation::timer}) {
        fresh.emplace_back(Descriptor{.operation = operation}, std::string(), std::string());
      }
      pool->submit(fresh, {});
      TaskList finished;
      CHECK(soon([&] {
        pool->takeFinished(finished);
        return finished.size() == 3;
      }));
      CHECK(poolThreadsBecome(0));
    }
    pool->stop();
    CHECK(pool->close(Clock::now()));
  });
  test("without a single thread an operation fails with the reason, with one it waits", [] {
    Pump pump(4);
    threadsFail = true;
    CHECK_SAME(pump.run({.operation = Operation::noop}).result, -EAGAIN);
    CHECK_SAME(pump.run({.operation = Operation::timer, .offset = 1}).result, -EAGAIN);
    threadsFail = false;
    CHECK_SAME(pump.run({.operation = Operation::noop}).result, 0);
    TemporaryDirectory directory;
    const std::string fifo = directory.fifo("f");
    const std::uint32_t hung = pump.start(openOf(fifo));
    CHECK(hanging(1));
    threadsFail = true;
    const std::uint32_t waiting = pump.start({.operation = Operation::noop});
    CHECK(!pump.ends(waiting, 30));
    threadsFail = false;
    CHECK_SAME(pump.run({.operation = Operation::noop}).result, 0);
    CHECK_SAME(pump.wait(waiting).result, 0);
    releaseFifo(fifo);
    ::close(pump.wait(hung).result);
  });
}

void closing() {
  test("close cancels what waits, ends the threads and says that nothing is left", [] {
    Pump pump(2);
    const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const std::uint32_t timer = pump.stage({.operation = Operation::timer, .offset = 1e6});
    pump.stage({.operation = Operation::handleClose, .handle = file});
    for (int index = 0; index < 30; index++) pump.stage({.operation = Operation::noop});
    pump.flush();
    CHECK(pump.lane->close());
    CHECK(poolThreadsBecome(0));
    CHECK(::fcntl(file, F_GETFD) < 0);
    while (pump.reapOnce()) {
    }
    CHECK_SAME(pump.answers.size(), 32);
    CHECK(pump.answers[timer].cancelled());
    CHECK(pump.lane->close());
  });
  test("a lane closes although a thread hangs, and the thread cleans up when it comes back", [] {
    TemporaryDirectory directory;
    const std::string fifo = directory.fifo("f");
    const int descriptors = countOf("/proc/self/fd");
    auto pump = std::make_unique<Pump>(2);
    for (int index = 0; index < 2; index++) pump->stage(openOf(fifo));
    const std::uint32_t queued = pump->stage({.operation = Operation::noop});
    pump->flush();
    CHECK(hanging(2));
    const auto start = Pump::Clock::now();
    CHECK(!pump->lane->close());
    CHECK(Pump::Clock::now() - start < milliseconds(5000));
    while (pump->reapOnce()) {
    }
    CHECK(pump->answers[queued].cancelled());
    const int wakes = pump->waker.wakes();
    pump->cancel(0);
    const std::uint32_t late = pump->start({.operation = Operation::noop});
    while (pump->reapOnce()) {
    }
    CHECK(pump->answers[late].cancelled());
    CHECK_SAME(pump->waker.wakes(), wakes);
    pump.reset();
    const int writer = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
    CHECK(poolThreadsBecome(0));
    ::close(writer);
    CHECK_SAME(countOf("/proc/self/fd"), descriptors);
  });
  test("what was opened and never taken is closed with the lane", [] {
    const int descriptors = countOf("/proc/self/fd");
    {
      Pump pump(2);
      pump.stage(openOf("/dev/null"));
      pump.stage({.operation = Operation::socketOpen, .argument0 = 4, .argument1 = 1});
      pump.flush();
      CHECK(soon([&] { return countOf("/proc/self/fd") == descriptors + 2; }));
    }
    CHECK_SAME(countOf("/proc/self/fd"), descriptors);
  });
}

}  // namespace

int main() {
  timing();
  delivering();
  threading();
  closing();
  return sumUp();
}
