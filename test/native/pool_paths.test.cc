// Every operation of the pool lane on paths and names.
//
// sources: native/backend/pool/*.cc native/os/*.cc native/os/linux/*.cc

#include <netdb.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include <array>
#include <set>

#include "os/socket_address.h"
#include "pool_directory.h"
#include "pool_harness.h"
#include "runtime/status_payload.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

void making() {
  test("directories are made, renamed and removed", [] {
    Pump pump;
    TemporaryDirectory directory;
    const mode_t before = ::umask(0);
    CHECK_SAME(
        pump.run({.operation = Operation::pathMakeDirectory, .bytes = directory / "d", .argument0 = 0750}).result, 0);
    ::umask(before);
    CHECK_SAME(statusOf(directory / "d").st_mode, S_IFDIR | 0750);
    CHECK_SAME(
        pump.run({.operation = Operation::pathMakeDirectory, .bytes = directory / "d", .argument0 = 0750}).result,
        -EEXIST);
    CHECK_SAME(
        pump.run({.operation = Operation::pathRename, .bytes = twoPaths(directory / "d", directory / "e")}).result, 0);
    CHECK(!exists(directory / "d") && exists(directory / "e"));
    CHECK_SAME(pump.run({.operation = Operation::pathRemoveDirectory, .bytes = directory / "e"}).result, 0);
    CHECK_SAME(pump.run({.operation = Operation::pathRemoveDirectory, .bytes = directory / "e"}).result, -ENOENT);
    CHECK_SAME(pump.run({.operation = Operation::pathMakeDirectory, .bytes = ""}).result, -ENOENT);
  });
  test("links are made, read and unlinked", [] {
    Pump pump;
    TemporaryDirectory directory;
    directory.file("a", "x");
    CHECK_SAME(pump.run({.operation = Operation::pathSymlink, .bytes = twoPaths("a", directory / "s")}).result, 0);
    CHECK_SAME(pump.run({.operation = Operation::pathLink, .bytes = twoPaths(directory / "a", directory / "h")}).result,
               0);
    CHECK_SAME(statusOf(directory / "a").st_nlink, 2);
    const Answer target = pump.run({.operation = Operation::pathReadLink, .bytes = directory / "s"});
    CHECK(target.result == 1 && target.payload == "a");
    const std::string far(1000, 'f');
    CHECK_SAME(pump.run({.operation = Operation::pathSymlink, .bytes = twoPaths(far, directory / "far")}).result, 0);
    CHECK(pump.run({.operation = Operation::pathReadLink, .bytes = directory / "far"}).payload == far);
    CHECK_SAME(pump.run({.operation = Operation::pathReadLink, .bytes = directory / "a"}).result, -EINVAL);
    const Answer real = pump.run({.operation = Operation::pathRealPath, .bytes = directory / "./s"});
    CHECK(real.payload == directory / "a");
    CHECK_SAME(pump.run({.operation = Operation::pathRealPath, .bytes = directory / "none"}).result, -ENOENT);
    CHECK_SAME(pump.run({.operation = Operation::pathUnlink, .bytes = directory / "s"}).result, 0);
    CHECK(!exists(directory / "s") && exists(directory / "a"));
    CHECK_SAME(pump.run({.operation = Operation::pathUnlink, .bytes = directory / "s"}).result, -ENOENT);
  });
  test("pathMakeTemporary makes a new directory each time", [] {
    Pump pump;
    TemporaryDirectory directory;
    const Ask ask{.operation = Operation::pathMakeTemporary, .bytes = directory / "t-"};
    const std::string first = pump.run(ask).payload;
    const std::string second = pump.run(ask).payload;
    CHECK(first != second && first.size() == (directory / "t-").size() + 6);
    CHECK_SAME(statusOf(first).st_mode, S_IFDIR | 0700);
    CHECK_SAME(pump.run({.operation = Operation::pathMakeTemporary, .bytes = directory / "none/t"}).result, -ENOENT);
  });
}

void asking() {
  test("pathStatus follows the last link or keeps it", [] {
    Pump pump;
    TemporaryDirectory directory;
    directory.file("a", "12345");
    CHECK_SAME(::symlink("a", (directory / "s").c_str()), 0);
    const Ask follow{.operation = Operation::pathStatus, .bytes = directory / "s", .argument0 = 1};
    CHECK_SAME(pump.run(follow).as<StatusPayload>().size, 5);
    const Ask keep{.operation = Operation::pathStatus, .bytes = directory / "s", .argument0 = 0};
    CHECK_SAME(pump.run(keep).as<StatusPayload>().mode & S_IFMT, S_IFLNK);
    CHECK_SAME(pump.run({.operation = Operation::pathStatus, .bytes = directory / "none"}).result, -ENOENT);
  });
  test("pathReadDirectory gives every entry with its type, but the dots", [] {
    Pump pump;
    TemporaryDirectory directory;
    std::set<std::string> expected;
    for (int index = 0; index < 500; index++) {
      const std::string name = "file-" + std::to_string(index);
      directory.file(name, "");
      expected.insert(static_cast<char>(DT_REG) + name);
    }
    CHECK_SAME(::mkdir((directory / "d").c_str(), 0700), 0);
    expected.insert(static_cast<char>(DT_DIR) + std::string("d"));
    const Answer answer = pump.run({.operation = Operation::pathReadDirectory, .bytes = directory.path()});
    std::set<std::string> found;
    for (std::size_t at = 0; at < answer.payload.size();) {
      const std::size_t end = answer.payload.find('\0', at + 1);
      found.insert(answer.payload.substr(at, end - at));
      at = end + 1;
    }
    CHECK_SAME(answer.result, 501);
    CHECK(found == expected);
    const Answer empty = pump.run({.operation = Operation::pathReadDirectory, .bytes = directory / "d"});
    CHECK(empty.result == 0 && empty.payload.empty());
    CHECK_SAME(pump.run({.operation = Operation::pathReadDirectory, .bytes = directory / "file-1"}).result, -ENOTDIR);
  });
  test("pathAccess and pathStatusFilesystem answer as the system calls do", [] {
    Pump pump;
    TemporaryDirectory directory;
    directory.file("a", "");
    CHECK_SAME(pump.run({.operation = Operation::pathAccess, .bytes = directory / "a", .argument0 = R_OK}).result, 0);
    CHECK_SAME(pump.run({.operation = Operation::pathAccess, .bytes = directory / "a", .argument0 = X_OK}).result,
               -EACCES);
    CHECK_SAME(pump.run({.operation = Operation::pathAccess, .bytes = directory / "none"}).result, -ENOENT);
    const Answer answer = pump.run({.operation = Operation::pathStatusFilesystem, .bytes = directory.path()});
    struct statfs real;
    CHECK_SAME(::statfs(directory.path().c_str(), &real), 0);
    const auto fields = answer.as<std::array<std::uint64_t, 8>>();
    CHECK_SAME(answer.payload.size(), 64);
    CHECK_SAME(fields[0], real.f_type);
    CHECK_SAME(fields[1], real.f_bsize);
    CHECK_SAME(fields[2], static_cast<std::uint64_t>(real.f_frsize));
    CHECK_SAME(fields[3], real.f_blocks);
    CHECK_SAME(fields[6], real.f_files);
  });
}

void changing() {
  test("mode, owner and times of a path change, of the link itself when asked", [] {
    Pump pump;
    TemporaryDirectory directory;
    directory.file("a", "");
    CHECK_SAME(::symlink("a", (directory / "s").c_str()), 0);
    CHECK_SAME(pump.run({.operation = Operation::pathChangeMode, .bytes = directory / "s", .argument0 = 0604}).result,
               0);
    CHECK_SAME(statusOf(directory / "a").st_mode & 07777, 0604);
    Ask owner{.operation = Operation::pathChangeOwner, .bytes = directory / "s", .length = 1, .argument0 = -1};
    owner.argument1 = static_cast<std::int32_t>(::getgid());
    CHECK_SAME(pump.run(owner).result, 0);
    Ask times{.operation = Operation::pathChangeTimes, .bytes = directory / "s", .address = 1000, .offset = -5};
    times.argument1 = 7;
    CHECK_SAME(pump.run(times).result, 0);
    CHECK_SAME(statusOf(directory / "a").st_mtim.tv_sec, -5);
    CHECK_SAME(statusOf(directory / "a").st_mtim.tv_nsec, 7);
    times.length = 1;
    times.offset = 2000;
    CHECK_SAME(pump.run(times).result, 0);
    CHECK_SAME(statusOf(directory / "a").st_mtim.tv_sec, -5);
    CHECK_SAME(statusOf(directory / "s").st_mtim.tv_sec, 2000);
  });
}

void copying() {
  const auto copy = [](Pump& pump, const std::string& from, const std::string& to, int flags = 0) {
    return pump.run({.operation = Operation::pathCopy, .bytes = twoPaths(from, to), .argument0 = flags}).result;
  };
  test("pathCopy copies contents and mode bits, and replaces what was there", [&] {
    Pump pump;
    TemporaryDirectory directory;
    const std::string text(10'000'000, 'c');
    const std::string from = directory.file("from", text);
    CHECK_SAME(::chmod(from.c_str(), 0751), 0);
    CHECK_SAME(copy(pump, from, directory / "to"), 0);
    CHECK(contentsOf(directory / "to") == text);
    CHECK_SAME(statusOf(directory / "to").st_mode & 07777, 0751);
    directory.file("from", "short");
    CHECK_SAME(copy(pump, from, directory / "to"), 0);
    CHECK(contentsOf(directory / "to") == "short");
    CHECK_SAME(copy(pump, from, from), 0);
    CHECK(contentsOf(from) == "short");
    CHECK_SAME(copy(pump, "/proc/self/status", directory / "proc"), 0);
    CHECK(contentsOf(directory / "proc").starts_with("Name:"));
  });
  test("pathCopy keeps to its flags and leaves nothing behind when it fails", [&] {
    Pump pump;
    TemporaryDirectory directory;
    const std::string from = directory.file("from", "new");
    const std::string to = directory.file("to", "old");
    CHECK_SAME(copy(pump, from, to, 1), -EEXIST);
    CHECK(contentsOf(to) == "old");
    CHECK_SAME(copy(pump, from, directory / "clone", 2), 0);
    CHECK(contentsOf(directory / "clone") == "new");
    // Whether the file system of /tmp shares blocks decides between the two.
    const int forced = copy(pump, from, directory / "forced", 4);
    CHECK(forced == 0 || forced == -ENOTSUP);
    CHECK_SAME(exists(directory / "forced"), forced == 0);
    CHECK_SAME(copy(pump, from, to, 4), forced);
    CHECK(contentsOf(to) == (forced == 0 ? "new" : "old"));
    CHECK_SAME(copy(pump, directory / "none", directory / "x"), -ENOENT);
    CHECK_SAME(copy(pump, directory.path(), directory / "x"), -EISDIR);
    CHECK(!exists(directory / "x"));
    // Only root may make a device of its own, and a shared one is not to be put at risk.
    const std::string device = directory / "full";
    if (::mknod(device.c_str(), S_IFCHR | 0666, makedev(1, 7)) != 0) return;
    CHECK_SAME(::chmod(device.c_str(), 0666), 0);
    const mode_t mode = statusOf(device).st_mode;
    const int full = copy(pump, from, device);
    // A file system mounted without devices refuses to open it.
    CHECK(full == -ENOSPC || full == -EACCES);
    CHECK_SAME(statusOf(device).st_mode, mode);
  });
}

void resolving() {
  struct Record {
    std::int32_t family, port, scope, length;
    std::byte address[16];
  };
  static_assert(sizeof(Record) == wireAddressRecord);
  test("addressLookup gives one record an address", [] {
    Pump pump;
    const Answer four = pump.run({.operation = Operation::addressLookup, .bytes = "127.0.0.1"});
    CHECK_SAME(four.result, 1);
    CHECK_SAME(four.payload.size(), wireAddressRecord);
    CHECK_SAME(four.as<Record>().family, 4);
    CHECK_SAME(four.as<Record>().length, 4);
    CHECK_SAME(four.as<Record>().address[0], 127);
    CHECK_SAME(four.as<Record>().address[3], 1);
    const Answer six = pump.run({.operation = Operation::addressLookup, .bytes = "::1", .argument0 = 6});
    CHECK_SAME(six.as<Record>().family, 6);
    CHECK_SAME(six.as<Record>().address[15], 1);
    const Answer local = pump.run({.operation = Operation::addressLookup, .bytes = "localhost", .argument0 = 4});
    CHECK(local.result >= 1 && local.payload.size() == static_cast<std::size_t>(local.result) * wireAddressRecord);
  });
  test("addressLookup fails with the numbers of Node's error map", [] {
    Pump pump;
    const Ask none{.operation = Operation::addressLookup, .bytes = "no number", .argument1 = AI_NUMERICHOST};
    CHECK_SAME(pump.run(none).result, -3008);
    const Ask flags{.operation = Operation::addressLookup, .bytes = "127.0.0.1", .argument1 = 1 << 30};
    CHECK_SAME(pump.run(flags).result, -3002);
    const Ask family{.operation = Operation::addressLookup, .bytes = "::1", .argument0 = 4};
    CHECK_SAME(pump.run(family).result, -3000);
  });
}

}  // namespace

int main() {
  making();
  asking();
  changing();
  copying();
  resolving();
  return sumUp();
}
