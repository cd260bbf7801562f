// Waiting until a socket takes bytes, as an overlapped call of which nothing is lost when it is cancelled.
#pragma once

#include <cstdint>

#include "os/windows/system.h"

namespace rescind {

// What the system reads and writes meanwhile: AFD_POLL_INFO, by which select() and libuv ask the socket's driver.
struct SendReadiness {
  std::int64_t timeout;
  ULONG handles;
  ULONG exclusive;
  HANDLE handle;
  ULONG events;
  LONG status;
};

// Answers as WriteFile does. It is over when the socket takes bytes, or will never take any more: the next send tells.
// Fails for a socket that is not the driver's own (a layered provider's).
[[nodiscard]] BOOL waitUntilSendable(SOCKET socket, SendReadiness& readiness, OVERLAPPED& overlapped) noexcept;

}  // namespace rescind
