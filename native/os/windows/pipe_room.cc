#include "os/windows/pipe_room.h"

#include <winternl.h>

namespace rescind {

namespace {

// FILE_INFORMATION_CLASS and FILE_PIPE_LOCAL_INFORMATION of ntifs.h.
constexpr auto filePipeLocalInformation = static_cast<FILE_INFORMATION_CLASS>(24);

struct PipeLocalInformation {
  ULONG type;
  ULONG configuration;
  ULONG mostInstances;
  ULONG instances;
  ULONG inboundQuota;
  ULONG readDataAvailable;
  ULONG outboundQuota;
  ULONG writeQuotaAvailable;
  ULONG state;
  ULONG end;
};

constexpr ULONG messageType = 1;

}  // namespace

std::optional<DWORD> roomInPipe(HANDLE handle) noexcept {
  PipeLocalInformation pipe;
  IO_STATUS_BLOCK status;
  if (::NtQueryInformationFile(handle, &status, &pipe, sizeof pipe, filePipeLocalInformation) < 0) return std::nullopt;
  if (pipe.type == messageType) return std::nullopt;
  return pipe.writeQuotaAvailable;
}

}  // namespace rescind
