// Winsock's start, and its functions that are asked for at run time.
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

}  // namespace rescind
