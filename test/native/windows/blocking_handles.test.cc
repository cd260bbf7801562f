// Sockets, pipes and directories to be watched: how they are opened, and how everything is closed.
//
// sources: native/os/windows/blocking_*.cc native/os/windows/file_*.cc native/os/windows/paths.cc
// sources: native/os/windows/text.cc native/os/windows/errors.cc native/os/windows/status.cc
// sources: native/os/windows/reparse_points.cc native/os/windows/close_descriptor.cc
// sources: native/os/windows/winsock.cc native/os/entries.cc native/os/socket_address.cc
// sources: native/os/windows/unix_address.cc

#include "os/blocking_handles.h"

#include <chrono>
#include <thread>

#include "check.h"
#include "directory.h"
#include "os/blocking_files.h"
#include "os/close_descriptor.h"
#include "os/file_positions.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"
#include "os/windows/winsock.h"

using namespace rescind;
using namespace rescind::testing;
using namespace rescind::blocking;

namespace {

constexpr const char* pipeName = "\\\\.\\pipe\\rescind-blocking-handles-test";
constexpr std::atomic<bool> notCancelled = false;

// One instance, of one that may be.
UniqueHandle makePipe(DWORD direction = PIPE_ACCESS_DUPLEX, DWORD type = PIPE_TYPE_BYTE) {
  return UniqueHandle(::CreateNamedPipeW(wideText(pipeName)->c_str(), direction, type, 1, 512, 512, 0, nullptr));
}

bool isOpen(int descriptor) {
  DWORD flags = 0;
  return ::GetHandleInformation(handleOf(descriptor), &flags) != FALSE;
}

}  // namespace

int main() {
  const Directory directory;

  test("sockets of every family that is there are opened, and closed at once", [] {
    for (const int family : {4, 6}) {
      for (const int type : {1, 2}) {
        const int socket = socketOpen(family, type);
        CHECK(socket > 0);
        CHECK(closesAtOnce(socket));
        CHECK_SAME(refusedPositions(socket), ignoresPositions);
        CHECK_SAME(handleClose(socket), 0);
        CHECK(!isOpen(socket));
      }
    }
    CHECK_SAME(socketOpen(5, 1), -error::familyNotSupported);
    CHECK_SAME(socketOpen(4, 7), -error::socketTypeNotSupported);
    // Where there are none the system says so.
    const int local = socketOpen(1, 1);
    if (local > 0) CHECK_SAME(handleClose(local), 0);
    CHECK(local > 0 || local == -error::familyNotSupported);
  });

  test("IPv6 sockets take both families", [] {
    const int socket = socketOpen(6, 1);
    DWORD only = 1;
    int length = sizeof only;
    CHECK_SAME(::getsockopt(socketOf(socket), IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<char*>(&only), &length), 0);
    CHECK_SAME(only, 0);
    closeDescriptor(socket);
  });

  test("no child process inherits what is opened", [&] {
    const std::string file = directory.write("file", "");
    for (const int descriptor :
         {socketOpen(4, 1), fileOpen(file.c_str(), 0, 0), directoryWatchOpen(directory.path().c_str())}) {
      DWORD flags = HANDLE_FLAG_INHERIT;
      CHECK(::GetHandleInformation(handleOf(descriptor), &flags) != FALSE);
      CHECK((flags & HANDLE_FLAG_INHERIT) == 0);
      CHECK_SAME(handleClose(descriptor), 0);
      CHECK(!isOpen(descriptor));
    }
  });

  test("what is closed, or was never open, is a bad descriptor", [&] {
    const int file = fileOpen((directory / "file").c_str(), 0, 0);
    CHECK(!closesAtOnce(file));
    CHECK_SAME(refusedPositions(file), 0);
    CHECK_SAME(handleClose(file), 0);
    CHECK_SAME(handleClose(0x7ffffff0), -error::badDescriptor);
  });

  test("only directories are watched", [&] {
    const int watched = directoryWatchOpen(directory.path().c_str());
    CHECK(watched > 0);
    CHECK_SAME(handleClose(watched), 0);
    CHECK_SAME(directoryWatchOpen((directory / "file").c_str()), -error::notDirectory);
    CHECK_SAME(directoryWatchOpen((directory / "none").c_str()), -error::noEntry);
    CHECK_SAME(watchAdd(1, "x", 1), -error::notImplemented);
  });

  test("a pipe is connected to, whichever way it goes", [] {
    for (const DWORD direction : {PIPE_ACCESS_DUPLEX, PIPE_ACCESS_INBOUND, PIPE_ACCESS_OUTBOUND}) {
      const UniqueHandle server = makePipe(direction);
      const int client = pipeConnect(pipeName, PipeMode::bytes, notCancelled);
      CHECK(client > 0);
      CHECK_SAME(refusedPositions(client), ignoresPositions);
      CHECK_SAME(handleClose(client), 0);
    }
  });

  test("messages come one by one where that is asked for", [] {
    const UniqueHandle server = makePipe(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
    const int client = pipeConnect(pipeName, PipeMode::messages, notCancelled);
    CHECK(client > 0);
    DWORD state = 0;
    CHECK(::GetNamedPipeHandleStateW(handleOf(client), &state, nullptr, nullptr, nullptr, nullptr, 0) != FALSE);
    CHECK((state & PIPE_READMODE_MESSAGE) != 0);
    closeDescriptor(client);
  });

  test("a pipe that nobody has is missing, a file is none", [&] {
    CHECK_SAME(pipeConnect(pipeName, PipeMode::bytes, notCancelled), -error::noEntry);
    CHECK_SAME(pipeConnect((directory / "file").c_str(), PipeMode::bytes, notCancelled), -error::notSocket);
    CHECK_SAME(pipeConnect("\xff", PipeMode::bytes, notCancelled), -error::noEntry);
  });

  test("a pipe that is busy is waited for, until it is cancelled", [] {
    UniqueHandle server = makePipe();
    const int first = pipeConnect(pipeName, PipeMode::bytes, notCancelled);
    CHECK(first > 0);
    std::atomic<bool> cancelled = false;
    std::int32_t result = 0;
    std::thread waiting([&] { result = pipeConnect(pipeName, PipeMode::bytes, cancelled); });
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    cancelled = true;
    waiting.join();
    CHECK_SAME(result, -error::cancelled);
    // And until there is an instance.
    cancelled = false;
    waiting = std::thread([&] { result = pipeConnect(pipeName, PipeMode::bytes, cancelled); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    closeDescriptor(first);
    CHECK(::DisconnectNamedPipe(server.get()) != FALSE);
    ::ConnectNamedPipe(server.get(), nullptr);
    waiting.join();
    CHECK(result > 0);
    closeDescriptor(result);
  });

  test("a connect that waits ends when the server goes", [] {
    UniqueHandle server = makePipe();
    const int first = pipeConnect(pipeName, PipeMode::bytes, notCancelled);
    std::int32_t result = 0;
    std::thread waiting([&] { result = pipeConnect(pipeName, PipeMode::bytes, notCancelled); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    server.reset();
    closeDescriptor(first);
    waiting.join();
    CHECK_SAME(result, -error::noEntry);
  });

  return sumUp();
}
