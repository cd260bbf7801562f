#include "os/system_name.h"

#include <sys/utsname.h>

namespace rescind {

std::string systemName() {
  utsname system{};
  ::uname(&system);
  return std::string(system.sysname) + " " + system.release;
}

}  // namespace rescind
