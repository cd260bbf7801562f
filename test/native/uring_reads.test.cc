// Reads that are answered from the page cache at once, reads into registered memory, reads with a deadline.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include "pool_directory.h"
#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using LaneDriver = Driver<Lane>;
constexpr std::uint32_t inlineFlag = DescriptorFlag::tryInline;

class FilledFile {
 public:
  explicit FilledFile(std::size_t size)
      : path_(directory_ / "file"), file_(::open(path_.c_str(), O_RDWR | O_CREAT, 0600)) {
    for (std::size_t at = 0; at < size; at++) content_ += static_cast<char>('a' + at % 23);
    CHECK_SAME(::pwrite(file_, content_.data(), size, 0), size);
  }
  ~FilledFile() { ::close(file_); }
  [[nodiscard]] int get() const { return file_; }
  [[nodiscard]] const std::string& content() const { return content_; }

 private:
  TemporaryDirectory directory_;
  std::string path_;
  int file_;
  std::string content_;
};

struct Pipe {
  Pipe() { CHECK_SAME(::pipe2(ends, O_CLOEXEC), 0); }
  ~Pipe() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  int ends[2];
};

void inlineReads() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  FilledFile file(100);
  char buffer[256];
  const auto read = [&](double offset, std::uint32_t length) {
    std::memset(buffer, 0, sizeof buffer);
    return driver.run({.operation = Operation::fileRead,
                       .handle = file.get(),
                       .length = length,
                       .memory = buffer,
                       .offset = offset,
                       .flags = inlineFlag});
  };
  test("a read of what is there is complete at once, but never from inside submit()", [&] {
    const std::uint32_t slot = driver.start({.operation = Operation::fileRead,
                                             .handle = file.get(),
                                             .length = 50,
                                             .memory = buffer,
                                             .offset = 10,
                                             .flags = inlineFlag});
    CHECK(!driver.ended(slot));
    driver.reapOnce();
    CHECK(driver.ended(slot));
    CHECK_SAME(driver.take(slot).result, 50);
    CHECK(std::memcmp(buffer, file.content().data() + 10, 50) == 0);
  });
  test("at the end it gives what is left, behind it 0", [&] {
    CHECK_SAME(read(90, 50).result, 10);
    CHECK(std::memcmp(buffer, file.content().data() + 90, 10) == 0);
    CHECK_SAME(buffer[10], 0);
    CHECK_SAME(read(100, 50).result, 0);
    CHECK_SAME(read(1e12, 50).result, 0);
    CHECK_SAME(read(0, 0).result, 0);
  });
  test("the current position moves by exactly what was read", [&] {
    CHECK_SAME(::lseek(file.get(), 0, SEEK_SET), 0);
    CHECK_SAME(read(-1, 60).result, 60);
    CHECK_SAME(read(-1, 60).result, 40);
    CHECK(std::memcmp(buffer, file.content().data() + 60, 40) == 0);
    CHECK_SAME(read(-1, 60).result, 0);
    CHECK_SAME(::lseek(file.get(), 0, SEEK_CUR), 100);
  });
  test("a read on nothing fails as any read does", [&] {
    const Seen seen = driver.run(
        {.operation = Operation::fileRead, .handle = 9999, .length = 1, .memory = buffer, .flags = inlineFlag});
    CHECK_SAME(seen.result, -EBADF);
    CHECK(seen.has(CompletionFlag::terminal));
  });
  test("a read of a pipe waits in the ring, and its deadline still holds", [&] {
    Pipe pipe;
    const Request request{.operation = Operation::fileRead,
                          .handle = pipe.ends[0],
                          .length = 8,
                          .memory = buffer,
                          .offset = -1,
                          .flags = inlineFlag};
    const std::uint32_t slot = driver.start(request);
    for (int count = 0; count < 20; count++) driver.reapOnce();
    CHECK(!driver.ended(slot));
    CHECK_SAME(::write(pipe.ends[1], "xyz", 3), 3);
    CHECK_SAME(driver.take(slot).result, 3);
    Request limited = request;
    limited.timeoutMs = 20;
    const Seen seen = driver.run(limited);
    CHECK_SAME(seen.result, -ECANCELED);
    CHECK(seen.has(CompletionFlag::cancelled));
    CHECK(seen.has(CompletionFlag::deadline));
  });
  test("several reads in one batch go through the ring, each with its own bytes", [&] {
    std::vector<std::vector<char>> buffers(40, std::vector<char>(2));
    std::vector<std::uint32_t> slots;
    for (std::size_t index = 0; index < buffers.size(); index++) {
      slots.push_back(driver.stage({.operation = Operation::fileRead,
                                    .handle = file.get(),
                                    .length = 2,
                                    .memory = buffers[index].data(),
                                    .offset = static_cast<double>(index * 2),
                                    .flags = inlineFlag}));
    }
    driver.flush();
    for (std::size_t index = 0; index < buffers.size(); index++) {
      CHECK_SAME(driver.take(slots[index]).result, 2);
      CHECK(std::memcmp(buffers[index].data(), file.content().data() + index * 2, 2) == 0);
    }
  });
  CHECK(lane->close());
}

// The page cache has the beginning of a file and not the rest: the ring reads on behind what was there.
void prefixes() {
  test("a read whose beginning is cached continues behind it, at an offset and at the current position", [] {
    const auto lane = openLane();
    LaneDriver driver(*lane);
    constexpr std::size_t size = 1 << 20;
    FilledFile file(size);
    CHECK_SAME(::fsync(file.get()), 0);
    std::vector<char> buffer(size);
    for (const double offset : {0.0, -1.0}) {
      ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
      ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_RANDOM);
      CHECK_SAME(::pread(file.get(), buffer.data(), 4096, 0), 4096);
      std::fill(buffer.begin(), buffer.end(), '\0');
      ::lseek(file.get(), 0, SEEK_SET);
      const Seen seen = driver.run({.operation = Operation::fileRead,
                                    .handle = file.get(),
                                    .length = size,
                                    .memory = buffer.data(),
                                    .offset = offset,
                                    .flags = inlineFlag});
      CHECK_SAME(seen.result, size);
      CHECK(std::memcmp(buffer.data(), file.content().data(), size) == 0);
      if (offset < 0) CHECK_SAME(::lseek(file.get(), 0, SEEK_CUR), size);
    }
    CHECK(lane->close());
  });
}

void registered() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  FilledFile file(8192);
  constexpr std::size_t region = 16 * 4096;
  std::vector<char*> regions;
  for (int count = 0; count < 3; count++) regions.push_back(static_cast<char*>(std::aligned_alloc(4096, region)));
  const auto transfer = [&](Operation operation, void* memory, std::uint32_t length, double offset) {
    return driver
        .run({.operation = operation, .handle = file.get(), .length = length, .memory = memory, .offset = offset})
        .result;
  };
  std::vector<int> indices;
  test("transfers into and out of registered memory carry the right bytes, at its edges too", [&] {
    for (char* each : regions) indices.push_back(lane->registerMemory(each, region));
    for (const int index : indices) CHECK(index >= 0);
    char* end = regions[1] + region;
    CHECK_SAME(transfer(Operation::fileRead, regions[1], 4096, 0), 4096);
    CHECK_SAME(transfer(Operation::fileRead, end - 100, 100, 50), 100);
    CHECK(std::memcmp(regions[1], file.content().data(), 4096) == 0);
    CHECK(std::memcmp(end - 100, file.content().data() + 50, 100) == 0);
    std::memset(regions[0], 'Z', 10);
    CHECK_SAME(transfer(Operation::fileWrite, regions[0], 10, 8000), 10);
    char read[10];
    CHECK_SAME(::pread(file.get(), read, 10, 8000), 10);
    CHECK(std::memcmp(read, "ZZZZZZZZZZ", 10) == 0);
  });
  test("empty transfers work although a registration before others was taken back", [&] {
    lane->unregisterMemory(indices[0]);
    CHECK_SAME(transfer(Operation::fileRead, nullptr, 0, 0), 0);
    CHECK_SAME(transfer(Operation::fileWrite, nullptr, 0, 0), 0);
  });
  test("memory that is registered no more is plain memory, and its place is used again", [&] {
    CHECK_SAME(transfer(Operation::fileRead, regions[0], 4096, 0), 4096);
    CHECK(std::memcmp(regions[0], file.content().data(), 4096) == 0);
    CHECK_SAME(lane->registerMemory(regions[0], region), indices[0]);
    CHECK_SAME(transfer(Operation::fileRead, regions[0], 4096, 100), 4096);
    CHECK(std::memcmp(regions[0], file.content().data() + 100, 4096) == 0);
  });
  test("a full table refuses, and serves again when there is room", [&] {
    std::vector<int> more;
    int result = 0;
    while ((result = lane->registerMemory(regions[2], 4096)) >= 0) more.push_back(result);
    CHECK_SAME(result, -ENOBUFS);
    for (const int index : more) lane->unregisterMemory(index);
    CHECK(lane->registerMemory(regions[2], 4096) >= 0);
  });
  test("memory that cannot be registered is refused with the kernel's reason",
       [&] { CHECK(lane->registerMemory(reinterpret_cast<void*>(std::uintptr_t{4096}), 4096) < 0); });
  CHECK(lane->close());
  // After the lane is closed nothing is left to take back.
  lane->unregisterMemory(indices[1]);
  for (char* each : regions) std::free(each);
}

}  // namespace

int main() {
  inlineReads();
  prefixes();
  registered();
  return sumUp();
}
