// Every operation on files and paths as the io_uring lane runs it.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include "os/linux/status.h"
#include "pool_directory.h"
#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using LaneDriver = Driver<Lane>;

std::string pairOf(const void* memory, std::size_t length) {
  const double pair[2] = {static_cast<double>(reinterpret_cast<std::uintptr_t>(memory)), static_cast<double>(length)};
  return {reinterpret_cast<const char*>(pair), sizeof pair};
}

std::string two(const std::string& first, const std::string& second) { return first + '\0' + second; }

void files() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  TemporaryDirectory directory;
  const std::string path = directory / "file";

  test("noop and timer end with 0", [&] {
    CHECK_SAME(driver.run({}).result, 0);
    CHECK_SAME(driver.run({.operation = Operation::timer, .offset = 0}).result, 0);
    CHECK_SAME(driver.run({.operation = Operation::timer, .offset = 2.5}).result, 0);
  });
  int file = -1;
  test("fileOpen opens with flags and mode, and sets close-on-exec", [&] {
    file =
        driver.run({.operation = Operation::fileOpen, .bytes = path, .argument0 = O_RDWR | O_CREAT, .argument1 = 0640})
            .result;
    CHECK(file > 2);
    struct stat status;
    CHECK_SAME(::fstat(file, &status), 0);
    CHECK_SAME(status.st_mode & 0777, 0640);
    CHECK((::fcntl(file, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_SAME(driver.run({.operation = Operation::fileOpen, .bytes = directory / "none"}).result, -ENOENT);
  });
  test("a path longer than the place inside the operation is kept elsewhere", [&] {
    std::string name = directory.path();
    while (name.size() < 1000) name += "/.";
    CHECK_SAME(driver.run({.operation = Operation::pathStatus, .bytes = name, .argument0 = 1}).result, 0);
    for (const std::size_t length : {134, 135, 136, 137}) {
      std::string exact = directory.path();
      while (exact.size() + 2 < length) exact += "/.";
      if (exact.size() < length) exact += "/";
      CHECK_SAME(driver.run({.operation = Operation::pathStatus, .bytes = exact, .argument0 = 1}).result, 0);
    }
    CHECK_SAME(driver.run({.operation = Operation::pathStatus, .bytes = std::string(5000, 'x')}).result, -ENAMETOOLONG);
    CHECK_SAME(driver.run({.operation = Operation::fileOpen, .bytes = ""}).result, -ENOENT);
  });
  test("fileWrite and fileRead move bytes at an offset, also beyond 4 GiB, and at the current position", [&] {
    char text[] = "abcdef";
    char read[8] = {};
    const double far = 5.0 * 1024 * 1024 * 1024;
    CHECK_SAME(driver.run({.operation = Operation::fileWrite, .handle = file, .length = 6, .memory = text, .offset = 0})
                   .result,
               6);
    CHECK_SAME(
        driver.run({.operation = Operation::fileWrite, .handle = file, .length = 3, .memory = text, .offset = far})
            .result,
        3);
    CHECK_SAME(
        driver.run({.operation = Operation::fileRead, .handle = file, .length = 8, .memory = read, .offset = far})
            .result,
        3);
    CHECK(std::memcmp(read, "abc", 3) == 0);
    CHECK_SAME(driver.run({.operation = Operation::fileRead, .handle = file, .length = 2, .memory = read, .offset = -1})
                   .result,
               2);
    CHECK_SAME(driver.run({.operation = Operation::fileRead, .handle = file, .length = 2, .memory = read, .offset = -1})
                   .result,
               2);
    CHECK(std::memcmp(read, "cd", 2) == 0);
    CHECK_SAME(
        driver.run({.operation = Operation::fileRead, .handle = file, .length = 8, .memory = read, .offset = far + 99})
            .result,
        0);
    CHECK_SAME(driver.run({.operation = Operation::fileRead, .handle = -1, .length = 8, .memory = read}).result,
               -EBADF);
  });
  test("vectored transfers fill one view after the other", [&] {
    char one[] = "123";
    char two[] = "4567";
    CHECK_SAME(driver
                   .run({.operation = Operation::fileWriteVector,
                         .handle = file,
                         .offset = 10,
                         .bytes = pairOf(one, 3) + pairOf(two, 4)})
                   .result,
               7);
    char first[2];
    char second[8] = {};
    CHECK_SAME(driver
                   .run({.operation = Operation::fileReadVector,
                         .handle = file,
                         .offset = 10,
                         .bytes = pairOf(first, 2) + pairOf(second, 5)})
                   .result,
               7);
    CHECK(std::memcmp(first, "12", 2) == 0 && std::memcmp(second, "34567", 5) == 0);
    CHECK_SAME(driver.run({.operation = Operation::fileReadVector, .handle = file, .offset = 0}).result, 0);
    std::string many;
    for (int count = 0; count < 1024; count++) many += pairOf(first, 1);
    CHECK_SAME(driver.run({.operation = Operation::fileReadVector, .handle = file, .offset = 0, .bytes = many}).result,
               1024);
  });
  test("fileSync, fileDataSync, fileAllocate, fileTruncate and fileStatus", [&] {
    CHECK_SAME(driver.run({.operation = Operation::fileSync, .handle = file}).result, 0);
    CHECK_SAME(driver.run({.operation = Operation::fileDataSync, .handle = file}).result, 0);
    CHECK_SAME(driver.run({.operation = Operation::fileTruncate, .handle = file, .offset = 100}).result, 0);
    CHECK_SAME(
        driver.run({.operation = Operation::fileAllocate, .handle = file, .offset = 4096, .address = 8192}).result, 0);
    const Seen seen = driver.run({.operation = Operation::fileStatus, .handle = file});
    CHECK_SAME(seen.result, 0);
    CHECK_SAME(seen.payload.size(), sizeof(StatusPayload));
    StatusPayload status;
    std::memcpy(&status, seen.payload.data(), sizeof status);
    CHECK_SAME(status.size, 4096 + 8192);
    struct stat expected;
    CHECK_SAME(::fstat(file, &expected), 0);
    CHECK_SAME(status.inode, expected.st_ino);
    CHECK_SAME(status.device, expected.st_dev);
    CHECK_SAME(status.mode, expected.st_mode);
    CHECK_SAME(driver.run({.operation = Operation::fileStatus, .handle = 9999}).result, -EBADF);
  });
  test("handleClose closes, and closes nothing twice", [&] {
    CHECK_SAME(driver.run({.operation = Operation::handleClose, .handle = file}).result, 0);
    CHECK_SAME(::fcntl(file, F_GETFD), -1);
    CHECK_SAME(driver.run({.operation = Operation::handleClose, .handle = file}).result, -EBADF);
  });
  test("paths are made, linked, renamed and removed", [&] {
    const std::string folder = directory / "folder";
    CHECK_SAME(driver.run({.operation = Operation::pathMakeDirectory, .bytes = folder, .argument0 = 0750}).result, 0);
    CHECK_SAME(driver.run({.operation = Operation::pathMakeDirectory, .bytes = folder}).result, -EEXIST);
    CHECK_SAME(driver.run({.operation = Operation::pathLink, .bytes = two(path, folder + "/hard")}).result, 0);
    CHECK_SAME(driver.run({.operation = Operation::pathSymlink, .bytes = two("hard", folder + "/soft")}).result, 0);
    CHECK_SAME(
        driver.run({.operation = Operation::pathRename, .bytes = two(folder + "/hard", folder + "/moved")}).result, 0);
    const auto modeOf = [&](const std::string& name, int follow) {
      const Seen seen = driver.run({.operation = Operation::pathStatus, .bytes = name, .argument0 = follow});
      StatusPayload status = {};
      if (seen.payload.size() == sizeof status) std::memcpy(&status, seen.payload.data(), sizeof status);
      return seen.result < 0 ? static_cast<long long>(seen.result) : static_cast<long long>(status.mode & S_IFMT);
    };
    CHECK_SAME(modeOf(folder + "/soft", 0), S_IFLNK);
    CHECK_SAME(modeOf(folder + "/soft", 1), -ENOENT);
    CHECK_SAME(modeOf(folder + "/moved", 1), S_IFREG);
    CHECK_SAME(driver.run({.operation = Operation::pathRemoveDirectory, .bytes = folder}).result, -ENOTEMPTY);
    CHECK_SAME(driver.run({.operation = Operation::pathUnlink, .bytes = folder + "/moved"}).result, 0);
    CHECK_SAME(driver.run({.operation = Operation::pathUnlink, .bytes = folder + "/soft"}).result, 0);
    CHECK_SAME(driver.run({.operation = Operation::pathUnlink, .bytes = folder}).result, -EISDIR);
    CHECK_SAME(driver.run({.operation = Operation::pathRemoveDirectory, .bytes = folder}).result, 0);
    for (const Operation operation : {Operation::pathRename, Operation::pathLink, Operation::pathSymlink}) {
      CHECK_SAME(driver.run({.operation = operation, .bytes = "one path only"}).result, -EINVAL);
    }
  });
  test("an operation the ring has no entry for is refused, not lost", [&] {
    CHECK_SAME(driver.run({.operation = Operation::addressLookup, .bytes = "localhost"}).result, -ENOSYS);
    CHECK(!lane->runs(Operation::addressLookup));
    CHECK(lane->runs(Operation::fileRead));
  });
  test("everything counted as submitted was counted as completed", [&] {
    CHECK_SAME(driver.pending(), 0);
    CHECK_SAME(lane->counters().submitted, lane->counters().completed);
    CHECK(lane->close());
    CHECK(lane->close());
  });
}

}  // namespace

int main() {
  files();
  return sumUp();
}
