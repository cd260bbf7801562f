// Times of files as the system takes them.
#pragma once

#include <time.h>

#include "os/file_time.h"

namespace rescind {

inline timespec timespecOf(FileTime time) noexcept { return {.tv_sec = time.seconds, .tv_nsec = time.nanoseconds}; }

}  // namespace rescind
