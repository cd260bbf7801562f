#include "os/socket_address.h"

#include <cstring>

#include "os/sockets.h"
#include "os/unix_address.h"

namespace rescind {

namespace {

struct Header {
  std::int32_t family;
  std::int32_t port;
  std::int32_t scope;
  std::int32_t length;
};
static_assert(sizeof(Header) == wireAddressHeader);

// The wire's words for families; not the system's numbers, which differ between systems.
constexpr std::int32_t familyNone = 0;
constexpr std::int32_t familyUnix = 1;
constexpr std::int32_t familyIpv4 = 4;
constexpr std::int32_t familyIpv6 = 6;

std::uint32_t decodeIpv4(const Header& header, std::span<const std::byte> bytes, sockaddr_storage& into) noexcept {
  sockaddr_in address{};
  if (bytes.size() != sizeof address.sin_addr) return 0;
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(header.port));
  std::memcpy(&address.sin_addr, bytes.data(), bytes.size());
  std::memcpy(&into, &address, sizeof address);
  return sizeof address;
}

std::uint32_t decodeIpv6(const Header& header, std::span<const std::byte> bytes, sockaddr_storage& into) noexcept {
  sockaddr_in6 address{};
  if (bytes.size() != sizeof address.sin6_addr) return 0;
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(static_cast<std::uint16_t>(header.port));
  address.sin6_scope_id = static_cast<std::uint32_t>(header.scope);
  std::memcpy(&address.sin6_addr, bytes.data(), bytes.size());
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
      return decodeUnixPath(bytes, into);
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
    return write({familyIpv4, ntohs(address.sin_port), 0, sizeof address.sin_addr}, &address.sin_addr, into);
  }
  if (from->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 address;
    std::memcpy(&address, from, sizeof address);
    const auto scope = static_cast<std::int32_t>(address.sin6_scope_id);
    return write({familyIpv6, ntohs(address.sin6_port), scope, sizeof address.sin6_addr}, &address.sin6_addr, into);
  }
  if (from->sa_family != AF_UNIX) return 0;
  const std::string_view path = unixPathOf(from, length);
  return write({familyUnix, 0, 0, static_cast<std::int32_t>(path.size())}, path.data(), into);
}

}  // namespace rescind
