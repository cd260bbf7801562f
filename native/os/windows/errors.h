// From the system's codes, Win32's and Winsock's, to the numbers results carry: libuv's, which Node shows as `errno`.
#pragma once

#include <cstdint>

#include "os/windows/system.h"

namespace rescind {

// The number, above zero, for a code of GetLastError() or WSAGetLastError(); UNKNOWN (4094) for one the table does not
// have. ERROR_OPERATION_ABORTED is ECANCELED.
[[nodiscard]] int errorNumberOf(DWORD code) noexcept;

// The same negated, as the result of an operation; remembered as the calling thread's last native error (see
// os/blocking_result.h).
[[nodiscard]] std::int32_t failure(DWORD code) noexcept;
[[nodiscard]] inline std::int32_t lastFailure() noexcept { return failure(::GetLastError()); }
[[nodiscard]] inline std::int32_t lastSocketFailure() noexcept {
  return failure(static_cast<DWORD>(::WSAGetLastError()));
}

}  // namespace rescind
