// The short road: what it answers, what it leaves to the lanes, and that it has no effect on what it leaves.
//
// sources: native/os/linux/cached_files.cc native/os/linux/local_devices.cc

#include "os/cached_files.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "pool_directory.h"
#include "pool_harness.h"
#include "runtime/status_payload.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

CachedFiles cached;
TemporaryDirectory directory;

std::span<const std::byte> bytesOf(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::optional<CachedAnswer> ask(Operation operation, const std::string& path, int argument0 = 0, int handle = -1) {
  Descriptor descriptor{};
  descriptor.operation = operation;
  descriptor.argument0 = argument0;
  descriptor.handle = handle;
  return cached.attempt(descriptor, bytesOf(path));
}

std::string file(const std::string& name, std::size_t size = 3) {
  const std::string path = directory / name;
  std::ofstream(path) << std::string(size, 'c');
  return path;
}

std::string textOf(const std::optional<CachedAnswer>& answer) {
  return answer ? std::string(reinterpret_cast<const char*>(answer->payload.data()), answer->payload.size())
                : "nothing";
}

int descriptors() {
  int count = 0;
  DIR* open = ::opendir("/proc/self/fd");
  while (::readdir(open) != nullptr) count++;
  ::closedir(open);
  return count;
}

void regularFiles() {
  const std::string path = file("regular");
  test("a small file whose pages are in memory is answered whole", [&] {
    const auto answer = ask(Operation::fileReadWhole, path);
    CHECK(answer.has_value());
    CHECK(textOf(answer) == "ccc");
    CHECK_SAME(answer->result, 3);
    CHECK(textOf(ask(Operation::fileReadWhole, file("empty", 0))).empty());
    CHECK_SAME(textOf(ask(Operation::fileReadWhole, file("64k", 64 * 1024))).size(), 64 * 1024);
  });
  test("what changed since is seen: content, length, another file of that name", [&] {
    CHECK(textOf(ask(Operation::fileReadWhole, path)) == "ccc");
    std::ofstream(path) << "changed";
    CHECK(textOf(ask(Operation::fileReadWhole, path)) == "changed");
    ::unlink(path.c_str());
    CHECK(!ask(Operation::fileReadWhole, path).has_value());
    std::ofstream(path) << "another";
    CHECK(textOf(ask(Operation::fileReadWhole, path)) == "another");
  });
  test("an open gives a descriptor that is like that of open(2)", [&] {
    for (const int flags : {O_RDONLY, O_RDWR, O_WRONLY | O_APPEND, O_RDONLY | O_NOFOLLOW, O_RDWR | O_SYNC}) {
      const auto answer = ask(Operation::fileOpen, path, flags);
      CHECK(answer.has_value());
      if (!answer) continue;
      CHECK_SAME(::fcntl(answer->result, F_GETFD), FD_CLOEXEC);
      const int plain = ::open(path.c_str(), flags);
      CHECK_SAME(::fcntl(answer->result, F_GETFL), ::fcntl(plain, F_GETFL));
      ::close(plain);
      ::close(answer->result);
    }
  });
  test("an open that would change something is left alone", [&] {
    for (const int flags : {O_RDWR | O_CREAT, O_RDWR | O_TRUNC, O_DIRECTORY, O_PATH})
      CHECK(!ask(Operation::fileOpen, path, flags));
    CHECK(textOf(ask(Operation::fileReadWhole, path)) == "another");
  });
  test("status by path and by descriptor is that of stat(2)", [&] {
    struct stat expected;
    CHECK_SAME(::stat(path.c_str(), &expected), 0);
    const int open = ::open(path.c_str(), O_RDONLY);
    for (const auto& answer : {ask(Operation::pathStatus, path, 1), ask(Operation::fileStatus, "", 0, open)}) {
      CHECK(answer.has_value());
      CHECK_SAME(answer->result, 0);
      StatusPayload status;
      CHECK_SAME(answer->payload.size(), sizeof status);
      std::memcpy(&status, answer->payload.data(), sizeof status);
      CHECK_SAME(status.inode, expected.st_ino);
      CHECK_SAME(status.size, expected.st_size);
      CHECK_SAME(status.mode, expected.st_mode);
      CHECK_SAME(status.modifyNanoseconds, expected.st_mtim.tv_nsec);
    }
    ::close(open);
    CHECK(!ask(Operation::fileStatus, "", 0, open));
    CHECK(!ask(Operation::fileStatus, "", 0, -1));
  });
}

void leftAlone() {
  test("too large, missing, directories, too long and empty paths are left to the lanes", [] {
    CHECK(!ask(Operation::fileReadWhole, file("large", 64 * 1024 + 1)));
    CHECK(!ask(Operation::fileReadWhole, directory / "missing"));
    CHECK(!ask(Operation::fileOpen, directory / "missing", O_RDONLY));
    CHECK(!ask(Operation::pathStatus, directory / "missing", 1));
    CHECK(!ask(Operation::fileReadWhole, directory.path()));
    CHECK(!ask(Operation::fileOpen, directory.path(), O_RDONLY));
    CHECK(!ask(Operation::fileOpen, "", O_RDONLY));
    CHECK(!ask(Operation::fileReadWhole, directory / std::string(2000, 'x')));
    CHECK(!ask(Operation::noop, "x"));
    CHECK(ask(Operation::pathStatus, directory.path(), 1).has_value());
  });
  test("a symbolic link is followed or not as open(2) and lstat(2) do", [] {
    const std::string target = file("target");
    const std::string link = directory / "link";
    CHECK_SAME(::symlink(target.c_str(), link.c_str()), 0);
    // Following a link may note the time in it, which the short road leaves to others: they have done so soon.
    const auto soon = [&](Operation operation, int argument0) {
      auto answer = ask(operation, link, argument0);
      for (int attempt = 0; !answer && attempt < 200; attempt++) {
        struct stat ignored;
        CHECK_SAME(::stat(link.c_str(), &ignored), 0);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        answer = ask(operation, link, argument0);
      }
      return answer;
    };
    CHECK(textOf(soon(Operation::fileReadWhole, O_RDONLY)) == "ccc");
    CHECK(!ask(Operation::fileOpen, link, O_RDONLY | O_NOFOLLOW));
    const auto mode = [&](int follow) {
      StatusPayload status{};
      const auto answer = soon(Operation::pathStatus, follow);
      if (answer) std::memcpy(&status, answer->payload.data(), sizeof status);
      return status.mode & S_IFMT;
    };
    CHECK_SAME(mode(0), S_IFLNK);
    CHECK_SAME(mode(1), S_IFREG);
    ::unlink(target.c_str());
    CHECK(!ask(Operation::fileReadWhole, link));
  });
  test("files of /proc, which have no pages, and devices are left alone", [] {
    CHECK(!ask(Operation::fileReadWhole, "/proc/self/status"));
    CHECK(!ask(Operation::fileOpen, "/proc/self/status", O_RDONLY));
    CHECK(!ask(Operation::fileOpen, "/dev/null", O_RDONLY));
    CHECK(!ask(Operation::fileReadWhole, "/dev/zero"));
  });
  test("a file of this machine is told from what is no regular file, and from none", [] {
    const auto isLocal = [](const std::string& path, int flags) {
      const int opened = ::open(path.c_str(), flags | O_CLOEXEC);
      const bool local = cached.isLocalFile(opened);
      ::close(opened);
      return local;
    };
    CHECK(isLocal(file("of this machine"), O_RDONLY));
    CHECK(!isLocal(directory.path(), O_RDONLY));
    CHECK(!isLocal(directory.fifo("of this machine, too"), O_RDWR));
    CHECK(!isLocal("/dev/null", O_WRONLY));
    CHECK(!isLocal("none", O_RDONLY));
  });
  test("a FIFO is not touched: whoever waits for a reader waits on", [] {
    const std::string fifo = directory / "fifo";
    CHECK_SAME(::mkfifo(fifo.c_str(), 0600), 0);
    std::atomic<bool> opened = false;
    std::thread writer([&] {
      const int end = ::open(fifo.c_str(), O_WRONLY);
      opened = true;
      ::close(end);
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    CHECK(!ask(Operation::fileOpen, fifo, O_RDONLY));
    CHECK(!ask(Operation::fileReadWhole, fifo));
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    CHECK(!opened);
    // Open until the writer is through: it may not have come to its open yet.
    const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
    writer.join();
    ::close(reader);
  });
  test("a file without permission is refused by the lane, not here", [] {
    const std::string path = file("secret");
    ::chmod(path.c_str(), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
      ::_exit(ask(Operation::fileReadWhole, path) || ask(Operation::fileOpen, path, O_RDONLY) ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK_SAME(status, 0);
  });
}

std::int32_t readFrom(int handle, std::string& into, double offset) {
  Descriptor descriptor{};
  descriptor.operation = Operation::fileRead;
  descriptor.handle = handle;
  descriptor.address = static_cast<double>(reinterpret_cast<std::uintptr_t>(into.data()));
  descriptor.length = static_cast<std::uint32_t>(into.size());
  descriptor.offset = offset;
  return CachedFiles::read(descriptor);
}

bool isInMemory(int open) {
  void* page = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, open, 0);
  unsigned char resident = 0;
  ::mincore(page, 4096, &resident);
  ::munmap(page, 4096);
  return (resident & 1) != 0;
}

void reads() {
  const std::string path = directory / "read";
  std::ofstream(path) << "0123456789";
  const int open = ::open(path.c_str(), O_RDONLY);
  test("a read is answered when all of it is in memory, and leaves the position where it was", [&] {
    std::string into(4, '.');
    CHECK_SAME(readFrom(open, into, 3), 4);
    CHECK(into == "3456");
    CHECK_SAME(::lseek(open, 0, SEEK_CUR), 0);
  });
  test("at the end, and behind it, there are no bytes", [&] {
    std::string into(4, '.');
    CHECK_SAME(readFrom(open, into, 10), 0);
    CHECK_SAME(readFrom(open, into, 1e15), 0);
    CHECK(into == "....");
  });
  test("fewer bytes than wanted are no answer: only the ring can tell the end from a page that is not there", [&] {
    std::string into(20, '.');
    CHECK_SAME(readFrom(open, into, 0), -EAGAIN);
  });
  test("what is not in memory, has no positions or is closed is no answer either", [&] {
    std::string into(4, '.');
    ::fsync(open);
    ::posix_fadvise(open, 0, 0, POSIX_FADV_DONTNEED);
    // A file system in memory keeps its pages.
    CHECK_SAME(readFrom(open, into, 0), isInMemory(open) ? 4 : -EAGAIN);
    into = "....";
    int ends[2];
    CHECK_SAME(::pipe(ends), 0);
    CHECK_SAME(::write(ends[1], "pipe", 4), 4);
    CHECK_SAME(readFrom(ends[0], into, 0), -EAGAIN);
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK_SAME(readFrom(ends[0], into, 0), -EAGAIN);
    CHECK(into == "....");
  });
  ::close(open);
}

// A lease makes open(2) wait for its holder, up to 45 s: not on the JS thread.
void leases() {
  test("a file somebody has a lease on does not make the caller wait", [] {
    const std::string path = file("leased");
    // A lease is given only while nobody else has the file open.
    const auto before = ask(Operation::fileOpen, path, O_RDONLY);
    CHECK(before.has_value());
    ::close(before->result);
    CHECK(ask(Operation::fileReadWhole, path).has_value());
    int ready[2];
    CHECK_SAME(::pipe(ready), 0);
    const pid_t holder = ::fork();
    if (holder == 0) {
      ::signal(SIGIO, SIG_IGN);
      const int own = ::open(path.c_str(), O_RDWR);
      const char said = ::fcntl(own, F_SETLEASE, F_WRLCK) == 0 ? 'y' : 'n';
      if (::write(ready[1], &said, 1) != 1) ::_exit(1);
      for (;;) ::pause();
    }
    char said = 0;
    CHECK_SAME(::read(ready[0], &said, 1), 1);
    if (said != 'y') {
      std::printf("  this file system has no leases: not tried\n");
    } else {
      const auto begin = std::chrono::steady_clock::now();
      const auto opened = ask(Operation::fileOpen, path, O_RDONLY);
      const auto read = ask(Operation::fileReadWhole, path);
      CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(3));
      CHECK(!opened.has_value());
      CHECK(!read.has_value());
      if (opened) ::close(opened->result);
    }
    ::kill(holder, SIGKILL);
    ::waitpid(holder, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
  });
}

}  // namespace

int main() {
  static_cast<void>(ask(Operation::pathStatus, "/", 1));
  const int before = descriptors();
  regularFiles();
  leftAlone();
  leases();
  reads();
  test("no descriptor is left open", [&] { CHECK_SAME(descriptors(), before); });
  return sumUp();
}
