// Copies a file, as node:fs copyFile does.
#pragma once

#include <atomic>
#include <cstdint>

namespace rescind::blocking {

// COPYFILE_* of node:fs.
enum CopyFlag : int {
  copyExclusive = 1,   // fails when the destination exists
  copyTryClone = 2,    // shares the blocks where the file system can
  copyForceClone = 4,  // shares the blocks or fails
};

struct CopyOutcome {
  std::int32_t result;
  // Whether a destination that was there before is no longer what it was. A copy that was cancelled and
  // changed nothing else has nothing left to show.
  bool changedExisting;
};

// ECANCELED when `cancelled` became true before the end. A destination that this copy made or changed is
// removed when the copy fails or is cancelled; one it has not touched yet stays as it is.
[[nodiscard]] CopyOutcome pathCopy(const char* from, const char* to, int flags, const std::atomic<bool>& cancelled);

}  // namespace rescind::blocking
