// Names: made, listed, changed, moved and removed.
//
// sources: native/os/windows/blocking_*.cc native/os/windows/file_*.cc native/os/windows/paths.cc
// sources: native/os/windows/text.cc native/os/windows/errors.cc native/os/windows/status.cc
// sources: native/os/windows/reparse_points.cc native/os/windows/close_descriptor.cc
// sources: native/os/windows/winsock.cc native/os/entries.cc native/os/socket_address.cc
// sources: native/os/windows/unix_address.cc

#include "os/blocking_paths.h"

#include <algorithm>
#include <cstring>

#include "check.h"
#include "directory.h"
#include "os/blocking_files.h"
#include "os/close_descriptor.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"
#include "os/windows/status.h"

using namespace rescind;
using namespace rescind::testing;
using namespace rescind::blocking;

namespace {

constexpr std::atomic<bool> notCancelled = false;
constexpr int exclusiveLock = 0x10000000;

StatusPayload statusOf(const std::string& path, Links links = Links::follow) {
  Bytes bytes;
  StatusPayload status{};
  CHECK_SAME(pathStatus(path.c_str(), links, bytes), 0);
  if (bytes.size() == sizeof status) std::memcpy(&status, bytes.data(), sizeof status);
  return status;
}

// The type of the entry of that name, -1 for none.
int typeOf(const std::string& listing, const std::string& name) {
  const std::size_t at = listing.find(name + std::string(1, '\0'));
  return at == std::string::npos || at == 0 ? -1 : listing[at - 1];
}

}  // namespace

int main() {
  const Directory directory;
  const std::string folder = directory / "folder";

  test("directories are made and removed, and say what is in the way", [&] {
    CHECK_SAME(pathMakeDirectory(folder.c_str(), 0777), 0);
    CHECK_SAME(pathMakeDirectory(folder.c_str(), 0777), -error::exists);
    CHECK_SAME(pathMakeDirectory((folder + "/a/b").c_str(), 0777), -error::noEntry);
    CHECK_SAME(pathMakeDirectory((directory / "a?b").c_str(), 0777), -error::invalidArgument);
    CHECK_SAME(lastNativeError(), ERROR_INVALID_NAME);
    CHECK_SAME(pathMakeDirectory((folder + "/in").c_str(), 0777), 0);
    CHECK_SAME(pathRemoveDirectory(folder.c_str()), -error::notEmpty);
    CHECK_SAME(pathRemoveDirectory((folder + "/in").c_str()), 0);
    CHECK_SAME(pathUnlink(folder.c_str()), -error::notPermitted);
    CHECK_SAME(pathRemoveDirectory(folder.c_str()), 0);
    CHECK_SAME(pathRemoveDirectory(folder.c_str()), -error::noEntry);
    CHECK_SAME(pathRemoveDirectory(directory.write("file", "").c_str()), -error::noEntry);
    CHECK_SAME(lastNativeError(), ERROR_DIRECTORY);
  });

  test("a listing has names and types, and ends when it is cancelled", [&] {
    CHECK_SAME(pathMakeDirectory(folder.c_str(), 0777), 0);
    for (int each = 0; each < 300; ++each) {
      static_cast<void>(directory.write("folder\\" + std::to_string(each) + std::string(200, 'x'), ""));
    }
    CHECK_SAME(pathMakeDirectory((folder + "/\xc3\xa4\xe2\x82\xac").c_str(), 0777), 0);
    Bytes bytes;
    CHECK_SAME(pathReadDirectory(folder.c_str(), notCancelled, bytes), 301);
    CHECK_SAME(typeOf(textOf(bytes), "299" + std::string(200, 'x')), 8);
    CHECK_SAME(typeOf(textOf(bytes), "\xc3\xa4\xe2\x82\xac"), 4);
    CHECK_SAME(std::ranges::count(textOf(bytes), '\0'), 301);
    const std::atomic<bool> cancelled = true;
    CHECK_SAME(pathReadDirectory(folder.c_str(), cancelled, bytes), -error::cancelled);
    CHECK(bytes.empty());
    CHECK_SAME(pathReadDirectory((directory / "file").c_str(), notCancelled, bytes), -error::notDirectory);
    CHECK_SAME(pathReadDirectory("\\\\.\\NUL", notCancelled, bytes), -error::notDirectory);
    CHECK_SAME(pathRemoveDirectory((folder + "/\xc3\xa4\xe2\x82\xac").c_str()), 0);
    for (int each = 0; each < 300; ++each) {
      CHECK_SAME(pathUnlink((folder + "/" + std::to_string(each) + std::string(200, 'x')).c_str()), 0);
    }
    CHECK_SAME(pathRemoveDirectory(folder.c_str()), 0);
  });

  test("files that are read-only are removed, and may be replaced", [&] {
    const std::string kept = directory.write("kept", "old");
    CHECK_SAME(pathChangeMode(kept.c_str(), 0444), 0);
    CHECK_SAME(statusOf(kept).mode, modeFile | 0444);
    CHECK_SAME(pathAccess(kept.c_str(), 2), -error::notPermitted);
    CHECK_SAME(pathAccess(kept.c_str(), 4), 0);
    CHECK_SAME(pathUnlink(kept.c_str()), 0);
    CHECK(!directory.has("kept"));
    CHECK_SAME(pathRename(directory.write("new", "new").c_str(), directory.write("file", "old").c_str()), 0);
    CHECK(directory.read("file") == "new" && !directory.has("new"));
    CHECK_SAME(pathRename((directory / "none").c_str(), (directory / "file").c_str()), -error::noEntry);
    CHECK_SAME(pathLink((directory / "file").c_str(), (directory / "second").c_str()), 0);
    CHECK_SAME(statusOf(directory / "second").linkCount, 2);
    CHECK_SAME(pathLink((directory / "file").c_str(), (directory / "second").c_str()), -error::exists);
  });

  test("a removal that fails leaves the file read-only", [&] {
    const std::string locked = directory.write("locked", "");
    CHECK_SAME(pathChangeMode(locked.c_str(), 0444), 0);
    const int holder = fileOpen(locked.c_str(), exclusiveLock, 0);
    CHECK(holder > 0);
    CHECK_SAME(pathUnlink(locked.c_str()), -error::busy);
    CHECK_SAME(statusOf(locked).mode, modeFile | 0444);
    CHECK_SAME(statusOf(locked, Links::keep).mode, modeFile | 0444);
    closeDescriptor(holder);
    CHECK_SAME(pathUnlink(locked.c_str()), 0);
  });

  test("paths go beyond 260 characters", [&] {
    std::string deep = directory.path();
    for (int each = 0; each < 5; ++each) {
      deep += "/" + std::string(80, static_cast<char>('a' + each));
      CHECK_SAME(pathMakeDirectory(deep.c_str(), 0777), 0);
    }
    CHECK_SAME(statusOf(deep + "/../" + std::string(80, 'e') + "/.").mode, modeDirectory | 0666);
    for (int each = 0; each < 5; ++each) {
      CHECK_SAME(pathRemoveDirectory(deep.c_str()), 0);
      deep.resize(deep.size() - 81);
    }
  });

  test("where a path leads, and what it is on", [&] {
    Bytes bytes;
    const std::string path = directory / "file";
    CHECK_SAME(pathRealPath((directory / "x/../file").c_str(), bytes), path.size());
    CHECK(::_stricmp(textOf(bytes).c_str(), path.c_str()) == 0);
    bytes.clear();
    CHECK_SAME(pathReadLink(path.c_str(), bytes), -error::invalidArgument);
    CHECK_SAME(pathStatusFilesystem(path.c_str(), bytes), 0);
    std::uint64_t fields[8] = {};
    CHECK_SAME(bytes.size(), sizeof fields);
    std::memcpy(fields, bytes.data(), std::min(bytes.size(), sizeof fields));
    CHECK(fields[1] >= 512 && fields[1] == fields[2] && fields[3] >= fields[4] && fields[4] >= fields[5]);
    CHECK_SAME(pathStatusFilesystem((directory / "none").c_str(), bytes), -error::noEntry);
  });

  test("a temporary directory has six more characters", [&] {
    Bytes bytes;
    const std::string prefix = directory / "made-";
    CHECK_SAME(pathMakeTemporary(prefix.c_str(), bytes), prefix.size() + 6);
    CHECK(textOf(bytes).starts_with(prefix));
    CHECK_SAME(statusOf(textOf(bytes)).mode & 0xf000, modeDirectory);
    CHECK_SAME(pathRemoveDirectory(textOf(bytes).c_str()), 0);
    CHECK_SAME(pathMakeTemporary((directory / "none/x").c_str(), bytes), -error::noEntry);
  });

  return sumUp();
}
