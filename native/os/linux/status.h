// From struct statx to the payload both lanes deliver.
#pragma once

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "runtime/status_payload.h"

namespace rescind {

inline constexpr unsigned int statusMask = STATX_BASIC_STATS | STATX_BTIME;

inline StatusPayload statusPayload(const struct statx& from) noexcept {
  return {
      .device = makedev(from.stx_dev_major, from.stx_dev_minor),
      .mode = from.stx_mode,
      .linkCount = from.stx_nlink,
      .userId = from.stx_uid,
      .groupId = from.stx_gid,
      .specialDevice = makedev(from.stx_rdev_major, from.stx_rdev_minor),
      .blockSize = from.stx_blksize,
      .inode = from.stx_ino,
      .size = from.stx_size,
      .blocks = from.stx_blocks,
      .accessSeconds = from.stx_atime.tv_sec,
      .accessNanoseconds = from.stx_atime.tv_nsec,
      .modifySeconds = from.stx_mtime.tv_sec,
      .modifyNanoseconds = from.stx_mtime.tv_nsec,
      .changeSeconds = from.stx_ctime.tv_sec,
      .changeNanoseconds = from.stx_ctime.tv_nsec,
      .birthSeconds = from.stx_btime.tv_sec,
      .birthNanoseconds = from.stx_btime.tv_nsec,
  };
}

}  // namespace rescind
