#include "os/unix_address.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

namespace rescind {

std::uint32_t decodeUnixPath(std::span<const std::byte> path, sockaddr_storage& into) noexcept {
  sockaddr_un address{};
  if (path.empty() || path.size() > sizeof address.sun_path) return 0;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  std::memcpy(&into, &address, sizeof address);
  // The length ends an abstract name; a path ends with NUL where there is room for one.
  const bool isPath = path.front() != std::byte{0};
  const std::size_t length = isPath ? std::min(path.size() + 1, sizeof address.sun_path) : path.size();
  return static_cast<std::uint32_t>(offsetof(sockaddr_un, sun_path) + length);
}

std::string_view unixPathOf(const sockaddr* from, std::uint32_t length) noexcept {
  const auto* const path = reinterpret_cast<const char*>(from) + offsetof(sockaddr_un, sun_path);
  std::size_t bytes = length > offsetof(sockaddr_un, sun_path) ? length - offsetof(sockaddr_un, sun_path) : 0;
  // The kernel counts the NUL it ends a path with, even when that makes it one longer than sun_path.
  if (bytes > 0 && path[0] != '\0') bytes = ::strnlen(path, std::min(bytes, sizeof(sockaddr_un::sun_path)));
  return {path, std::min(bytes, sizeof(sockaddr_un::sun_path))};
}

}  // namespace rescind
