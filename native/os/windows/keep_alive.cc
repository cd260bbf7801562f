#include "os/windows/keep_alive.h"

#include "os/windows/errors.h"

namespace rescind {

namespace {

constexpr ULONG millisecondsPerSecond = 1000;
// The system's own default for the interval.
constexpr ULONG defaultIntervalMs = 1000;

bool keepsAlive(SOCKET socket) noexcept {
  DWORD on = 0;
  int length = sizeof on;
  return ::getsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, reinterpret_cast<char*>(&on), &length) == 0 && on != 0;
}

}  // namespace

int setKeepAliveDelay(SOCKET socket, int seconds) noexcept {
  const auto* const value = reinterpret_cast<const char*>(&seconds);
  if (::setsockopt(socket, IPPROTO_TCP, keepAliveDelayOption, value, sizeof seconds) == 0) return 0;
  if (::WSAGetLastError() != WSAENOPROTOOPT) return lastSocketFailure();
  // The older way sets all at once, whether there are such questions among it.
  tcp_keepalive settings = {keepsAlive(socket) ? 1UL : 0UL, static_cast<ULONG>(seconds) * millisecondsPerSecond,
                            defaultIntervalMs};
  DWORD bytes = 0;
  const int set =
      ::WSAIoctl(socket, SIO_KEEPALIVE_VALS, &settings, sizeof settings, nullptr, 0, &bytes, nullptr, nullptr);
  return set == 0 ? 0 : lastSocketFailure();
}

}  // namespace rescind
