// The system has no call that answers from its caches alone: nothing is known here, and every operation goes its usual
// way.

#include "os/cached_files.h"

#include "os/error_numbers.h"
#include "os/windows/handles.h"

namespace rescind {

class LocalDevices {};

CachedFiles::CachedFiles() = default;
CachedFiles::~CachedFiles() = default;

void CachedFiles::watchMountsWith(std::unique_ptr<MountWatch>) {}

bool CachedFiles::knows(Operation) noexcept { return false; }

CachedFiles::Named CachedFiles::lookUp(std::span<const std::byte>) { return {}; }

// No transfer of an overlapped file waits for its end in the call itself.
bool CachedFiles::mayWait(int) { return false; }

// Only what is on another computer has a protocol it is reached by.
bool CachedFiles::isLocalFile(int descriptor) {
  const HANDLE file = handleOf(descriptor);
  if (::GetFileType(file) != FILE_TYPE_DISK) return false;
  FILE_STANDARD_INFO status;
  if (::GetFileInformationByHandleEx(file, FileStandardInfo, &status, sizeof status) == FALSE) return false;
  FILE_REMOTE_PROTOCOL_INFO protocol;
  return status.Directory == FALSE &&
         ::GetFileInformationByHandleEx(file, FileRemoteProtocolInfo, &protocol, sizeof protocol) == FALSE;
}

std::int32_t CachedFiles::read(const Descriptor&) noexcept { return -error::again; }

std::optional<CachedAnswer> CachedFiles::attempt(const Descriptor&, std::span<const std::byte>) { return std::nullopt; }

}  // namespace rescind
