// Descriptors with many operations, which a ring keeps by index: what that must not change.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include <sys/file.h>
#include <sys/socket.h>

#include <algorithm>
#include <fstream>

#include "backend/uring/registered_files.h"
#include "pool_directory.h"
#include "ring_information.h"
#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using LaneDriver = Driver<Lane>;
constexpr int manyOperations = 2 * uring::RegisteredFiles::threshold;

class File {
 public:
  explicit File(const std::string& content) : path_(directory_ / "file") {
    std::ofstream(path_) << content;
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  }
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] int again() const { return ::open(path_.c_str(), O_RDWR | O_CLOEXEC); }
  // The descriptor was closed by somebody else.
  void forget() { descriptor_ = -1; }

 private:
  TemporaryDirectory directory_;
  std::string path_;
  int descriptor_;
};

std::string read(LaneDriver& driver, int descriptor, std::uint32_t flags = DescriptorFlag::ofHandle) {
  char buffer[16];
  const Seen seen = driver.run({.operation = Operation::fileRead,
                                .handle = descriptor,
                                .length = sizeof(buffer),
                                .memory = buffer,
                                .offset = 0,
                                .flags = flags});
  return seen.result < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(seen.result));
}

void makeHot(LaneDriver& driver, int descriptor, const std::string& content,
             std::uint32_t flags = DescriptorFlag::ofHandle) {
  for (int count = 0; count < manyOperations; count++) CHECK(read(driver, descriptor, flags) == content);
}

struct Pair {
  Pair() { CHECK_SAME(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0); }
  ~Pair() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  int ends[2];
};

void exchange(LaneDriver& driver, const Pair& pair) {
  for (int count = 0; count < manyOperations; count++) {
    char byte = static_cast<char>(count);
    CHECK_SAME(driver
                   .run({.operation = Operation::socketSend,
                         .handle = pair.ends[0],
                         .length = 1,
                         .memory = &byte,
                         .flags = DescriptorFlag::ofHandle})
                   .result,
               1);
    char got = 0;
    CHECK_SAME(::read(pair.ends[1], &got, 1), 1);
    CHECK_SAME(got, byte);
  }
}

// Whether the other end sees the end of the stream now.
bool ended(const Pair& pair) {
  char byte;
  return ::recv(pair.ends[1], &byte, 1, MSG_DONTWAIT) == 0;
}

void letGo() {
  test("a descriptor is registered after many operations, and no sooner", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    File file("content");
    CHECK(read(driver, file.get()) == "content");
    CHECK_SAME(registeredIn(*lane), 0);
    makeHot(driver, file.get(), "content");
    CHECK_SAME(registeredIn(*lane), 1);
  });
  test("one that is no handle's never is", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    File file("content");
    makeHot(driver, file.get(), "content", 0);
    CHECK_SAME(registeredIn(*lane), 0);
  });
  test("closed, it is gone at once, whatever is pending on others", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    Pair idle;
    Pair closing;
    for (const Pair* pair : {&idle, &closing}) exchange(driver, *pair);
    CHECK_SAME(registeredIn(*lane), 2);
    char buffer[8];
    const std::uint32_t pending = driver.start(
        {.operation = Operation::socketReceive, .handle = idle.ends[0], .length = sizeof(buffer), .memory = buffer});
    CHECK_SAME(driver.run({.operation = Operation::handleClose, .handle = closing.ends[0]}).result, 0);
    closing.ends[0] = -1;
    CHECK(ended(closing));
    CHECK_SAME(registeredIn(*lane), 1);
    CHECK(!driver.ended(pending));
    driver.cancel(pending);
    driver.flush();
    CHECK_SAME(driver.take(pending).result, -ECANCELED);
  });
  test("a lock goes with the descriptor that is closed", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    File file("content");
    makeHot(driver, file.get(), "content");
    CHECK_SAME(::flock(file.get(), LOCK_EX), 0);
    CHECK_SAME(driver.run({.operation = Operation::handleClose, .handle = file.get()}).result, 0);
    file.forget();
    const int other = file.again();
    CHECK_SAME(::flock(other, LOCK_EX | LOCK_NB), 0);
    ::close(other);
  });
  test("closing the lane lets go of all, also with operations pending", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    Pair pair;
    exchange(driver, pair);
    char buffer[8];
    static_cast<void>(driver.start(
        {.operation = Operation::socketReceive, .handle = pair.ends[0], .length = sizeof(buffer), .memory = buffer}));
    CHECK(lane->close());
    ::close(pair.ends[0]);
    pair.ends[0] = -1;
    CHECK(ended(pair));
  });
}

void numbers() {
  test("a number that is used again means the new file", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    for (int round = 0; round < 20; round++) {
      const std::string content = "round " + std::to_string(round);
      File file(content);
      makeHot(driver, file.get(), content);
      CHECK_SAME(driver.run({.operation = Operation::handleClose, .handle = file.get()}).result, 0);
      file.forget();
    }
    CHECK_SAME(registeredIn(*lane), 0);
  });
  test("also when somebody else has closed the old one", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    File file("before");
    File other("behind");
    makeHot(driver, file.get(), "before");
    CHECK_SAME(::dup2(other.get(), file.get()), file.get());
    lane->noteOpened(file.get());
    makeHot(driver, file.get(), "behind");
    CHECK_SAME(registeredIn(*lane), 1);
  });
  test("more of them than the table has room for all work", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    File file("content");
    std::vector<int> descriptors;
    for (std::uint32_t count = 0; count < uring::RegisteredFiles::most + 50; count++) {
      const int descriptor = ::dup(file.get());
      // The limit of the process may be lower than the table is long.
      if (descriptor < 0) break;
      descriptors.push_back(descriptor);
      for (int use = 0; use < uring::RegisteredFiles::threshold; use++)
        if (read(driver, descriptor) != "content") CHECK(false);
    }
    CHECK_SAME(registeredIn(*lane),
               static_cast<int>(std::min<std::size_t>(descriptors.size(), uring::RegisteredFiles::most)));
    for (const int descriptor : descriptors)
      CHECK_SAME(driver.run({.operation = Operation::handleClose, .handle = descriptor}).result, 0);
    CHECK_SAME(registeredIn(*lane), 0);
  });
}

}  // namespace

int main() {
  const std::vector<std::string> words = openLane()->features();
  if (std::find(words.begin(), words.end(), "registered-files") == words.end()) {
    std::printf("this kernel does not let go of registered files at once, so none are registered\n");
    std::printf("0 passed, 0 failed, 1 skipped\n");
    return 0;
  }
  letGo();
  numbers();
  return sumUp();
}
