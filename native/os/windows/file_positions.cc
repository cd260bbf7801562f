#include "os/file_positions.h"

namespace rescind {

// The system takes a position wherever it takes bytes, and leaves it alone where there are none: in pipes, in consoles
// and in NUL. So does node:fs.
int refusedPositions(int) noexcept { return 0; }

}  // namespace rescind
