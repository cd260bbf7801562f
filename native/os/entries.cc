#include "os/entries.h"

#include <cstring>

#include "os/sockets.h"

namespace rescind::blocking {

namespace {

void appendText(const char* text, Bytes& payload) { append(payload, text, std::strlen(text) + 1); }

void appendNames(const char* name, char* const* aliases, Bytes& payload) {
  appendText(name, payload);
  for (; aliases != nullptr && *aliases != nullptr; aliases++) {
    // An empty one ends the list.
    if (**aliases != '\0') appendText(*aliases, payload);
  }
  appendText("", payload);
}

}  // namespace

std::int32_t appendHost(const hostent& host, Bytes& payload) {
  appendNames(host.h_name, host.h_aliases, payload);
  for (char* const* address = host.h_addr_list; *address != nullptr; address++) {
    char text[INET6_ADDRSTRLEN];
    if (::inet_ntop(host.h_addrtype, *address, text, sizeof text) != nullptr) appendText(text, payload);
  }
  return host.h_addrtype == AF_INET6 ? 6 : 4;
}

std::int32_t appendService(const servent& service, Bytes& payload) {
  appendNames(service.s_name, service.s_aliases, payload);
  appendText(service.s_proto, payload);
  return ntohs(static_cast<std::uint16_t>(service.s_port));
}

std::int32_t appendProtocol(const protoent& protocol, Bytes& payload) {
  appendNames(protocol.p_name, protocol.p_aliases, payload);
  return protocol.p_proto;
}

BinaryAddress addressOf(const char* text, int family) noexcept {
  BinaryAddress address;
  address.family = family == 6 ? AF_INET6 : AF_INET;
  if (::inet_pton(address.family, text, address.bytes) == 1) address.length = family == 6 ? 16 : 4;
  return address;
}

}  // namespace rescind::blocking
