// Whether the transfers of an open file can be given a position.
#pragma once

namespace rescind {

// Bits of what refusedPositions() answers; src/fs/open-file.ts has them too.
inline constexpr int refusesReadAt = 1;
inline constexpr int refusesWriteAt = 2;
// It has none, and the system leaves alone those it is given.
inline constexpr int ignoresPositions = 4;

// Which transfers at a position pread(2) and pwrite(2) refuse with ESPIPE, as for a FIFO, a socket or a terminal.
// io_uring ignores the position there, and Windows does. Asks the open file itself and nothing behind it: never waits.
[[nodiscard]] int refusedPositions(int handle) noexcept;

}  // namespace rescind
