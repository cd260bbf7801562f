// Copies of files.
//
// sources: native/os/windows/blocking_*.cc native/os/windows/file_*.cc native/os/windows/paths.cc
// sources: native/os/windows/text.cc native/os/windows/errors.cc native/os/windows/status.cc
// sources: native/os/windows/reparse_points.cc native/os/windows/close_descriptor.cc
// sources: native/os/windows/winsock.cc native/os/entries.cc native/os/socket_address.cc
// sources: native/os/windows/unix_address.cc

#include "os/blocking_copy.h"

#include "check.h"
#include "directory.h"
#include "os/windows/errors.h"

using namespace rescind;
using namespace rescind::testing;
using namespace rescind::blocking;

int main() {
  const Directory directory;
  const std::atomic<bool> notCancelled = false;
  const std::atomic<bool> cancelled = true;
  const std::string source = directory.write("source", "contents");
  const std::string target = directory / "target";
  const auto copy = [&](int flags, const std::atomic<bool>& stops) {
    return pathCopy(source.c_str(), target.c_str(), flags, stops);
  };

  test("a file comes to a new place, and in place of another", [&] {
    CHECK_SAME(copy(0, notCancelled).result, 0);
    CHECK(directory.read("target") == "contents");
    static_cast<void>(directory.write("target", "what was there, which is longer"));
    CHECK_SAME(copy(copyTryClone, notCancelled).result, 0);
    CHECK(directory.read("target") == "contents");
  });

  test("what is in the way stays where that is asked for", [&] {
    static_cast<void>(directory.write("target", "there"));
    const CopyOutcome outcome = copy(copyExclusive, notCancelled);
    CHECK_SAME(outcome.result, -error::exists);
    CHECK(!outcome.changedExisting);
    CHECK_SAME(copy(copyForceClone, notCancelled).result, -error::notImplemented);
    CHECK(directory.read("target") == "there");
  });

  test("a copy that is cancelled before it begins has changed nothing", [&] {
    const CopyOutcome outcome = copy(0, cancelled);
    CHECK_SAME(outcome.result, -error::cancelled);
    CHECK(!outcome.changedExisting);
    CHECK(directory.read("target") == "there");
  });

  test("a file may be copied onto itself", [&] {
    CHECK_SAME(pathCopy(source.c_str(), (directory / "./source").c_str(), 0, notCancelled).result, 0);
    CHECK(directory.read("source") == "contents");
  });

  test("what cannot be copied says why", [&] {
    const auto result = [&](const std::string& from, const std::string& to) {
      return pathCopy(from.c_str(), to.c_str(), 0, notCancelled).result;
    };
    CHECK_SAME(result(directory / "none", target), -error::noEntry);
    CHECK_SAME(result(source, directory / "none/x"), -error::noEntry);
    CHECK_SAME(result(directory.path(), target), -error::notPermitted);
    CHECK_SAME(result("", target), -error::noEntry);
    CHECK(directory.read("target") == "there");
  });

  return sumUp();
}
