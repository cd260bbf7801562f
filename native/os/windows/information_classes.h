// Ways to remove and rename that not every header of the system has yet (Microsoft, FILE_INFO_BY_HANDLE_CLASS,
// FILE_DISPOSITION_INFO_EX, FILE_RENAME_INFO).
#pragma once

#include "os/windows/system.h"

namespace rescind {

inline constexpr auto fileDispositionInfoEx = static_cast<FILE_INFO_BY_HANDLE_CLASS>(21);
inline constexpr auto fileRenameInfoEx = static_cast<FILE_INFO_BY_HANDLE_CLASS>(22);

struct DispositionInfoEx {
  DWORD flags;
};
inline constexpr DWORD dispositionDelete = 0x1;
inline constexpr DWORD dispositionPosix = 0x2;
inline constexpr DWORD dispositionIgnoreReadOnly = 0x10;

// The name follows, without a NUL that counts.
struct RenameInfoEx {
  DWORD flags;
  HANDLE directory;
  DWORD nameBytes;
};
inline constexpr DWORD renameReplace = 0x1;
inline constexpr DWORD renamePosix = 0x2;
inline constexpr DWORD renameIgnoreReadOnly = 0x40;

// What a system, or a file system, says that has not got them.
inline bool isUnknownInformation(DWORD code) noexcept {
  return code == ERROR_INVALID_PARAMETER || code == ERROR_NOT_SUPPORTED || code == ERROR_INVALID_FUNCTION ||
         code == ERROR_CALL_NOT_IMPLEMENTED || code == ERROR_INVALID_LEVEL;
}

}  // namespace rescind
