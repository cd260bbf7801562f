// The payload of fileStatus and pathStatus.
#pragma once

#include <cstdint>

namespace rescind {

// src/fs/stats.ts reads the fields by index.
struct StatusPayload {
  std::uint64_t device;
  std::uint64_t mode;
  std::uint64_t linkCount;
  std::uint64_t userId;
  std::uint64_t groupId;
  std::uint64_t specialDevice;
  std::uint64_t blockSize;
  std::uint64_t inode;
  std::uint64_t size;
  std::uint64_t blocks;
  std::int64_t accessSeconds;
  std::int64_t accessNanoseconds;
  std::int64_t modifySeconds;
  std::int64_t modifyNanoseconds;
  std::int64_t changeSeconds;
  std::int64_t changeNanoseconds;
  std::int64_t birthSeconds;
  std::int64_t birthNanoseconds;
};
static_assert(sizeof(StatusPayload) == 18 * 8);

}  // namespace rescind
