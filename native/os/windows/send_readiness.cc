#include "os/windows/send_readiness.h"

#include <limits>

namespace rescind {

namespace {

// Not in Microsoft's headers; libuv's winsock.h has the numbers.
constexpr DWORD poll = 0x12024;
constexpr ULONG send = 0x4;
constexpr ULONG abort = 0x10;
constexpr ULONG localClose = 0x20;
constexpr ULONG connectFailed = 0x100;

// Of the driver; the socket itself unless a layered provider made it.
SOCKET baseOf(SOCKET socket) noexcept {
  SOCKET base = INVALID_SOCKET;
  DWORD bytes = 0;
  return ::WSAIoctl(socket, SIO_BASE_HANDLE, nullptr, 0, &base, sizeof base, &bytes, nullptr, nullptr) == 0 ? base
                                                                                                            : socket;
}

}  // namespace

BOOL waitUntilSendable(SOCKET socket, SendReadiness& readiness, OVERLAPPED& overlapped) noexcept {
  if (baseOf(socket) != socket) {
    ::SetLastError(ERROR_NOT_SUPPORTED);
    return FALSE;
  }
  const auto handle = reinterpret_cast<HANDLE>(socket);
  readiness = {.timeout = std::numeric_limits<std::int64_t>::max(),
               .handles = 1,
               .exclusive = 0,
               .handle = handle,
               .events = send | abort | localClose | connectFailed,
               .status = 0};
  return ::DeviceIoControl(handle, poll, &readiness, sizeof readiness, &readiness, sizeof readiness, nullptr,
                           &overlapped);
}

}  // namespace rescind
