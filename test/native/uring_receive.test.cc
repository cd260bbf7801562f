// Receives into the lane's own memory: once and again and again, with fewer buffers than data.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include <sys/socket.h>

#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using LaneDriver = Driver<Lane>;
constexpr std::uint32_t ofLane = DescriptorFlag::laneBuffer;
constexpr std::uint32_t again = DescriptorFlag::laneBuffer | DescriptorFlag::multishot;

struct Pair {
  Pair() {
    CHECK_SAME(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const int size = 4 << 20;
    ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  }
  ~Pair() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  int ends[2];
};

std::string numbered(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t at = 0; at < size; at++) text[at] = static_cast<char>(at * 131 >> 3);
  return text;
}

void send(int socket, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t sent = ::send(socket, text.data() + at, text.size() - at, MSG_DONTWAIT);
    CHECK(sent > 0);
    if (sent <= 0) return;
    at += static_cast<std::size_t>(sent);
  }
}

void once() {
  const auto lane = openLane();
  LaneDriver driver(*lane, 64, 64 * 1024);
  Pair pair;
  const Request receive{.operation = Operation::socketReceive, .handle = pair.ends[0], .length = 8192, .flags = ofLane};
  test("the bytes come as payload", [&] {
    const std::uint32_t slot = driver.start(receive);
    send(pair.ends[1], "hello");
    const Seen seen = driver.take(slot);
    CHECK_SAME(seen.result, 5);
    CHECK(seen.payload == "hello");
  });
  test("cancelled and timed out it takes no byte with it", [&] {
    const std::uint32_t slot = driver.start(receive);
    driver.cancel(slot);
    driver.flush();
    CHECK_SAME(driver.take(slot).result, -ECANCELED);
    Request limited = receive;
    limited.timeoutMs = 5;
    CHECK_SAME(driver.run(limited).result, -ECANCELED);
    send(pair.ends[1], "left");
    const Seen seen = driver.run(receive);
    CHECK(seen.payload == "left");
  });
  test("more receives at a time than there are buffers each get what is theirs", [&] {
    std::vector<std::unique_ptr<Pair>> pairs;
    std::vector<std::uint32_t> slots;
    for (int count = 0; count < 200; count++) {
      pairs.push_back(std::make_unique<Pair>());
      Request each = receive;
      each.handle = pairs.back()->ends[0];
      slots.push_back(driver.stage(each));
    }
    driver.flush();
    for (int count = 0; count < 200; count++)
      send(pairs[count]->ends[1], std::string(100 + count, static_cast<char>(count)));
    CHECK(driver.drain());
    for (int count = 0; count < 200; count++) {
      const Seen seen = driver.take(slots[count]);
      CHECK_SAME(seen.result, 100 + count);
      CHECK(seen.payload == std::string(100 + count, static_cast<char>(count)));
    }
  });
  test("a buffer is given back after each: thousands of receives", [&] {
    for (int count = 0; count < 3000; count++) {
      const std::string text = "number " + std::to_string(count);
      send(pair.ends[1], text);
      CHECK(driver.run(receive).payload == text);
    }
  });
  test("the end is 0 without bytes", [&] {
    ::close(pair.ends[1]);
    pair.ends[1] = -1;
    const Seen seen = driver.run(receive);
    CHECK_SAME(seen.result, 0);
    CHECK_SAME(seen.payload.size(), 0);
  });
  CHECK_SAME(lane->counters().submitted, lane->counters().completed);
  CHECK(lane->close());
}

// Receives until the socket is at its end, starting anew when a multishot receive ends by itself.
std::string receiveAll(LaneDriver& driver, int socket, std::size_t expected) {
  std::string all;
  std::size_t seenOf = 0;
  std::uint32_t slot =
      driver.start({.operation = Operation::socketReceive, .handle = socket, .length = 16384, .flags = again});
  const auto gather = [&] {
    const std::vector<Seen> progress = driver.progressOf(slot);
    for (; seenOf < progress.size(); seenOf++) all += progress[seenOf].payload;
    if (driver.ended(slot)) {
      const Seen last = driver.take(slot);
      CHECK(last.result >= 0);
      all += last.payload;
      seenOf = 0;
      if (all.size() < expected && last.result > 0) {
        slot = driver.start({.operation = Operation::socketReceive, .handle = socket, .length = 16384, .flags = again});
      }
    }
    return all.size() >= expected;
  };
  CHECK(driver.until(gather));
  if (!driver.ended(slot)) {
    driver.cancel(slot);
    driver.flush();
    driver.drain();
  }
  return all;
}

void repeatedly() {
  for (const std::size_t payloadBytes : {std::size_t{4096}, std::size_t{256 * 1024}}) {
    const auto lane = openLane();
    LaneDriver driver(*lane, 256, payloadBytes);
    const std::string name =
        "a multishot receive brings 2 MiB in order through a payload block of " + std::to_string(payloadBytes);
    test(name.c_str(), [&] {
      Pair pair;
      const std::string text = numbered(2 << 20);
      std::thread sender([&] {
        for (std::size_t at = 0; at < text.size();) {
          const ssize_t sent = ::send(pair.ends[1], text.data() + at, text.size() - at, 0);
          if (sent <= 0) return;
          at += static_cast<std::size_t>(sent);
        }
      });
      const std::string received = receiveAll(driver, pair.ends[0], text.size());
      sender.join();
      CHECK_SAME(received.size(), text.size());
      CHECK(received == text);
    });
    CHECK(lane->close());
  }
}

}  // namespace

int main() {
  once();
  repeatedly();
  return sumUp();
}
