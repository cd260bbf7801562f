#include <cstddef>
#include <cstring>
#include <vector>

#include "os/blocking_paths.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"
#include "os/windows/information_classes.h"

namespace rescind::blocking {

namespace {

// Takes the place of a file that somebody has open, as rename(2) does; Windows 10 has it on NTFS since version 1607.
DWORD renameNow(HANDLE from, const std::wstring& to) {
  constexpr std::size_t nameOffset = offsetof(RenameInfoEx, nameBytes) + sizeof(DWORD);
  const std::size_t nameBytes = to.size() * sizeof(wchar_t);
  // The NUL behind the name does not count, and is looked for.
  std::vector<std::byte> buffer(nameOffset + nameBytes + sizeof(wchar_t));
  const RenameInfoEx info = {renameReplace | renamePosix | renameIgnoreReadOnly, nullptr,
                             static_cast<DWORD>(nameBytes)};
  std::memcpy(buffer.data(), &info, nameOffset);
  std::memcpy(buffer.data() + nameOffset, to.c_str(), nameBytes + sizeof(wchar_t));
  const BOOL renamed =
      ::SetFileInformationByHandle(from, fileRenameInfoEx, buffer.data(), static_cast<DWORD>(buffer.size()));
  return renamed != FALSE ? 0 : ::GetLastError();
}

}  // namespace

std::int32_t pathRename(const char* from, const char* to) {
  const SystemPath source(from);
  const SystemPath target(to);
  if (!target) return target.failed();
  {
    const Opened opened =
        openExisting(source, DELETE | FILE_READ_ATTRIBUTES | SYNCHRONIZE, FILE_FLAG_OPEN_REPARSE_POINT);
    if (!opened.handle) return opened.failed;
    const DWORD problem = renameNow(opened.handle.get(), target.text());
    if (problem == 0) return 0;
    if (!isUnknownInformation(problem)) return failure(problem);
  }
  return ::MoveFileExW(source.get(), target.get(), MOVEFILE_REPLACE_EXISTING) != FALSE ? 0 : lastFailure();
}

}  // namespace rescind::blocking
