// What a pipe takes without waiting for its reader.
#pragma once

#include <optional>

#include "os/windows/system.h"

namespace rescind {

// Bytes; the system counts what a waiting read has asked for as taken. Nothing of what is no pipe, or carries messages.
[[nodiscard]] std::optional<DWORD> roomInPipe(HANDLE handle) noexcept;

}  // namespace rescind
