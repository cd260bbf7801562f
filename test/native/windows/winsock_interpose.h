// Takes the place of WSAIoctl in a test program, and by it of WSASendMsg and WSARecvMsg: what is asked of them is
// noted, and a receive may be answered by the test.
#pragma once

#include <cstring>

#include "os/windows/system.h"

namespace rescind::testing {

// The last message that was sent.
struct Sent {
  int destinationBytes = 0;
  DWORD pieces = 0;
  int count = 0;
  bool hadPort = false;
};
inline Sent sent;

// Whether the socket of the last receive had a port.
inline bool receiverHadPort = false;

// What a receive fails with; 0: it is the system's.
inline int receiveFails = 0;

// As they were set last: SIO_UDP_CONNRESET and SIO_UDP_NETRESET.
inline BOOL refusalsTold = TRUE;
inline BOOL expiryTold = TRUE;

inline LPFN_WSASENDMSG systemSend = nullptr;
inline LPFN_WSARECVMSG systemReceive = nullptr;

inline bool hasPort(SOCKET socket) noexcept {
  sockaddr_in address{};
  int length = sizeof address;
  return ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0 && address.sin_port != 0;
}

inline int WSAAPI sendMessage(SOCKET socket, LPWSAMSG message, DWORD flags, LPDWORD bytes, LPWSAOVERLAPPED overlapped,
                              LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  sent = {message->name == nullptr ? 0 : message->namelen, message->dwBufferCount, sent.count + 1, hasPort(socket)};
  return systemSend(socket, message, flags, bytes, overlapped, routine);
}

inline int WSAAPI receiveMessage(SOCKET socket, LPWSAMSG message, LPDWORD bytes, LPWSAOVERLAPPED overlapped,
                                 LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  receiverHadPort = hasPort(socket);
  if (receiveFails == 0) return systemReceive(socket, message, bytes, overlapped, routine);
  ::WSASetLastError(receiveFails);
  return SOCKET_ERROR;
}

// Keeps the system's function, and hands out ours.
template <typename Function>
void replace(const void* asked, const GUID& name, void* into, Function& system, Function ours) noexcept {
  if (std::memcmp(asked, &name, sizeof name) != 0) return;
  std::memcpy(&system, into, sizeof system);
  std::memcpy(into, &ours, sizeof ours);
}

inline int WSAAPI control(SOCKET socket, DWORD code, LPVOID in, DWORD inBytes, LPVOID out, DWORD outBytes,
                          LPDWORD bytes, LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
  using Control = decltype(&control);
  static const auto system =
      reinterpret_cast<Control>(reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleW(L"ws2_32"), "WSAIoctl")));
  constexpr DWORD refusals = _WSAIOW(IOC_VENDOR, 12);
  constexpr DWORD expiry = _WSAIOW(IOC_VENDOR, 15);
  if (code == refusals) std::memcpy(&refusalsTold, in, sizeof refusalsTold);
  if (code == expiry) std::memcpy(&expiryTold, in, sizeof expiryTold);
  const int result = system(socket, code, in, inBytes, out, outBytes, bytes, overlapped, routine);
  if (result != 0 || code != SIO_GET_EXTENSION_FUNCTION_POINTER) return result;
  replace(in, WSAID_WSASENDMSG, out, systemSend, &sendMessage);
  replace(in, WSAID_WSARECVMSG, out, systemReceive, &receiveMessage);
  return result;
}

}  // namespace rescind::testing

extern "C" {
// By which every call of WSAIoctl goes.
decltype(&rescind::testing::control) __imp_WSAIoctl = rescind::testing::control;
}
