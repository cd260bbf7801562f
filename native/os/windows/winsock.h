// Winsock's start, its functions that are asked for at run time, and what datagram sockets are told.
#pragma once

#include "os/windows/system.h"

namespace rescind {

// Once per process, on first use; it is never ended, as Node's own is not. False: the system has no network. Whatever
// makes the first socket or looks up the first name calls it.
[[nodiscard]] bool startWinsock() noexcept;

// 0 where the call has not failed.
[[nodiscard]] inline DWORD lastSocketError(bool failed) noexcept {
  return failed ? static_cast<DWORD>(::WSAGetLastError()) : 0;
}

// Null where the provider of the socket's family has none.
struct SocketExtensions {
  LPFN_ACCEPTEX acceptEx = nullptr;
  LPFN_CONNECTEX connectEx = nullptr;
  LPFN_DISCONNECTEX disconnectEx = nullptr;
  LPFN_TRANSMITFILE transmitFile = nullptr;
  LPFN_GETACCEPTEXSOCKADDRS getAcceptExAddresses = nullptr;
  LPFN_WSARECVMSG receiveMessage = nullptr;
  LPFN_WSASENDMSG sendMessage = nullptr;
};

// Of the socket's provider: sockets of one family and type have the same.
[[nodiscard]] SocketExtensions extensionsOf(SOCKET socket) noexcept;

// Windows fails a receive of a datagram socket, whomever that waits for, because an earlier datagram did not arrive,
// unless it is asked not to. Whether that is done for refusals, messages "port unreachable".
enum class Refusals { untold, told };
void setRefusals(SOCKET socket, Refusals refusals) noexcept;
// For nothing that did not arrive, as on a new socket of Linux.
void leaveUndeliveredUntold(SOCKET socket) noexcept;
// Whether a call on a datagram socket has failed because an earlier datagram was refused.
[[nodiscard]] bool isRefusal(DWORD code) noexcept;

}  // namespace rescind
