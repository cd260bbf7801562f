#include "os/blocking_files.h"
#include "os/blocking_paths.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"
#include "os/windows/status.h"

namespace rescind::blocking {

namespace {

std::int32_t give(std::int32_t result, const StatusPayload& status, Bytes& payload) {
  if (result == 0) append(payload, &status, sizeof status);
  return result;
}

// Nobody but who has it may open the file: swap files, or what somebody has open for himself alone.
bool isWithheld(DWORD code) noexcept { return code == ERROR_ACCESS_DENIED || code == ERROR_SHARING_VIOLATION; }

std::int32_t statusOfPath(const SystemPath& path, Links links, StatusPayload& status) {
  const bool keeps = links == Links::keep;
  const Opened opened = openExisting(path, FILE_READ_ATTRIBUTES, keeps ? FILE_FLAG_OPEN_REPARSE_POINT : 0);
  if (opened.handle) return statusOf(opened.handle.get(), keeps ? Reparse::shown : Reparse::followed, status);
  const auto code = static_cast<DWORD>(lastNativeError());
  if (!isWithheld(code) || namesDevice(path.text())) return opened.failed;
  return statusInDirectory(path.get(), status) == 0 ? 0 : failure(code);
}

}  // namespace

std::int32_t fileStatus(int file, Bytes& payload) {
  StatusPayload status;
  return give(statusOf(handleOf(file), Reparse::followed, status), status, payload);
}

std::int32_t pathStatus(const char* path, Links links, Bytes& payload) {
  const SystemPath where(path);
  StatusPayload status;
  std::int32_t result = statusOfPath(where, links, status);
  // A reparse point that is no link: what it stands for.
  const bool isNoLink = lastNativeError() == ERROR_SYMLINK_NOT_SUPPORTED;
  if (result < 0 && links == Links::keep && isNoLink) result = statusOfPath(where, Links::follow, status);
  return give(result, status, payload);
}

}  // namespace rescind::blocking
