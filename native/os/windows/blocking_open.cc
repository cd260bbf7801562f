#include "os/blocking_files.h"
#include "os/windows/file_opening.h"

namespace rescind::blocking {

std::int32_t fileOpen(const char* path, int flags, std::uint32_t mode) {
  Opened opened = openFile(SystemPath(path), flags, mode, Waiting::byCompletion);
  if (!opened.handle) return opened.failed;
  return descriptorOf(opened.handle.release());
}

}  // namespace rescind::blocking
