// Takes the place of syscall(2)'s function in a test program: a kernel that does not know cancels by descriptor, or
// takes no entries for a while.
#pragma once

#include <dlfcn.h>
#include <linux/io_uring.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace rescind::testing {

inline bool refuseDescriptorCancels = false;
inline bool takeNoEntries = false;

// Gives the cancels by descriptor among the prepared entries of every ring a flag that no kernel knows.
inline void spoilDescriptorCancels() {
  constexpr std::uint32_t unknown = 1U << 31;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("io_uring") == std::string::npos) continue;
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    unsigned long long offset = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx %*s %llx", &begin, &end, &offset) != 3 || offset != IORING_OFF_SQES)
      continue;
    for (auto* entry = reinterpret_cast<io_uring_sqe*>(begin); entry + 1 <= reinterpret_cast<io_uring_sqe*>(end);
         entry++) {
      if (entry->opcode != IORING_OP_ASYNC_CANCEL) continue;
      if ((entry->cancel_flags & IORING_ASYNC_CANCEL_FD) != 0) entry->cancel_flags |= unknown;
    }
  }
}

}  // namespace rescind::testing

// Takes six arguments whatever it was given, as libc's does.
extern "C" [[gnu::no_sanitize_address]] long syscall(long number, ...) noexcept {
  using Real = long (*)(long, ...);
  static const Real real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "syscall"));
  va_list list;
  va_start(list, number);
  long arguments[6];
  for (long& each : arguments) each = va_arg(list, long);
  va_end(list);
  if (number == __NR_io_uring_enter) {
    if (rescind::testing::refuseDescriptorCancels) rescind::testing::spoilDescriptorCancels();
    if (rescind::testing::takeNoEntries) {
      errno = EBUSY;
      return -1;
    }
  }
  return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}
