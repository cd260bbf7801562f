// Cancelling in the pool lane: what waits, what runs, and races between the two.
//
// sources: native/backend/pool/*.cc native/os/*.cc native/os/linux/*.cc

#include <random>

#include "pool_directory.h"
#include "pool_harness.h"
#include "pool_waiting.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

void cancelling() {
  test("a queued operation that is cancelled never runs", [] {
    Pump pump(1);
    TemporaryDirectory directory;
    const std::string fifo = directory.fifo("f");
    const std::uint32_t hung = pump.start(openOf(fifo));
    const std::uint32_t first = pump.start({.operation = Operation::pathMakeDirectory, .bytes = directory / "a"});
    const std::uint32_t second = pump.start({.operation = Operation::pathMakeDirectory, .bytes = directory / "b"});
    pump.cancel(first);
    pump.flush();
    const Answer answer = pump.wait(first);
    CHECK(answer.cancelled() && answer.result == -ECANCELED);
    releaseFifo(fifo);
    const int file = pump.wait(hung).result;
    CHECK(file >= 0);
    ::close(file);
    CHECK_SAME(pump.wait(second).result, 0);
    CHECK(!exists(directory / "a") && exists(directory / "b"));
    CHECK_SAME(pump.lane->counters().systemCalls, 2);
    CHECK_SAME(pump.lane->counters().cancelRequests, 1);
    CHECK_SAME(pump.lane->counters().submitted, 3);
    CHECK_SAME(pump.lane->counters().completed, 3);
  });
  test("an operation cancelled while it runs still says what it did", [] {
    Pump pump(2);
    TemporaryDirectory directory;
    const std::string fifo = directory.fifo("f");
    const std::uint32_t hung = pump.start(openOf(fifo));
    CHECK(hanging(1));
    pump.cancel(hung);
    pump.flush();
    CHECK(!pump.ends(hung, 30));
    pump.cancel(hung);
    pump.flush();
    releaseFifo(fifo);
    const Answer answer = pump.wait(hung);
    CHECK(answer.result >= 0 && !answer.cancelled());
    ::close(answer.result);
  });
  test("a cancel of another generation or an unknown slot changes nothing", [] {
    Pump pump(2);
    const std::uint32_t timer = pump.stage({.operation = Operation::timer, .offset = 60});
    pump.cancel(timer, Pump::generation + 1);
    pump.cancel(timer, Pump::generation - 1);
    pump.cancel(4711);
    pump.flush();
    const Answer answer = pump.wait(timer);
    CHECK(answer.result == 0 && !answer.cancelled());
    pump.cancel(timer);
    pump.flush();
    CHECK(!pump.reapOnce());
  });
  test("a cancelled hung operation gives its place to others", [] {
    Pump pump(2);
    TemporaryDirectory directory;
    std::vector<std::uint32_t> hung;
    std::vector<std::string> fifos;
    for (int round = 0; round < 8; round++) {
      fifos.push_back(directory.fifo("f" + std::to_string(round)));
      hung.push_back(pump.start(openOf(fifos.back())));
      if (round % 2 == 0) continue;
      CHECK(hanging(round + 1));
      pump.cancel(hung[static_cast<std::size_t>(round)]);
      pump.cancel(hung[static_cast<std::size_t>(round) - 1]);
      pump.flush();
    }
    CHECK_SAME(pump.run({.operation = Operation::noop}).result, 0);
    for (const std::string& fifo : fifos) releaseFifo(fifo);
    for (const std::uint32_t slot : hung) ::close(pump.wait(slot).result);
    CHECK_SAME(pump.run({.operation = Operation::noop}).result, 0);
    CHECK(poolThreadsBecome(2));
  });
  test("a close is carried out although it is cancelled", [] {
    Pump pump(1);
    const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const std::uint32_t slot = pump.stage({.operation = Operation::handleClose, .handle = file});
    pump.cancel(slot);
    pump.flush();
    CHECK(pump.wait(slot).result == 0);
    CHECK(::fcntl(file, F_GETFD) < 0);
  });
}

void cancellingCopies() {
  const auto cancelHalfWay = [](bool existing) {
    Pump pump(2);
    TemporaryDirectory directory;
    const std::string fifo = directory.fifo("from");
    const std::string to = directory / "to";
    if (existing) directory.file("to", "old");
    const std::uint32_t copy = pump.start({.operation = Operation::pathCopy, .bytes = twoPaths(fifo, to)});
    const int writer = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
    CHECK_SAME(::write(writer, "half", 4), 4);
    CHECK(soon([&] { return contentsOf(to) == "half"; }));
    pump.cancel(copy);
    pump.flush();
    CHECK_SAME(::write(writer, "more", 4), 4);
    const Answer answer = pump.wait(copy);
    CHECK_SAME(answer.result, -ECANCELED);
    CHECK_SAME(answer.cancelled(), !existing);
    CHECK(!exists(to));
    ::close(writer);
  };
  test("a copy cancelled half-way removes the file it made", [&] { cancelHalfWay(false); });
  test("a copy cancelled over an existing file does not claim that nothing happened", [&] { cancelHalfWay(true); });
}

void racing() {
  test("2,000 cancels against completions leave one answer each and no descriptor", [] {
    TemporaryDirectory directory;
    const int descriptors = countOf("/proc/self/fd");
    Pump pump(4);
    std::mt19937 random(20);
    int cancelled = 0;
    int opened = 0;
    int fired = 0;
    for (int race = 0; race < 2000;) {
      std::vector<std::uint32_t> slots;
      for (std::uint32_t count = 1 + random() % 20; count > 0; count--, race++) {
        const std::string path = directory / ("made-" + std::to_string(race));
        const std::uint32_t kind = random() % 3;
        if (kind == 0) slots.push_back(pump.stage({.operation = Operation::timer, .offset = random() % 100 / 100.0}));
        if (kind == 1) slots.push_back(pump.stage(openOf("/dev/null")));
        if (kind == 2) slots.push_back(pump.stage({.operation = Operation::pathMakeDirectory, .bytes = path}));
      }
      const bool together = random() % 4 == 0;
      if (!together) pump.flush();
      for (std::uint32_t spins = random() % 4000; spins > 0; spins--)
        std::atomic_signal_fence(std::memory_order_seq_cst);
      for (const std::uint32_t slot : slots) {
        if (random() % 4 != 0) pump.cancel(slot);
      }
      pump.flush();
      for (const std::uint32_t slot : slots) {
        const Answer answer = pump.wait(slot);
        if (answer.cancelled()) cancelled++;
        CHECK(answer.result >= 0 || answer.cancelled());
        if (answer.result > 0) {
          opened++;
          ::close(answer.result);
        } else if (answer.result == 0) {
          fired++;
        }
      }
    }
    CHECK(cancelled > 0 && opened > 0 && fired > 0);
    CHECK_SAME(pump.lane->counters().completed, pump.lane->counters().submitted);
    CHECK_SAME(countOf("/proc/self/fd"), descriptors);
  });
}

}  // namespace

int main() {
  cancelling();
  cancellingCopies();
  racing();
  return sumUp();
}
