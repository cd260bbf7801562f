#include "os/close_descriptor.h"

#include "os/windows/errors.h"
#include "os/windows/handles.h"

namespace rescind {

namespace {

// What closesocket() says of handles it did not make, or before there are any sockets.
bool isNoSocket(int code) noexcept { return code == WSAENOTSOCK || code == WSANOTINITIALISED; }

int closeHandle(int descriptor) noexcept { return ::CloseHandle(handleOf(descriptor)) != FALSE ? 0 : lastFailure(); }

}  // namespace

// Sockets are pipes to the system. A file is written back when it is closed, to a server perhaps.
bool closesAtOnce(int descriptor) noexcept { return ::GetFileType(handleOf(descriptor)) != FILE_TYPE_DISK; }

int closeDescriptor(int descriptor) noexcept {
  // The system takes them for the process and the thread themselves, and says that it closed them.
  if (descriptor < 0) return -error::badDescriptor;
  if (!closesAtOnce(descriptor)) return closeHandle(descriptor);
  // CloseHandle would leave behind what Winsock knows of a socket, and closesocket closes nothing but sockets.
  if (::closesocket(socketOf(descriptor)) == 0) return 0;
  const int code = ::WSAGetLastError();
  return isNoSocket(code) ? closeHandle(descriptor) : failure(static_cast<DWORD>(code));
}

}  // namespace rescind
