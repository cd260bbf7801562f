// What the tests of cancels by descriptor share: a socket the lane has opened, receives pending on it, a close.
#pragma once

#include <sys/socket.h>

#include <algorithm>

#include "backend/uring/descriptor_cancels.h"
#include "ring_information.h"
#include "uring_driver.h"

namespace rescind::testing {

using LaneDriver = Driver<Lane>;
using uring::DescriptorCancels;

inline constexpr std::size_t several = 8;
static_assert(several >= DescriptorCancels::fewest && several <= DescriptorCancels::most);

// A socket the lane has opened, and its peer.
struct OpenedPair {
  explicit OpenedPair(Lane& lane) {
    CHECK_SAME(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    lane.noteOpened(ends[0]);
  }
  ~OpenedPair() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int ends[2];
};

inline char memory[64];

inline Request receive(int descriptor) {
  return {.operation = Operation::socketReceive, .handle = descriptor, .length = 1, .memory = memory};
}

inline std::vector<std::uint32_t> start(LaneDriver& driver, const Request& request, std::size_t count = several) {
  std::vector<std::uint32_t> slots;
  for (std::size_t index = 0; index < count; index++) slots.push_back(driver.stage(request));
  driver.flush();
  return slots;
}

// The entries it takes to ask for these.
inline std::uint32_t entriesToCancel(const Lane& lane, LaneDriver& driver, const std::vector<std::uint32_t>& slots) {
  const std::uint32_t before = entriesOf(lane);
  driver.cancelWhole(slots);
  driver.flush();
  return entriesOf(lane) - before;
}

inline void allCancelled(LaneDriver& driver, const std::vector<std::uint32_t>& slots) {
  for (const std::uint32_t slot : slots) {
    const Seen seen = driver.take(slot);
    CHECK_SAME(seen.result, -ECANCELED);
    CHECK(seen.has(CompletionFlag::cancelled));
    CHECK(!seen.has(CompletionFlag::deadline));
  }
}

inline bool has(const Lane& lane, const char* word) {
  const std::vector<std::string> words = lane.features();
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Ends the test where the kernel cannot cancel by descriptor.
inline void needDescriptorCancels() {
  if (has(*openLane(), "cancel-by-descriptor")) return;
  std::printf("this kernel does not cancel by descriptor\n0 passed, 0 failed, 1 skipped\n");
  std::exit(0);
}

}  // namespace rescind::testing
