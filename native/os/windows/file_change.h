// Changing what a file is besides its contents, by an open handle.
#pragma once

#include <cstdint>

#include "os/file_time.h"
#include "os/windows/system.h"

namespace rescind {

// Results: 0, or a negated number. The handle needs FILE_READ_ATTRIBUTES and FILE_WRITE_ATTRIBUTES.

// Of the permission bits the system keeps one: without 0200 a file is read-only.
[[nodiscard]] std::int32_t changeMode(HANDLE handle, std::uint32_t mode) noexcept;
[[nodiscard]] std::int32_t changeTimes(HANDLE handle, FileTime access, FileTime modify) noexcept;

}  // namespace rescind
