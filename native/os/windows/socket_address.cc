#include "os/socket_address.h"

#include <algorithm>
#include <cstring>

#include "os/windows/system.h"

namespace rescind {

namespace {

enum WireFamily : std::int32_t { familyUnix = 1, familyIpv4 = 4, familyIpv6 = 6, familyNone = 0 };

struct Header {
  std::int32_t family;
  std::int32_t port;
  std::int32_t scope;
  std::int32_t length;
};
static_assert(sizeof(Header) == wireAddressHeader);

std::uint32_t decodeIpv4(const Header& header, std::span<const std::byte> bytes, sockaddr_storage& into) noexcept {
  if (bytes.size() != sizeof(in_addr)) return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = ::htons(static_cast<std::uint16_t>(header.port));
  std::memcpy(&address.sin_addr, bytes.data(), bytes.size());
  std::memcpy(&into, &address, sizeof address);
  return sizeof address;
}

std::uint32_t decodeIpv6(const Header& header, std::span<const std::byte> bytes, sockaddr_storage& into) noexcept {
  if (bytes.size() != sizeof(in6_addr)) return 0;
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = ::htons(static_cast<std::uint16_t>(header.port));
  address.sin6_scope_id = static_cast<std::uint32_t>(header.scope);
  std::memcpy(&address.sin6_addr, bytes.data(), bytes.size());
  std::memcpy(&into, &address, sizeof address);
  return sizeof address;
}

// Windows takes the whole record and no other length; a path ends with NUL. It has no abstract names.
std::uint32_t decodeUnix(std::span<const std::byte> bytes, sockaddr_storage& into) noexcept {
  sockaddr_un address{};
  if (bytes.empty() || bytes.front() == std::byte{0} || bytes.size() >= sizeof address.sun_path) return 0;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, bytes.data(), bytes.size());
  std::memcpy(&into, &address, sizeof address);
  return sizeof address;
}

// A datagram socket is disconnected by connecting it to no family.
std::uint32_t decodeNone(sockaddr_storage& into) noexcept {
  into = {};
  into.ss_family = AF_UNSPEC;
  return sizeof(sockaddr_in);
}

std::size_t write(const Header& header, const void* bytes, std::byte* into) noexcept {
  std::memcpy(into, &header, sizeof header);
  std::memcpy(into + sizeof header, bytes, static_cast<std::size_t>(header.length));
  return sizeof header + static_cast<std::size_t>(header.length);
}

std::size_t encodeUnix(const sockaddr* from, std::uint32_t length, std::byte* into) noexcept {
  const auto* const path = reinterpret_cast<const char*>(from) + offsetof(sockaddr_un, sun_path);
  const std::size_t room = length > offsetof(sockaddr_un, sun_path) ? length - offsetof(sockaddr_un, sun_path) : 0;
  // A socket that is not bound has a record of zeros.
  const std::size_t bytes = ::strnlen(path, std::min(room, sizeof(sockaddr_un::sun_path)));
  return write({familyUnix, 0, 0, static_cast<std::int32_t>(bytes)}, path, into);
}

}  // namespace

std::uint32_t decodeWireAddress(std::span<const std::byte> from, sockaddr_storage& into) noexcept {
  if (from.size() < wireAddressHeader) return 0;
  Header header;
  std::memcpy(&header, from.data(), sizeof header);
  const std::span<const std::byte> rest = from.subspan(wireAddressHeader);
  if (header.length < 0 || static_cast<std::size_t>(header.length) > rest.size()) return 0;
  const std::span<const std::byte> bytes = rest.first(static_cast<std::size_t>(header.length));
  switch (header.family) {
    case familyIpv4:
      return decodeIpv4(header, bytes, into);
    case familyIpv6:
      return decodeIpv6(header, bytes, into);
    case familyUnix:
      return decodeUnix(bytes, into);
    case familyNone:
      return decodeNone(into);
    default:
      return 0;
  }
}

std::size_t encodeWireAddress(const sockaddr* from, std::uint32_t length, std::byte* into) noexcept {
  if (length < sizeof from->sa_family) return 0;
  if (from->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    sockaddr_in address;
    std::memcpy(&address, from, sizeof address);
    return write({familyIpv4, ::ntohs(address.sin_port), 0, sizeof address.sin_addr}, &address.sin_addr, into);
  }
  if (from->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 address;
    std::memcpy(&address, from, sizeof address);
    const auto scope = static_cast<std::int32_t>(address.sin6_scope_id);
    return write({familyIpv6, ::ntohs(address.sin6_port), scope, sizeof address.sin6_addr}, &address.sin6_addr, into);
  }
  if (from->sa_family == AF_UNIX) return encodeUnix(from, length, into);
  return 0;
}

}  // namespace rescind
