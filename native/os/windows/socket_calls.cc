#include "os/socket_calls.h"

#include "os/socket_address.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"

namespace rescind {

namespace {

using AddressOf = int(WSAAPI*)(SOCKET socket, sockaddr* into, int* length);

// Other systems say of a socket that is not bound that it is at no port of no address; Winsock says WSAEINVAL.
int WSAAPI ownAddressOf(SOCKET socket, sockaddr* into, int* length) noexcept {
  const int room = *length;
  if (::getsockname(socket, into, length) == 0) return 0;
  WSAPROTOCOL_INFO information;
  int size = sizeof information;
  if (::WSAGetLastError() != WSAEINVAL ||
      ::getsockopt(socket, SOL_SOCKET, SO_PROTOCOL_INFO, reinterpret_cast<char*>(&information), &size) != 0) {
    return SOCKET_ERROR;
  }
  into->sa_family = static_cast<ADDRESS_FAMILY>(information.iAddressFamily);
  *length = room;
  return 0;
}

int addressOf(AddressOf ask, int handle, std::byte* into) noexcept {
  sockaddr_storage storage{};
  int length = sizeof storage;
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  if (ask(socketOf(handle), address, &length) != 0) return lastSocketFailure();
  const std::size_t bytes = encodeWireAddress(address, static_cast<std::uint32_t>(length), into);
  return bytes == 0 ? ownFailure(error::familyNotSupported) : static_cast<int>(bytes);
}

}  // namespace

// SO_EXCLUSIVEADDRUSE is left off, as in Node: with it a port is not free while connections of its last listener live.
// Without SO_REUSEADDR, which setSocketOption() keeps from streams, two listeners of one user do not share a port.
int bindSocket(int handle, std::span<const std::byte> address) noexcept {
  sockaddr_storage storage;
  const std::uint32_t length = decodeWireAddress(address, storage);
  if (length == 0) return ownFailure(error::invalidArgument);
  const auto* const place = reinterpret_cast<const sockaddr*>(&storage);
  return ::bind(socketOf(handle), place, static_cast<int>(length)) == 0 ? 0 : lastSocketFailure();
}

int listenOnSocket(int handle, int backlog) noexcept {
  return ::listen(socketOf(handle), backlog) == 0 ? 0 : lastSocketFailure();
}

int localAddressOf(int handle, std::byte* into) noexcept { return addressOf(ownAddressOf, handle, into); }

int remoteAddressOf(int handle, std::byte* into) noexcept { return addressOf(::getpeername, handle, into); }

}  // namespace rescind
