// Every operation of the pool lane on descriptors.
//
// sources: native/backend/pool/*.cc native/os/*.cc native/os/linux/*.cc

#include <sys/inotify.h>
#include <sys/socket.h>

#include "pool_directory.h"
#include "pool_harness.h"
#include "runtime/status_payload.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

double addressOf(const void* memory) { return static_cast<double>(reinterpret_cast<std::uintptr_t>(memory)); }

int openFile(Pump& pump, const std::string& path, int flags, int mode = 0644) {
  return pump.run({.operation = Operation::fileOpen, .bytes = path, .argument0 = flags, .argument1 = mode}).result;
}

void close(Pump& pump, int handle) {
  CHECK_SAME(pump.run({.operation = Operation::handleClose, .handle = handle}).result, 0);
}

std::string vectorOf(std::vector<std::string>& pieces) {
  std::string pairs;
  for (std::string& piece : pieces) {
    const double pair[2] = {addressOf(piece.data()), static_cast<double>(piece.size())};
    pairs.append(reinterpret_cast<const char*>(pair), sizeof pair);
  }
  return pairs;
}

void opening() {
  test("fileOpen makes a file with the mode and closes it on exec", [] {
    Pump pump;
    TemporaryDirectory directory;
    const mode_t before = ::umask(0);
    const int file = openFile(pump, directory / "new", O_CREAT | O_RDWR | O_EXCL, 0640);
    ::umask(before);
    CHECK(file >= 0);
    CHECK((::fcntl(file, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_SAME(statusOf(directory / "new").st_mode & 07777, 0640);
    CHECK_SAME(openFile(pump, directory / "new", O_CREAT | O_EXCL), -EEXIST);
    CHECK_SAME(openFile(pump, directory / "none", O_RDONLY), -ENOENT);
    close(pump, file);
    CHECK_SAME(pump.run({.operation = Operation::handleClose, .handle = file}).result, -EBADF);
  });
  test("socketOpen makes each kind of socket and names what it does not know", [] {
    Pump pump;
    const int families[3][2] = {{4, AF_INET}, {6, AF_INET6}, {1, AF_UNIX}};
    for (const auto& [family, domain] : families) {
      for (const int type : {1, 2}) {
        const int socket =
            pump.run({.operation = Operation::socketOpen, .argument0 = family, .argument1 = type}).result;
        int value = 0;
        socklen_t length = sizeof value;
        CHECK_SAME(::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &value, &length), 0);
        CHECK_SAME(value, domain);
        CHECK_SAME(::getsockopt(socket, SOL_SOCKET, SO_TYPE, &value, &length), 0);
        CHECK_SAME(value, type == 1 ? SOCK_STREAM : SOCK_DGRAM);
        CHECK((::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0);
        close(pump, socket);
      }
    }
    CHECK_SAME(pump.run({.operation = Operation::socketOpen, .argument0 = 5, .argument1 = 1}).result, -EAFNOSUPPORT);
    CHECK_SAME(pump.run({.operation = Operation::socketOpen, .argument0 = 4, .argument1 = 9}).result, -ESOCKTNOSUPPORT);
  });
  test("watchAdd watches a path", [] {
    Pump pump;
    TemporaryDirectory directory;
    const int inotify = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    const Ask ask{
        .operation = Operation::watchAdd, .bytes = directory.path(), .handle = inotify, .argument0 = IN_CREATE};
    CHECK(pump.run(ask).result > 0);
    directory.file("a", "");
    char events[512];
    CHECK(::read(inotify, events, sizeof events) > 0);
    ::close(inotify);
  });
  test("an operation without a pool column ends with ENOSYS", [] {
    Pump pump;
    CHECK_SAME(pump.run({.operation = Operation::readable, .handle = 0}).result, -ENOSYS);
    CHECK(!poolRuns(Operation::readable) && !poolRuns(Operation::skip) && !poolRuns(Operation::socketConnect));
    CHECK(poolRuns(Operation::noop) && poolRuns(Operation::timer) && poolRuns(Operation::addressLookup));
    CHECK_SAME(pump.run({.operation = Operation::noop}).result, 0);
  });
}

void moving() {
  test("fileWrite and fileRead move bytes at an offset and at the current position", [] {
    Pump pump;
    TemporaryDirectory directory;
    const int file = openFile(pump, directory / "a", O_CREAT | O_RDWR);
    std::string text = "hello world";
    Ask ask{.operation = Operation::fileWrite, .handle = file, .length = 11, .address = addressOf(text.data())};
    ask.offset = -1;
    CHECK_SAME(pump.run(ask).result, 11);
    ask.offset = 5e9;
    CHECK_SAME(pump.run(ask).result, 11);
    CHECK_SAME(statusOf(directory / "a").st_size, 5'000'000'011);
    std::string into(20, '-');
    ask = {.operation = Operation::fileRead, .handle = file, .length = 20, .address = addressOf(into.data())};
    ask.offset = 5e9 + 6;
    CHECK_SAME(pump.run(ask).result, 5);
    CHECK(into.substr(0, 6) == "world-");
    ::lseek(file, 3, SEEK_SET);
    ask.offset = -1;
    ask.length = 4;
    CHECK_SAME(pump.run(ask).result, 4);
    CHECK(into.substr(0, 6) == "lo wd-");
    CHECK_SAME(::lseek(file, 0, SEEK_CUR), 7);
    ask = {.operation = Operation::fileRead, .handle = file, .length = 0, .address = 0, .offset = 0};
    CHECK_SAME(pump.run(ask).result, 0);
    ask.handle = 9999;
    CHECK_SAME(pump.run(ask).result, -EBADF);
    close(pump, file);
  });
  test("vectored reads and writes fill their pieces in order", [] {
    Pump pump;
    TemporaryDirectory directory;
    const int file = openFile(pump, directory / "a", O_CREAT | O_RDWR);
    std::vector<std::string> from{"one", "", "three"};
    CHECK_SAME(
        pump.run({.operation = Operation::fileWriteVector, .bytes = vectorOf(from), .handle = file, .offset = -1})
            .result,
        8);
    CHECK_SAME(pump.run({.operation = Operation::fileWriteVector, .bytes = vectorOf(from), .handle = file, .offset = 8})
                   .result,
               8);
    CHECK(contentsOf(directory / "a") == "onethreeonethree");
    std::vector<std::string> into{"..", "........"};
    CHECK_SAME(
        pump.run({.operation = Operation::fileReadVector, .bytes = vectorOf(into), .handle = file, .offset = 1}).result,
        10);
    CHECK(into[0] == "ne" && into[1] == "threeone");
    CHECK_SAME(pump.run({.operation = Operation::fileReadVector, .bytes = vectorOf(into), .handle = file, .offset = -1})
                   .result,
               8);
    std::vector<std::string> many(1500, "x");
    CHECK_SAME(pump.run({.operation = Operation::fileWriteVector, .bytes = vectorOf(many), .handle = file, .offset = 0})
                   .result,
               1024);
    close(pump, file);
  });
  test("fileReadWhole reads regular files to their end, also those that say they are empty", [] {
    Pump pump;
    TemporaryDirectory directory;
    std::string text;
    for (int line = 0; line < 200'000; line++) text += std::to_string(line) + "\n";
    const Ask ask{.operation = Operation::fileReadWhole, .bytes = directory.file("a", text), .argument0 = O_RDONLY};
    const Answer answer = pump.run(ask);
    CHECK_SAME(answer.result, text.size());
    CHECK(answer.payload == text);
    CHECK((answer.flags & CompletionFlag::payloadHeld) != 0);
    const Answer empty = pump.run({.operation = Operation::fileReadWhole, .bytes = directory.file("e", "")});
    CHECK(empty.result == 0 && empty.payload.empty());
    const Answer proc = pump.run({.operation = Operation::fileReadWhole, .bytes = "/proc/self/status"});
    CHECK(proc.result > 500 && proc.payload.starts_with("Name:"));
    CHECK_SAME(pump.run({.operation = Operation::fileReadWhole, .bytes = directory / "none"}).result, -ENOENT);
  });
  test("fileReadWhole leaves alone what is not a regular file or too large", [] {
    Pump pump;
    TemporaryDirectory directory;
    CHECK_SAME(pump.run({.operation = Operation::fileReadWhole, .bytes = directory.fifo("f")}).result, -ENOTSUP);
    CHECK_SAME(pump.run({.operation = Operation::fileReadWhole, .bytes = directory.path()}).result, -ENOTSUP);
    CHECK_SAME(pump.run({.operation = Operation::fileReadWhole, .bytes = "/dev/null"}).result, -ENOTSUP);
    directory.file("large", "");
    CHECK_SAME(::truncate((directory / "large").c_str(), 513 << 20), 0);
    CHECK_SAME(pump.run({.operation = Operation::fileReadWhole, .bytes = directory / "large"}).result, -ENOTSUP);
  });
}

void changing() {
  test("fileStatus, fileTruncate, fileAllocate, fileSync, fileDataSync do what the system calls do", [] {
    Pump pump;
    TemporaryDirectory directory;
    const int file = openFile(pump, directory / "a", O_CREAT | O_RDWR);
    CHECK_SAME(pump.run({.operation = Operation::fileTruncate, .handle = file, .offset = 5e9}).result, 0);
    CHECK_SAME(statusOf(directory / "a").st_size, 5'000'000'000);
    CHECK_SAME(pump.run({.operation = Operation::fileTruncate, .handle = file, .offset = 10}).result, 0);
    const Ask allocate{.operation = Operation::fileAllocate, .handle = file, .address = 65536, .offset = 4096};
    CHECK_SAME(pump.run(allocate).result, 0);
    CHECK_SAME(statusOf(directory / "a").st_size, 65536 + 4096);
    CHECK_SAME(pump.run({.operation = Operation::fileAllocate, .handle = file, .address = 0}).result, -EINVAL);
    CHECK_SAME(pump.run({.operation = Operation::fileSync, .handle = file}).result, 0);
    CHECK_SAME(pump.run({.operation = Operation::fileDataSync, .handle = file}).result, 0);
    const Answer answer = pump.run({.operation = Operation::fileStatus, .handle = file});
    const auto status = answer.as<StatusPayload>();
    const struct stat real = statusOf(directory / "a");
    CHECK_SAME(answer.payload.size(), sizeof status);
    CHECK_SAME(status.size, real.st_size);
    CHECK_SAME(status.inode, real.st_ino);
    CHECK_SAME(status.device, real.st_dev);
    CHECK_SAME(status.mode, real.st_mode);
    CHECK_SAME(status.modifyNanoseconds, real.st_mtim.tv_nsec);
    close(pump, file);
    CHECK_SAME(pump.run({.operation = Operation::fileStatus, .handle = file}).result, -EBADF);
    CHECK_SAME(pump.run({.operation = Operation::fileSync, .handle = file}).result, -EBADF);
  });
  test("fileChangeMode, fileChangeOwner and fileChangeTimes change what they name", [] {
    Pump pump;
    TemporaryDirectory directory;
    const int file = openFile(pump, directory / "a", O_CREAT | O_RDWR);
    CHECK_SAME(pump.run({.operation = Operation::fileChangeMode, .handle = file, .argument0 = 0604}).result, 0);
    const auto user = static_cast<std::int32_t>(::getuid());
    CHECK_SAME(
        pump.run({.operation = Operation::fileChangeOwner, .handle = file, .argument0 = user, .argument1 = -1}).result,
        0);
    Ask times{.operation = Operation::fileChangeTimes, .handle = file, .address = 1e9, .offset = 5e9};
    times.argument0 = 123;
    times.argument1 = 999'999'999;
    CHECK_SAME(pump.run(times).result, 0);
    const struct stat status = statusOf(directory / "a");
    CHECK_SAME(status.st_mode & 07777, 0604);
    CHECK_SAME(status.st_uid, ::getuid());
    CHECK_SAME(status.st_atim.tv_sec, 1'000'000'000);
    CHECK_SAME(status.st_atim.tv_nsec, 123);
    CHECK_SAME(status.st_mtim.tv_sec, 5'000'000'000);
    CHECK_SAME(status.st_mtim.tv_nsec, 999'999'999);
    close(pump, file);
  });
}

}  // namespace

int main() {
  opening();
  moving();
  changing();
  return sumUp();
}
