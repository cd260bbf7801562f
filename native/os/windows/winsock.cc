#include "os/windows/winsock.h"

namespace rescind {

namespace {

bool start() noexcept {
  WSADATA data;
  return ::WSAStartup(MAKEWORD(2, 2), &data) == 0;
}

template <typename Function>
void load(SOCKET socket, GUID name, Function& function) noexcept {
  DWORD bytes = 0;
  if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &name, sizeof name, &function, sizeof function, &bytes,
                 nullptr, nullptr) != 0) {
    function = nullptr;
  }
}

}  // namespace

bool startWinsock() noexcept {
  static const bool started = start();
  return started;
}

SocketExtensions extensionsOf(SOCKET socket) noexcept {
  SocketExtensions found;
  load(socket, WSAID_ACCEPTEX, found.acceptEx);
  load(socket, WSAID_CONNECTEX, found.connectEx);
  load(socket, WSAID_DISCONNECTEX, found.disconnectEx);
  load(socket, WSAID_TRANSMITFILE, found.transmitFile);
  load(socket, WSAID_GETACCEPTEXSOCKADDRS, found.getAcceptExAddresses);
  load(socket, WSAID_WSARECVMSG, found.receiveMessage);
  load(socket, WSAID_WSASENDMSG, found.sendMessage);
  return found;
}

}  // namespace rescind
