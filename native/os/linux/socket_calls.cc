#include "os/socket_calls.h"

#include <sys/socket.h>

#include <cerrno>

#include "os/socket_address.h"

namespace rescind {

namespace {

int encode(const sockaddr_storage& from, socklen_t length, std::byte* into) noexcept {
  const std::size_t bytes = encodeWireAddress(reinterpret_cast<const sockaddr*>(&from), length, into);
  return bytes == 0 ? -EAFNOSUPPORT : static_cast<int>(bytes);
}

}  // namespace

int bindSocket(int handle, std::span<const std::byte> address) noexcept {
  sockaddr_storage storage;
  const std::uint32_t length = decodeWireAddress(address, storage);
  if (length == 0) return -EINVAL;
  return bind(handle, reinterpret_cast<const sockaddr*>(&storage), length) == 0 ? 0 : -errno;
}

int listenOnSocket(int handle, int backlog) noexcept { return listen(handle, backlog) == 0 ? 0 : -errno; }

int localAddressOf(int handle, std::byte* into) noexcept {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (getsockname(handle, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return -errno;
  return encode(storage, length, into);
}

int remoteAddressOf(int handle, std::byte* into) noexcept {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (getpeername(handle, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return -errno;
  return encode(storage, length, into);
}

}  // namespace rescind
