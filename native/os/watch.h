// Watching paths through inotify.
#pragma once

namespace rescind {

// A descriptor for events, not blocking and closed on exec; a negated errno on failure.
[[nodiscard]] int watchOpen() noexcept;

// 0 or a negated errno. EINVAL says that the kernel has removed the watch already, which is no failure of
// the caller's: what was watched is gone.
[[nodiscard]] int watchRemove(int handle, int watch) noexcept;

}  // namespace rescind
