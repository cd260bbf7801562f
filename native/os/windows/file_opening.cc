#include "os/windows/file_opening.h"

#include <winternl.h>

#include "os/windows/errors.h"

namespace rescind {

namespace {

// Flags of open(2) as fs.constants and libuv number them on Windows; those Node does not name are taken all the same.
enum OpenFlag : unsigned {
  writeOnly = 1,
  readWrite = 2,
  accessFlags = 3,
  append = 0x8,
  randomAccess = 0x10,
  sequential = 0x20,
  temporary = 0x40,
  create = 0x100,
  truncate = 0x200,
  exclusive = 0x400,
  shortLived = 0x1000,
  direct = 0x02000000,
  syncData = 0x04000000,
  sync = 0x08000000,
  exclusiveLock = 0x10000000,
};

constexpr std::uint32_t ownerMayWrite = 0200;
constexpr DWORD invalid = 0;

bool has(unsigned flags, OpenFlag flag) noexcept { return (flags & flag) != 0; }

DWORD accessOf(unsigned flags) noexcept {
  DWORD access = FILE_GENERIC_READ;
  switch (flags & accessFlags) {
    case 0:
      break;
    case writeOnly:
      access = FILE_GENERIC_WRITE;
      break;
    case readWrite:
      access |= FILE_GENERIC_WRITE;
      break;
    default:
      return invalid;
  }
  if (has(flags, append)) {
    // Without the right to write anywhere else, every write goes to the end, whoever else writes.
    access = (access & ~static_cast<DWORD>(FILE_WRITE_DATA)) | FILE_APPEND_DATA;
    // Unbuffered transfers begin where a sector does, which the end is rarely.
    if (has(flags, direct)) return invalid;
  }
  // The right to append cannot be had together with FILE_FLAG_NO_BUFFERING (Microsoft, CreateFileW).
  if (has(flags, direct)) access &= ~static_cast<DWORD>(FILE_APPEND_DATA);
  if (has(flags, temporary)) access |= DELETE;
  return access;
}

DWORD dispositionOf(unsigned flags) noexcept {
  const bool truncates = has(flags, truncate);
  if (!has(flags, create)) return truncates ? TRUNCATE_EXISTING : OPEN_EXISTING;
  if (has(flags, exclusive)) return CREATE_NEW;
  return truncates ? CREATE_ALWAYS : OPEN_ALWAYS;
}

DWORD attributesOf(unsigned flags, std::uint32_t mode) noexcept {
  // It makes it possible to open a directory.
  DWORD attributes = FILE_ATTRIBUTE_NORMAL | FILE_FLAG_BACKUP_SEMANTICS;
  if (has(flags, create) && (mode & ownerMayWrite) == 0) attributes |= FILE_ATTRIBUTE_READONLY;
  if (has(flags, temporary)) attributes |= FILE_FLAG_DELETE_ON_CLOSE | FILE_ATTRIBUTE_TEMPORARY;
  if (has(flags, shortLived)) attributes |= FILE_ATTRIBUTE_TEMPORARY;
  if (has(flags, sequential)) attributes |= FILE_FLAG_SEQUENTIAL_SCAN;
  if (has(flags, randomAccess)) attributes |= FILE_FLAG_RANDOM_ACCESS;
  if (has(flags, direct)) attributes |= FILE_FLAG_NO_BUFFERING;
  if (has(flags, sync) || has(flags, syncData)) attributes |= FILE_FLAG_WRITE_THROUGH;
  return attributes;
}

bool contradictsItself(unsigned flags) noexcept {
  return (has(flags, sequential) && has(flags, randomAccess)) || (has(flags, sync) && has(flags, syncData));
}

}  // namespace

Opened openFile(const SystemPath& path, int flagBits, std::uint32_t mode, Waiting waiting) {
  const auto flags = static_cast<unsigned>(flagBits);
  const DWORD access = accessOf(flags);
  if (access == invalid || contradictsItself(flags)) return {{}, ownFailure(error::invalidArgument)};
  if (!path) return {{}, path.failed()};
  const DWORD share = has(flags, exclusiveLock) ? 0 : shareAll;
  const DWORD attributes = attributesOf(flags, mode) | static_cast<DWORD>(waiting);
  // No security attributes: no child process inherits it.
  UniqueHandle file(::CreateFileW(path.get(), access, share, nullptr, dispositionOf(flags), attributes, nullptr));
  if (file) return {std::move(file)};
  const DWORD code = ::GetLastError();
  // What is there and was not to be there is a directory.
  const bool isDirectory = code == ERROR_FILE_EXISTS && has(flags, create) && !has(flags, exclusive);
  return {{}, isDirectory ? failureAs(error::isDirectory, code) : failure(code)};
}

Opened openExisting(const SystemPath& path, DWORD access, DWORD flags) {
  if (!path) return {{}, path.failed()};
  UniqueHandle handle(
      ::CreateFileW(path.get(), access, shareAll, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags, nullptr));
  if (!handle) return {{}, lastFailure()};
  return {std::move(handle)};
}

bool isDirectory(HANDLE handle) noexcept {
  FILE_BASIC_INFO info;
  return ::GetFileInformationByHandleEx(handle, FileBasicInfo, &info, sizeof info) != FALSE &&
         (info.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool writesAtEndOnly(HANDLE file) noexcept {
  // FILE_INFORMATION_CLASS of wdm.h; its structure is the mask alone.
  constexpr auto fileAccessInformation = static_cast<FILE_INFORMATION_CLASS>(8);
  ACCESS_MASK access = 0;
  IO_STATUS_BLOCK status;
  if (::NtQueryInformationFile(file, &status, &access, sizeof access, fileAccessInformation) < 0) return false;
  return (access & (FILE_APPEND_DATA | FILE_WRITE_DATA)) == FILE_APPEND_DATA;
}

}  // namespace rescind
