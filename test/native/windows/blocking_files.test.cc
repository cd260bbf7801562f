// Files by their handles: what opens them, moves bytes and changes them on threads of the pool.
//
// sources: native/os/windows/blocking_*.cc native/os/windows/file_*.cc native/os/windows/paths.cc
// sources: native/os/windows/text.cc native/os/windows/errors.cc native/os/windows/status.cc
// sources: native/os/windows/reparse_points.cc native/os/windows/close_descriptor.cc
// sources: native/os/windows/winsock.cc native/os/entries.cc native/os/socket_address.cc
// sources: native/os/windows/unix_address.cc

#include "os/blocking_files.h"

#include <cstring>
#include <limits>

#include "check.h"
#include "directory.h"
#include "os/close_descriptor.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"
#include "os/windows/status.h"

using namespace rescind;
using namespace rescind::testing;
using namespace rescind::blocking;

namespace {

constexpr int readOnly = 0;
constexpr int readWrite = 2;
constexpr int create = 0x100;
constexpr std::atomic<bool> notCancelled = false;

// Closes a descriptor.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) closeDescriptor(descriptor_);
  }
  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

StatusPayload statusOf(int file) {
  Bytes bytes;
  StatusPayload status{};
  CHECK_SAME(fileStatus(file, bytes), 0);
  if (bytes.size() == sizeof status) std::memcpy(&status, bytes.data(), sizeof status);
  return status;
}

std::string vectorOf(std::initializer_list<std::pair<void*, std::size_t>> pieces) {
  std::string pairs;
  for (const auto& [memory, length] : pieces) {
    const double pair[2] = {static_cast<double>(reinterpret_cast<std::uintptr_t>(memory)), static_cast<double>(length)};
    pairs.append(reinterpret_cast<const char*>(pair), sizeof pair);
  }
  return pairs;
}

}  // namespace

int main() {
  const Directory directory;

  test("bytes move at positions, and there is no current one", [&] {
    const File file(fileOpen((directory / "moved").c_str(), readWrite | create, 0666));
    CHECK(file.get() > 0);
    CHECK_SAME(fileWrite(file.get(), "contents", 8, 2), 8);
    char bytes[8] = {};
    CHECK_SAME(fileRead(file.get(), bytes, 4, 4), 4);
    CHECK(std::memcmp(bytes, "nten", 4) == 0);
    CHECK_SAME(fileRead(file.get(), bytes, 8, 6), 4);
    CHECK_SAME(fileRead(file.get(), bytes, 8, 10), 0);
    CHECK_SAME(fileRead(file.get(), bytes, 8, currentPosition), -error::invalidArgument);
    CHECK_SAME(fileWrite(file.get(), bytes, 8, currentPosition), -error::invalidArgument);
    CHECK_SAME(lastNativeError(), 0);
  });

  test("pieces follow each other, and end with the file", [&] {
    const File file(fileOpen((directory / "pieces").c_str(), readWrite | create, 0666));
    char first[] = "one";
    char second[] = "second";
    const std::string pairs = vectorOf({{first, 3}, {nullptr, 0}, {second, 6}});
    CHECK_SAME(fileWriteVector(file.get(), pairs, 1), 9);
    CHECK_SAME(fileReadVector(file.get(), pairs, 5), 5);
    CHECK(std::memcmp(first, "eco", 3) == 0 && std::memcmp(second, "ndcond", 6) == 0);
    CHECK_SAME(fileReadVector(file.get(), pairs, 10), 0);
    CHECK_SAME(fileReadVector(file.get(), pairs, -1), -error::invalidArgument);
  });

  test("who may not read or write is told so as Node tells it", [&] {
    const File reader(fileOpen(directory.write("mine", "text").c_str(), readOnly, 0));
    CHECK_SAME(fileWrite(reader.get(), "x", 1, 0), -error::badDescriptor);
    CHECK_SAME(lastNativeError(), ERROR_ACCESS_DENIED);
    // Wine has another word for it than Windows (EINVAL, EPERM).
    CHECK(fileTruncate(reader.get(), 0) < 0);
    CHECK_SAME(fileSync(reader.get()), -error::notPermitted);
    CHECK_SAME(fileRead(0x7ffffff0, nullptr, 0, 0), -error::badDescriptor);
    // Its owner may change what it is all the same.
    CHECK_SAME(fileChangeMode(reader.get(), 0444), 0);
    CHECK_SAME(statusOf(reader.get()).mode, modeFile | 0444);
    CHECK_SAME(fileChangeTimes(reader.get(), {1, 0}, {7, 100}), 0);
    CHECK_SAME(statusOf(reader.get()).modifySeconds, 7);
    CHECK_SAME(fileChangeMode(reader.get(), 0600), 0);
    CHECK_SAME(fileChangeOwner(reader.get(), 1, 1), 0);
  });

  test("a file is made as long as is asked for, and its contents stay", [&] {
    const File file(fileOpen(directory.write("long", "text").c_str(), readWrite, 0));
    CHECK_SAME(fileAllocate(file.get(), 0, 100, 28), 0);
    CHECK_SAME(statusOf(file.get()).size, 128);
    CHECK_SAME(fileAllocate(file.get(), 0, 0, 64), 0);
    CHECK_SAME(statusOf(file.get()).size, 128);
    CHECK_SAME(fileAllocate(file.get(), 1, 0, 1 << 20), 0);
    CHECK_SAME(statusOf(file.get()).size, 128);
    CHECK_SAME(fileTruncate(file.get(), 2), 0);
    CHECK_SAME(fileTruncate(file.get(), 5), 0);
    CHECK(directory.read("long") == std::string("te\0\0\0", 5));
    CHECK_SAME(fileAllocate(file.get(), 0x40, 0, 1), -error::notSupported);
    CHECK_SAME(fileAllocate(file.get(), 0, -1, 1), -error::invalidArgument);
    CHECK_SAME(fileAllocate(file.get(), 0, std::numeric_limits<std::int64_t>::max(), 1), -error::invalidArgument);
    CHECK_SAME(fileTruncate(file.get(), -1), -error::invalidArgument);
    CHECK_SAME(fileSync(file.get()), 0);
    CHECK_SAME(fileDataSync(file.get()), 0);
  });

  test("times are kept to 100 ns, from 1601 on", [&] {
    const File file(fileOpen(directory.write("timed", "").c_str(), readWrite, 0));
    CHECK_SAME(fileChangeTimes(file.get(), {1, 0}, {1'700'000'000, 123'456'789}), 0);
    CHECK_SAME(statusOf(file.get()).modifySeconds, 1'700'000'000);
    CHECK_SAME(statusOf(file.get()).modifyNanoseconds, 123'456'700);
    CHECK_SAME(fileChangeTimes(file.get(), {1, 0}, {-11'644'473'601, 0}), -error::invalidArgument);
    CHECK_SAME(fileChangeTimes(file.get(), {1, 0}, {std::numeric_limits<std::int64_t>::max(), 0}),
               -error::invalidArgument);
  });

  test("devices and pipes have a type and no more", [] {
    const File null(fileOpen("\\\\.\\NUL", readWrite, 0));
    CHECK_SAME(statusOf(null.get()).mode & 0xf000, modeCharacterDevice);
    CHECK_SAME(statusOf(null.get()).linkCount, 1);
    HANDLE ends[2];
    CHECK(::CreatePipe(&ends[0], &ends[1], nullptr, 0) != FALSE);
    const File reader(descriptorOf(ends[0]));
    const File writer(descriptorOf(ends[1]));
    CHECK_SAME(statusOf(reader.get()).mode, modeFifo);
    Bytes ignored;
    CHECK_SAME(fileStatus(0x7ffffff0, ignored), -error::badDescriptor);
    CHECK(ignored.empty());
  });

  test("a whole file is read, and nothing but files", [&] {
    Bytes bytes;
    const std::string contents(100'000, 'x');
    CHECK_SAME(fileReadWhole(directory.write("whole", contents).c_str(), readOnly, notCancelled, bytes), 100'000);
    CHECK(textOf(bytes) == contents);
    CHECK_SAME(fileReadWhole(directory.write("empty", "").c_str(), readOnly, notCancelled, bytes), 0);
    CHECK(bytes.empty());
    CHECK_SAME(fileReadWhole((directory / "none").c_str(), readOnly, notCancelled, bytes), -error::noEntry);
    CHECK_SAME(fileReadWhole(directory.path().c_str(), readOnly, notCancelled, bytes), -error::notSupported);
    CHECK_SAME(fileReadWhole("\\\\.\\NUL", readOnly, notCancelled, bytes), -error::notSupported);
    const std::atomic<bool> cancelled = true;
    CHECK_SAME(fileReadWhole((directory / "whole").c_str(), readOnly, cancelled, bytes), -error::cancelled);
    CHECK(bytes.empty());
  });

  test("what is larger than half a gigabyte is left to others", [&] {
    const File file(fileOpen((directory / "huge").c_str(), readWrite | create, 0666));
    CHECK_SAME(fileTruncate(file.get(), (std::int64_t{512} << 20) + 1), 0);
    Bytes bytes;
    CHECK_SAME(fileReadWhole((directory / "huge").c_str(), readOnly, notCancelled, bytes), -error::notSupported);
  });

  return sumUp();
}
