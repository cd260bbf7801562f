#include "os/blocking_handles.h"

#include "os/close_descriptor.h"
#include "os/windows/errors.h"
#include "os/windows/file_opening.h"
#include "os/windows/winsock.h"

namespace rescind::blocking {

namespace {

// The family IPv6's sockets take IPv4's as well, as on Linux. Where the system cannot, they are what they are.
void takeBothFamilies(SOCKET socket) noexcept {
  const DWORD off = 0;
  ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, reinterpret_cast<const char*>(&off), sizeof off);
}

}  // namespace

std::int32_t handleClose(int handle) noexcept { return closeDescriptor(handle); }

std::int32_t socketOpen(int family, int type) noexcept {
  const int domain = family == 4 ? AF_INET : family == 6 ? AF_INET6 : family == 1 ? AF_UNIX : -1;
  const int kind = type == 1 ? SOCK_STREAM : type == 2 ? SOCK_DGRAM : -1;
  if (domain == -1) return ownFailure(error::familyNotSupported);
  if (kind == -1) return ownFailure(error::socketTypeNotSupported);
  if (!startWinsock()) return failure(WSASYSNOTREADY);
  UniqueSocket socket(::WSASocketW(domain, kind, 0, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
  if (!socket) return lastSocketFailure();
  if (domain == AF_INET6) takeBothFamilies(socket.get());
  // That an earlier datagram reached nobody is no failure of a later receive from somebody else.
  if (kind == SOCK_DGRAM) leaveUndeliveredUntold(socket.get());
  return descriptorOf(socket.release());
}

// inotify is Linux's: here directoryWatchOpen.
std::int32_t watchAdd(int, const char*, std::uint32_t) noexcept { return ownFailure(error::notImplemented); }

std::int32_t directoryWatchOpen(const char* path) {
  Opened opened = openExisting(SystemPath(path), FILE_LIST_DIRECTORY, FILE_FLAG_OVERLAPPED);
  if (!opened.handle) return opened.failed;
  if (!isDirectory(opened.handle.get())) return failureAs(error::notDirectory, ERROR_DIRECTORY);
  return descriptorOf(opened.handle.release());
}

}  // namespace rescind::blocking
