// From what the system knows of a file to the payload of fileStatus and pathStatus.
#pragma once

#include <cstdint>

#include "os/windows/system.h"
#include "runtime/status_payload.h"

namespace rescind {

// Bits of StatusPayload::mode.
inline constexpr std::uint32_t modeFifo = 0x1000;
inline constexpr std::uint32_t modeCharacterDevice = 0x2000;
inline constexpr std::uint32_t modeDirectory = 0x4000;
inline constexpr std::uint32_t modeFile = 0x8000;
inline constexpr std::uint32_t modeLink = 0xa000;

enum class Reparse { followed, shown };

// Of an open file, directory, device or pipe. With Reparse::shown, a link that is open itself is shown as one. 0 or a
// negated number.
[[nodiscard]] std::int32_t statusOf(HANDLE handle, Reparse reparse, StatusPayload& status);

// As much as the directory knows, without opening the file; for one that nobody else may open. Not for links.
[[nodiscard]] std::int32_t statusInDirectory(const wchar_t* path, StatusPayload& status) noexcept;

}  // namespace rescind
