#include "os/windows/winsock.h"

namespace rescind {

namespace {

// Of mswsock.h, where not every header has them.
constexpr DWORD tellRefusals = _WSAIOW(IOC_VENDOR, 12);  // SIO_UDP_CONNRESET
constexpr DWORD tellExpired = _WSAIOW(IOC_VENDOR, 15);   // SIO_UDP_NETRESET

// A system that cannot be asked goes on as it does.
void change(SOCKET socket, DWORD control, BOOL on) noexcept {
  DWORD bytes = 0;
  ::WSAIoctl(socket, control, &on, sizeof on, nullptr, 0, &bytes, nullptr, nullptr);
}

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

void setRefusals(SOCKET socket, Refusals refusals) noexcept {
  change(socket, tellRefusals, refusals == Refusals::told ? TRUE : FALSE);
}

void leaveUndeliveredUntold(SOCKET socket) noexcept {
  setRefusals(socket, Refusals::untold);
  change(socket, tellExpired, FALSE);
}

// The first comes of a call that fails at once, the second with an entry of the port.
bool isRefusal(DWORD code) noexcept { return code == WSAECONNRESET || code == ERROR_PORT_UNREACHABLE; }

}  // namespace rescind
