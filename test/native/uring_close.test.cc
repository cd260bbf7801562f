// Closing a lane with operations pending: nothing of ours is touched afterwards, no descriptor is lost.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include <dirent.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "pool_directory.h"
#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using LaneDriver = Driver<Lane>;

int openDescriptors() {
  int count = 0;
  DIR* directory = ::opendir("/proc/self/fd");
  while (::readdir(directory) != nullptr) count++;
  ::closedir(directory);
  return count;
}

struct Listener {
  Listener() {
    socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "rescind-close-%d", ::getpid());
    CHECK_SAME(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    CHECK_SAME(::listen(socket, 64), 0);
  }
  ~Listener() { ::close(socket); }
  [[nodiscard]] int connect() const {
    const int client = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_SAME(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return client;
  }
  int socket;
  sockaddr_un address{};
};

}  // namespace

int main() {
  static_cast<void>(openLane());
  test("reads pending on pipes are drained, and write nothing afterwards", [] {
    const int before = openDescriptors();
    int ends[2];
    CHECK_SAME(::pipe2(ends, O_CLOEXEC), 0);
    std::vector<char> memory(1000, 'u');
    {
      const auto lane = openLane();
      LaneDriver driver(*lane);
      for (char& each : memory)
        static_cast<void>(driver.stage(
            {.operation = Operation::fileRead, .handle = ends[0], .length = 1, .memory = &each, .offset = -1}));
      driver.flush();
      CHECK(lane->close());
    }
    CHECK_SAME(::write(ends[1], std::string(1000, 'x').data(), 1000), 1000);
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    for (const char each : memory) CHECK_SAME(each, 'u');
    char back[1000];
    CHECK_SAME(::read(ends[0], back, sizeof back), 1000);
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK_SAME(openDescriptors(), before);
  });
  test("connections and opened files whose completion nobody took are closed", [] {
    TemporaryDirectory directory;
    const std::string file = directory / "file";
    ::close(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const Listener listener;
    const int before = openDescriptors();
    for (int round = 0; round < 20; round++) {
      const auto lane = openLane();
      LaneDriver driver(*lane);
      static_cast<void>(driver.stage(
          {.operation = Operation::socketAccept, .handle = listener.socket, .flags = DescriptorFlag::multishot}));
      for (int count = 0; count < 20; count++) {
        static_cast<void>(
            driver.stage({.operation = Operation::fileOpen, .bytes = file, .flags = DescriptorFlag::mayBlock}));
        static_cast<void>(driver.stage({.operation = Operation::socketOpen, .argument0 = 4, .argument1 = 1}));
      }
      driver.flush();
      std::vector<int> clients;
      for (int count = 0; count < 10; count++) clients.push_back(listener.connect());
      CHECK(lane->close());
      for (const int client : clients) ::close(client);
      // What the lane did not accept waits in the listener still.
      for (pollfd more{listener.socket, POLLIN, 0}; ::poll(&more, 1, 0) > 0;)
        ::close(::accept(listener.socket, nullptr, nullptr));
    }
    CHECK_SAME(openDescriptors(), before);
  });
  test("opened files that wait in the block for JavaScript are closed too", [] {
    TemporaryDirectory directory;
    const std::string file = directory / "file";
    ::close(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const int before = openDescriptors();
    const auto lane = openLane();
    // A block of one: the lane keeps the others.
    LaneDriver driver(*lane, 1);
    for (int count = 0; count < 10; count++)
      static_cast<void>(driver.stage({.operation = Operation::fileOpen, .bytes = file}));
    driver.flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    static_cast<void>(driver.reapOnce());
    CHECK(lane->close());
    // One was handed over; that one is ours to close. The ring itself is gone.
    CHECK(openDescriptors() <= before + 1);
  });
  test("a thousand operations on a ring of two entries are drained", [] {
    int ends[2];
    CHECK_SAME(::pipe2(ends, O_CLOEXEC), 0);
    const auto lane = openLane(2, 4);
    LaneDriver driver(*lane, 2);
    char memory[8];
    for (int count = 0; count < 1000; count++) {
      static_cast<void>(driver.stage({.operation = Operation::fileRead,
                                      .handle = ends[0],
                                      .length = 8,
                                      .memory = memory,
                                      .offset = -1,
                                      .timeoutMs = count % 2 == 0 ? 60'000.0 : 0.0}));
    }
    driver.flush();
    CHECK(lane->close());
    ::close(ends[0]);
    ::close(ends[1]);
  });
  test("opens of FIFOs in workers of the kernel are drained", [] {
    TemporaryDirectory directory;
    const std::string fifo = directory / "fifo";
    CHECK_SAME(::mkfifo(fifo.c_str(), 0600), 0);
    const auto lane = openLane();
    LaneDriver driver(*lane);
    for (int count = 0; count < 20; count++)
      static_cast<void>(
          driver.stage({.operation = Operation::fileOpen, .bytes = fifo, .flags = DescriptorFlag::mayBlock}));
    driver.flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(lane->close());
  });
  test("closing an idle lane, twice, with cancels asked for, is nothing", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    CHECK_SAME(driver.run({}).result, 0);
    CHECK(lane->close());
    CHECK(lane->close());
  });
  return sumUp();
}
