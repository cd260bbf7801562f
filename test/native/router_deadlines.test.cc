// The order in which deadlines pass and cancels are repeated, and what is forgotten in between.
//
// sources: native/os/socket_address.cc native/os/linux/unix_address.cc

#include <random>
#include <set>
#include <thread>

#include "backend/cancel_repeats.h"
#include "backend/route/deadlines.h"
#include "pool_harness.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using std::chrono::milliseconds;

Descriptor limited(std::uint32_t slot, std::uint32_t generation, double timeoutMs) {
  Descriptor descriptor{};
  descriptor.slot = slot;
  descriptor.generation = generation;
  descriptor.timeoutMs = timeoutMs;
  return descriptor;
}

Completion ended(std::uint32_t slot, std::uint32_t generation, std::uint32_t flags = CompletionFlag::terminal) {
  Completion completion{};
  completion.slot = slot;
  completion.generation = generation;
  completion.flags = flags;
  return completion;
}

std::vector<std::uint32_t> passed(Deadlines& deadlines) {
  std::vector<std::uint32_t> slots;
  deadlines.takePassed([&slots](const CancelRequest& request) { slots.push_back(request.slot); });
  return slots;
}

void finish(Deadlines& deadlines, const Completion& completion) { deadlines.finish({&completion, 1}); }

double since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

void deadlines() {
  test("deadlines pass the earliest first, none before its time", [] {
    Deadlines heap;
    CHECK_SAME(heap.dueInMs(), -1);
    std::mt19937 random(11);
    std::vector<double> times;
    for (std::uint32_t slot = 0; slot < 500; slot++) {
      times.push_back(1 + random() % 40);
      heap.add(limited(slot, 1, times.back()));
    }
    heap.add(limited(500, 1, 60'000));
    const auto begin = std::chrono::steady_clock::now();
    double last = 0;
    std::size_t count = 0;
    while (count < 500) {
      for (const std::uint32_t slot : passed(heap)) {
        CHECK(since(begin) + 2 >= times[slot]);
        CHECK(times[slot] >= last);
        last = times[slot];
        count++;
      }
      if (since(begin) > 10'000) break;
    }
    CHECK_SAME(count, 500);
    CHECK(heap.dueInMs() > 50'000);
  });
  test("what finished in time does not pass, nor does the next use of its slot by mistake", [] {
    Deadlines heap;
    heap.add(limited(1, 1, 1));
    heap.add(limited(2, 1, 1));
    finish(heap, ended(1, 1));
    finish(heap, ended(2, 7));
    finish(heap, ended(2, 1, CompletionFlag::more));
    heap.add(limited(1, 2, 60'000));
    std::this_thread::sleep_for(milliseconds(5));
    const auto slots = passed(heap);
    CHECK_SAME(slots.size(), 1);
    CHECK_SAME(slots.front(), 2);
    CHECK(passed(heap).empty());
    CHECK(heap.dueInMs() > 50'000);
  });
  test("one that could not be told of passes again, until its operation is done", [] {
    Deadlines heap;
    heap.add(limited(4, 9, 0.001));
    std::this_thread::sleep_for(milliseconds(2));
    CHECK_SAME(passed(heap).size(), 1);
    heap.addPassed({4, 9});
    CHECK_SAME(heap.dueInMs(), 1);
    CHECK_SAME(passed(heap).size(), 1);
    heap.addPassed({4, 9});
    finish(heap, ended(4, 9));
    CHECK(passed(heap).empty());
    CHECK_SAME(heap.dueInMs(), -1);
  });
  test("a million operations with a minute each, done at once, leave no minute's worth of entries", [] {
    Deadlines heap;
    for (std::uint32_t count = 0; count < 1'000'000; count++) {
      heap.add(limited(count % 8, count, 60'000));
      finish(heap, ended(count % 8, count));
    }
    heap.add(limited(3, 5'000'000, 0.001));
    std::this_thread::sleep_for(milliseconds(2));
    CHECK_SAME(passed(heap).size(), 1);
    for (std::uint32_t count = 0; count < 200; count++) {
      heap.add(limited(count % 8, 6'000'000 + count, 60'000));
      finish(heap, ended(count % 8, 6'000'000 + count));
    }
    CHECK(passed(heap).empty());
  });
}

void repeats() {
  test("cancels are repeated in the order of their times, and wait when there is no room", [] {
    CancelRepeats repeats;
    CHECK_SAME(repeats.dueInMs(), -1);
    repeats.add({3, 1}, 6);
    repeats.add({1, 1}, 0);
    repeats.add({2, 1}, 3);
    repeats.add({4, 1}, 60'000);
    CHECK_SAME(repeats.dueInMs(), 1);
    std::this_thread::sleep_for(milliseconds(10));
    std::vector<std::uint32_t> asked;
    repeats.takeDue([&asked](const CancelRequest& request) {
      asked.push_back(request.slot);
      return asked.size() < 2;
    });
    CHECK((asked == std::vector<std::uint32_t>{1, 2}));
    // The second was refused: it stays due.
    asked.clear();
    repeats.takeDue([&asked](const CancelRequest& request) {
      asked.push_back(request.slot);
      return true;
    });
    CHECK((asked == std::vector<std::uint32_t>{2, 3}));
    CHECK(repeats.dueInMs() > 50'000);
  });
}

}  // namespace

int main() {
  deadlines();
  repeats();
  return sumUp();
}
