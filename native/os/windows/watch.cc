// inotify is Linux's; see directoryWatchOpen in os/blocking_handles.h.

#include "os/watch.h"

#include "os/error_numbers.h"

namespace rescind {

int watchOpen() noexcept { return -error::notImplemented; }

int watchRemove(int, int) noexcept { return -error::notImplemented; }

}  // namespace rescind
