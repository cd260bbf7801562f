// Opening files as node:fs does.
#pragma once

#include <cstdint>

#include "os/windows/handles.h"
#include "os/windows/paths.h"

namespace rescind {

// Everybody may read, write, rename and remove what we have open, as in Node.
inline constexpr DWORD shareAll = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

enum class Waiting : DWORD {
  inCall = 0,                          // a transfer blocks its thread, and CancelSynchronousIo ends it
  byCompletion = FILE_FLAG_OVERLAPPED  // transfers are overlapped, and the handle may join a completion port
};

// A handle, or a result below zero.
struct Opened {
  UniqueHandle handle;
  std::int32_t failed = 0;
};

// `flags` and `mode` as fs.open() takes them on Windows.
[[nodiscard]] Opened openFile(const SystemPath& path, int flags, std::uint32_t mode, Waiting waiting);

// What exists, a directory too, for what `access` names. OPEN_REPARSE_POINT in `flags` opens a link itself.
[[nodiscard]] Opened openExisting(const SystemPath& path, DWORD access, DWORD flags = 0);

// Of an open handle; devices and pipes are none.
[[nodiscard]] bool isDirectory(HANDLE handle) noexcept;

// Whether the handle writes at the end of its file only, wherever it is told to, as one that was opened to append does.
[[nodiscard]] bool writesAtEndOnly(HANDLE file) noexcept;

}  // namespace rescind
