// A moment as the times of files are set to.
#pragma once

#include <cstdint>

namespace rescind {

struct FileTime {
  std::int64_t seconds;  // since 1970
  std::int32_t nanoseconds;
};

}  // namespace rescind
