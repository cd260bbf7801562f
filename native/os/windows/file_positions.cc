#include "os/file_positions.h"

#include "os/windows/handles.h"

namespace rescind {

// Pipes and sockets are of one type, consoles and NUL of the other. The system takes a position there, and leaves it
// alone.
int refusedPositions(int handle) noexcept {
  const DWORD type = ::GetFileType(handleOf(handle));
  return type == FILE_TYPE_PIPE || type == FILE_TYPE_CHAR ? refusesReadAt | refusesWriteAt : 0;
}

}  // namespace rescind
