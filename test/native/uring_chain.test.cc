// Whole-file chains and their cancels: a write that was taken back has changed nothing, one whose file is open goes on.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include "backend/uring/chain.h"

#include "pool_directory.h"
#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;
using namespace rescind::uring;

namespace {

using LaneDriver = Driver<Lane>;

constexpr int replaces = O_WRONLY | O_CREAT | O_TRUNC;

Request writing(const std::string& path, std::string& data, int flags = replaces) {
  return {.operation = Operation::fileWriteWhole,
          .length = static_cast<std::uint32_t>(data.size()),
          .memory = data.data(),
          .bytes = path,
          .argument0 = flags,
          .argument1 = 0600};
}

Request reading(const std::string& path, std::uint32_t length) {
  return {.operation = Operation::fileReadWhole, .length = length, .bytes = path, .argument0 = O_RDONLY};
}

// A FIFO that is full and has a reader, and no writer: a chain's open succeeds and its write waits.
class FullFifo {
 public:
  explicit FullFifo(const std::string& path) : reader_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
    const int writer = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    while (::write(writer, "................", 16) > 0) filled_ += 16;
    ::close(writer);
  }
  FullFifo(const FullFifo&) = delete;
  FullFifo& operator=(const FullFifo&) = delete;
  ~FullFifo() { ::close(reader_); }

  // While nobody has it open for writing, its reader is told that the other end is gone.
  [[nodiscard]] bool hasWriter() const {
    pollfd asked{reader_, POLLIN, 0};
    return ::poll(&asked, 1, 0) >= 0 && (asked.revents & POLLHUP) == 0;
  }
  // What was written behind the filling.
  std::string drain() {
    std::string all;
    char part[4096];
    for (;;) {
      const ssize_t bytes = ::read(reader_, part, sizeof part);
      if (bytes <= 0) break;
      all.append(part, static_cast<std::size_t>(bytes));
    }
    const std::size_t skipped = std::min(filled_, all.size());
    filled_ -= skipped;
    return all.substr(skipped);
  }

 private:
  int reader_;
  std::size_t filled_ = 0;
};

void cancels() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  TemporaryDirectory directory;
  std::string data(100, 'd');

  test("a write whose open waits is taken back, and nothing is written later", [&] {
    const std::string path = directory.fifo("waits");
    const std::uint32_t slot = driver.start(writing(path, data, O_WRONLY));
    driver.cancel(slot);
    driver.flush();
    const Seen seen = driver.take(slot);
    CHECK_SAME(seen.result, -ECANCELED);
    CHECK(seen.has(CompletionFlag::cancelled));
    const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    char byte;
    CHECK_SAME(::read(reader, &byte, 1), 0);
    ::close(reader);
  });

  test("a write whose file is open goes on, however often its cancel is asked for", [&] {
    const std::string path = directory.fifo("open");
    FullFifo fifo(path);
    const std::uint32_t slot = driver.start(writing(path, data, O_WRONLY));
    CHECK(driver.until([&] { return fifo.hasWriter(); }));
    driver.cancel(slot);
    driver.flush();
    // Long enough for a sweep, which asks again for all that was cancelled and has not come.
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(600);
    CHECK(driver.until([&] { return driver.ended(slot) || std::chrono::steady_clock::now() > end; }));
    CHECK(!driver.ended(slot));
    std::string written = fifo.drain();
    const Seen seen = driver.take(slot);
    CHECK_SAME(seen.result, 100);
    CHECK(!seen.has(CompletionFlag::cancelled));
    written += fifo.drain();
    CHECK(written == data);
  });

  test("a read is taken back also when its file is open", [&] {
    const std::string path = directory.fifo("read");
    const int writer = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    const std::uint32_t slot = driver.start(reading(path, 100));
    driver.cancel(slot);
    driver.flush();
    CHECK_SAME(driver.take(slot).result, -ECANCELED);
    ::close(writer);
  });

  test("a write cancelled at a random moment has changed nothing or written everything", [&] {
    std::size_t ended = 0;
    for (int round = 0; round < 600; round++) {
      const std::string path = directory / ("raced" + std::to_string(round % 7));
      const bool there = round % 2 == 0;
      if (there)
        directory.file("raced" + std::to_string(round % 7), "before");
      else
        ::unlink(path.c_str());
      const std::uint32_t slot = driver.start(writing(path, data));
      for (int turns = round % 60; turns > 0; turns--) static_cast<void>(exists(path));
      driver.cancel(slot);
      driver.flush();
      const Seen seen = driver.take(slot);
      if (seen.result == 100) {
        CHECK(contentsOf(path) == data);
      } else {
        CHECK_SAME(seen.result, -ECANCELED);
        CHECK_SAME(exists(path), there);
        CHECK(!there || contentsOf(path) == "before");
        ended++;
      }
    }
    std::printf("  %zu of 600 taken back\n", ended);
  });

  test("nothing is left over", [&] {
    CHECK_SAME(driver.pending(), std::size_t{0});
    CHECK_SAME(lane->counters().submitted, lane->counters().completed);
    CHECK(lane->close());
  });
}

}  // namespace

int main() {
  test("a cancel of a write asks for its open, as long as that has not come", [] {
    Chain chain;
    CHECK(cancelOf(Operation::fileWriteWhole, chain).open);
    CHECK(!cancelOf(Operation::fileWriteWhole, chain).transfer);
    CHECK(cancelOf(Operation::fileReadWhole, chain).transfer);
    CHECK(!noteChainResult(EntryKind::operation, 0, chain));
    CHECK(!cancelOf(Operation::fileWriteWhole, chain).open);
    CHECK(!cancelOf(Operation::fileReadWhole, chain).open);
    CHECK(cancelOf(Operation::fileReadWhole, chain).transfer);
  });
  cancels();
  return sumUp();
}
