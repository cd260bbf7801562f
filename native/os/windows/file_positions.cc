#include "os/file_positions.h"

#include "os/windows/handles.h"

namespace rescind {

// The system takes a position wherever it takes bytes, and leaves it alone where there are none: in pipes (sockets are
// of their type), in consoles and in NUL. So does node:fs.
int refusedPositions(int handle) noexcept {
  const DWORD type = ::GetFileType(handleOf(handle));
  return type == FILE_TYPE_PIPE || type == FILE_TYPE_CHAR ? ignoresPositions : 0;
}

}  // namespace rescind
