// When and how often TCP asks whether the other end is still there.
#pragma once

#include "os/windows/system.h"

namespace rescind {

// Numbers of Windows' own, for IPPROTO_TCP, which not every header has. The system has them since versions 1709 (the
// delay and the interval) and 1703 of Windows 10.
inline constexpr int keepAliveDelayOption = 3;      // TCP_KEEPIDLE, seconds
inline constexpr int keepAliveCountOption = 16;     // TCP_KEEPCNT
inline constexpr int keepAliveIntervalOption = 17;  // TCP_KEEPINTVL, seconds

// Sets the delay also where the system is older. 0 or a negated number.
[[nodiscard]] int setKeepAliveDelay(SOCKET socket, int seconds) noexcept;

}  // namespace rescind
