// Threads that wait in a call of the system, and are interrupted.
//
// sources: native/os/windows/blocking_thread.cc native/os/windows/system_name.cc

#include "os/blocking_thread.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>

#include "check.h"
#include "os/system_name.h"
#include "os/windows/handles.h"

using namespace rescind;
using namespace rescind::testing;
using namespace rescind::blocking;

namespace {

struct Waiter {
  Waiter() {
    HANDLE ends[2];
    CHECK(::CreatePipe(&ends[0], &ends[1], nullptr, 0) != FALSE);
    reader = UniqueHandle(ends[0]);
    writer = UniqueHandle(ends[1]);
  }
  // The code the read ends with.
  DWORD read() const {
    char byte = 0;
    DWORD count = 0;
    return ::ReadFile(reader.get(), &byte, 1, &count, nullptr) != FALSE ? 0 : ::GetLastError();
  }
  UniqueHandle reader;
  UniqueHandle writer;
};

void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

}  // namespace

int main() {
  test("a thread that waits is interrupted", [] {
    const Waiter waiter;
    std::atomic<const BlockingThread*> self = nullptr;
    std::atomic<bool> back = false;
    DWORD code = 0;
    std::thread thread = startThread("rescind-test", [&] {
      const BlockingThread blocked;
      self = &blocked;
      code = waiter.read();
      self = nullptr;
      back = true;
      while (back) pause();
    });
    // It may not be in the call yet.
    while (!back) {
      if (const BlockingThread* const blocked = self) blocked->interrupt();
      pause();
    }
    CHECK_SAME(code, ERROR_OPERATION_ABORTED);
    back = false;
    thread.join();
  });

  test("while it undoes something it is not", [] {
    const Waiter waiter;
    std::atomic<const BlockingThread*> self = nullptr;
    std::atomic<bool> back = false;
    DWORD code = 1;
    std::thread thread = startThread("rescind-test", [&] {
      const BlockingThread blocked;
      {
        const Uninterrupted shielded;
        self = &blocked;
        code = waiter.read();
        back = true;
      }
      while (back) pause();
    });
    while (self == nullptr) pause();
    for (int times = 0; times < 10; ++times) {
      self.load()->interrupt();
      pause();
    }
    CHECK(!back);
    DWORD count = 0;
    CHECK(::WriteFile(waiter.writer.get(), "x", 1, &count, nullptr) != FALSE);
    while (!back) pause();
    CHECK_SAME(code, 0);
    back = false;
    thread.join();
  });

  test("the system has a name and a version", [] {
    const std::string name = systemName();
    CHECK(name.starts_with("Windows 1"));
    CHECK_SAME(std::count(name.begin(), name.end(), '.'), 2);
  });

  return sumUp();
}
