// The ring by itself: queues that are too small, and what the kernel keeps when they overflow.
//
// sources: native/backend/uring/ring.cc

#include "backend/uring/ring.h"

#include <fcntl.h>
#include <poll.h>

#include <set>

#include "pool_harness.h"

using namespace rescind;
using namespace rescind::testing;
using uring::Ring;

namespace {

// Takes every completion that can be had; returns their user data.
std::multiset<std::uint64_t> takeAll(Ring& ring, std::size_t expected) {
  std::multiset<std::uint64_t> seen;
  for (int rounds = 0; seen.size() < expected && rounds < 10'000; rounds++) {
    while (const io_uring_cqe* entry = ring.peek()) {
      seen.insert(entry->user_data);
      ring.consume();
    }
    if (ring.kernelHoldsMore())
      ring.enter();
    else if (ring.peek() == nullptr && seen.size() < expected)
      ring.wait(10);
  }
  return seen;
}

void tiny() {
  test("two entries and four completions carry ten thousand noops, each once", [] {
    Ring ring;
    CHECK_SAME(ring.open(2, 4), 0);
    CHECK_SAME(ring.entries(), 2);
    CHECK_SAME(ring.completionEntries(), 4);
    std::uint64_t submitted = 0;
    // Nothing is consumed before all are submitted: the kernel keeps what the queue cannot hold.
    while (submitted < 10'000) {
      while (ring.room() > 0 && submitted < 10'000) {
        io_uring_sqe& entry = ring.prepare();
        entry.opcode = IORING_OP_NOP;
        entry.user_data = ++submitted;
      }
      CHECK(ring.enter() >= 0);
    }
    CHECK(ring.kernelHoldsMore());
    const auto seen = takeAll(ring, submitted);
    CHECK_SAME(seen.size(), submitted);
    CHECK_SAME(*seen.begin(), 1);
    CHECK_SAME(*seen.rbegin(), submitted);
    CHECK_SAME((std::set<std::uint64_t>(seen.begin(), seen.end()).size()), submitted);
    CHECK(!ring.kernelHoldsMore());
  });
  test("room and prepared tell what is between us and the kernel", [] {
    Ring ring;
    CHECK_SAME(ring.open(4, 8), 0);
    CHECK_SAME(ring.room(), 4);
    CHECK_SAME(ring.prepared(), 0);
    for (int count = 0; count < 4; count++) ring.prepare().opcode = IORING_OP_NOP;
    CHECK_SAME(ring.room(), 0);
    CHECK_SAME(ring.prepared(), 4);
    ring.retract();
    CHECK_SAME(ring.prepared(), 3);
    CHECK_SAME(ring.enter(), 3);
    CHECK_SAME(ring.prepared(), 0);
    CHECK_SAME(ring.room(), 4);
    CHECK_SAME(takeAll(ring, 3).size(), 3);
    CHECK_SAME(ring.enter(), 0);
  });
  test("an entry is zeroed before it is used again", [] {
    Ring ring;
    CHECK_SAME(ring.open(2, 4), 0);
    for (int round = 0; round < 8; round++) {
      io_uring_sqe& entry = ring.prepare();
      for (const unsigned char byte : std::string_view(reinterpret_cast<const char*>(&entry), sizeof entry))
        CHECK_SAME(byte, 0);
      std::memset(&entry, 0xFF, sizeof entry);
      entry = {};
      entry.opcode = IORING_OP_NOP;
      entry.user_data = ~std::uint64_t{0};
      CHECK_SAME(ring.enter(), 1);
      CHECK_SAME(takeAll(ring, 1).size(), 1);
    }
  });
}

void waiting() {
  test("wait() ends without a completion when its time is over", [] {
    Ring ring;
    CHECK_SAME(ring.open(8, 16), 0);
    CHECK_SAME(ring.wait(20), -ETIME);
    CHECK(ring.peek() == nullptr);
  });
  test("the ring's descriptor becomes readable with a completion, and not before", [] {
    Ring ring;
    CHECK_SAME(ring.open(8, 16), 0);
    int ends[2];
    CHECK_SAME(::pipe2(ends, O_CLOEXEC), 0);
    char byte = 0;
    io_uring_sqe& entry = ring.prepare();
    entry.opcode = IORING_OP_READ;
    entry.fd = ends[0];
    entry.addr = reinterpret_cast<std::uint64_t>(&byte);
    entry.len = 1;
    entry.off = ~std::uint64_t{0};
    CHECK_SAME(ring.enter(), 1);
    pollfd watched{ring.descriptor(), POLLIN, 0};
    CHECK_SAME(::poll(&watched, 1, 20), 0);
    CHECK_SAME(::write(ends[1], "x", 1), 1);
    CHECK_SAME(::poll(&watched, 1, 5000), 1);
    CHECK_SAME(takeAll(ring, 1).size(), 1);
    CHECK_SAME(byte, 'x');
    ::close(ends[0]);
    ::close(ends[1]);
  });
}

void opening() {
  test("sizes beyond the kernel's are clamped, and fewer completions than entries raised", [] {
    Ring large;
    CHECK_SAME(large.open(1U << 20, 1U << 22), 0);
    CHECK(large.entries() <= 32768);
    Ring odd;
    CHECK_SAME(odd.open(8, 1), 0);
    CHECK(odd.completionEntries() >= 8);
  });
  test("a closed ring leaves no descriptor, and can be opened again", [] {
    const int before = ::dup(0);
    ::close(before);
    for (int count = 0; count < 50; count++) {
      Ring ring;
      CHECK_SAME(ring.open(8, 16), 0);
      ring.close();
      CHECK(!ring.isOpen());
      CHECK_SAME(ring.open(8, 16), 0);
    }
    const int after = ::dup(0);
    ::close(after);
    CHECK_SAME(after, before);
  });
  test("registered descriptors are given back: more rings than a thread may register, one after the other", [] {
    for (int count = 0; count < 40; count++) {
      Ring ring;
      CHECK_SAME(ring.open(2, 4), 0);
      ring.prepare().opcode = IORING_OP_NOP;
      CHECK_SAME(ring.enter(), 1);
    }
  });
  test("more rings at a time than can be registered work too", [] {
    std::vector<std::unique_ptr<Ring>> rings;
    for (int count = 0; count < 24; count++) {
      rings.push_back(std::make_unique<Ring>());
      CHECK_SAME(rings.back()->open(2, 4), 0);
    }
    for (const auto& ring : rings) {
      ring->prepare().opcode = IORING_OP_NOP;
      CHECK_SAME(ring->enter(), 1);
      CHECK_SAME(takeAll(*ring, 1).size(), 1);
    }
  });
}

}  // namespace

int main() {
  Ring ring;
  if (const int result = ring.open(2, 4); result < 0) {
    std::printf("io_uring cannot be used here: %s\n1 passed, 0 failed\n", std::strerror(-result));
    return 0;
  }
  tiny();
  waiting();
  opening();
  return sumUp();
}
