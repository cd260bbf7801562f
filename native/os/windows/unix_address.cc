#include "os/unix_address.h"

#include <algorithm>
#include <cstring>

#include "os/windows/system.h"

namespace rescind {

// Windows takes the whole record and no other length; a path ends with NUL. It has no abstract names.
std::uint32_t decodeUnixPath(std::span<const std::byte> path, sockaddr_storage& into) noexcept {
  sockaddr_un address{};
  if (path.empty() || path.front() == std::byte{0} || path.size() >= sizeof address.sun_path) return 0;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  std::memcpy(&into, &address, sizeof address);
  return sizeof address;
}

std::string_view unixPathOf(const sockaddr* from, std::uint32_t length) noexcept {
  const auto* const path = reinterpret_cast<const char*>(from) + offsetof(sockaddr_un, sun_path);
  const std::size_t room = length > offsetof(sockaddr_un, sun_path) ? length - offsetof(sockaddr_un, sun_path) : 0;
  // A socket that is not bound has a record of zeros.
  return {path, ::strnlen(path, std::min(room, sizeof(sockaddr_un::sun_path)))};
}

}  // namespace rescind
