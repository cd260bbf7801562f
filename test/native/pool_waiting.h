// Waiting for what other threads do.
#pragma once

#include <dirent.h>

#include <chrono>
#include <string>
#include <thread>

#include "pool_directory.h"
#include "pool_harness.h"

namespace rescind::testing {

using std::chrono::milliseconds;

template <typename Condition>
bool soon(Condition condition) {
  for (int attempt = 0; attempt < 7500; attempt++) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return false;
}

// Threads of pools. One that was joined is still listed for a moment, and one that starts is not named yet:
// wait for a count with soon().
inline int poolThreads() {
  int found = 0;
  DIR* tasks = ::opendir("/proc/self/task");
  for (const dirent* task = ::readdir(tasks); task != nullptr; task = ::readdir(tasks)) {
    if (contentsOf(std::string("/proc/self/task/") + task->d_name + "/comm") == "rescind-pool\n") found++;
  }
  ::closedir(tasks);
  return found;
}

inline bool poolThreadsBecome(int count) {
  return soon([count] { return poolThreads() == count; });
}

inline Ask openOf(const std::string& path) {
  return {.operation = Operation::fileOpen, .bytes = path, .argument0 = O_RDONLY};
}

// Whether that many threads come to wait in the kernel for the other side of a FIFO. Where the kernel does
// not say what threads wait for, they are given time instead.
inline bool hanging(int count) {
  bool told = false;
  const bool reached = soon([&] {
    int found = 0;
    DIR* tasks = ::opendir("/proc/self/task");
    for (const dirent* task = ::readdir(tasks); task != nullptr; task = ::readdir(tasks)) {
      const std::string place = contentsOf(std::string("/proc/self/task/") + task->d_name + "/wchan");
      told = told || place.size() > 1;
      if (place == "wait_for_partner") found++;
    }
    ::closedir(tasks);
    return found == count || !told;
  });
  if (!told) std::this_thread::sleep_for(milliseconds(200));
  return reached;
}

}  // namespace rescind::testing
