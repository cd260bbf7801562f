#include "os/windows/file_change.h"

#include <optional>

#include "os/windows/errors.h"
#include "os/windows/file_times.h"

namespace rescind {

namespace {

constexpr std::uint32_t ownerMayWrite = 0200;

}  // namespace

std::int32_t changeMode(HANDLE handle, std::uint32_t mode) noexcept {
  FILE_BASIC_INFO info;
  if (::GetFileInformationByHandleEx(handle, FileBasicInfo, &info, sizeof info) == FALSE) return lastFailure();
  DWORD attributes = info.FileAttributes & ~static_cast<DWORD>(FILE_ATTRIBUTE_READONLY);
  if ((mode & ownerMayWrite) == 0) attributes |= FILE_ATTRIBUTE_READONLY;
  // 0 leaves each of them as it is, times as well as attributes.
  FILE_BASIC_INFO change{};
  change.FileAttributes = attributes == 0 ? FILE_ATTRIBUTE_NORMAL : attributes;
  return ::SetFileInformationByHandle(handle, FileBasicInfo, &change, sizeof change) != FALSE ? 0 : lastFailure();
}

std::int32_t changeTimes(HANDLE handle, FileTime access, FileTime modify) noexcept {
  const std::optional<FILETIME> accessTime = systemTimeOf(access);
  const std::optional<FILETIME> modifyTime = systemTimeOf(modify);
  if (!accessTime || !modifyTime) return ownFailure(error::invalidArgument);
  return ::SetFileTime(handle, nullptr, &*accessTime, &*modifyTime) != FALSE ? 0 : lastFailure();
}

}  // namespace rescind
