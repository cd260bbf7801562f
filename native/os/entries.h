// Entries of the databases of hosts, services and protocols, whose records both systems have alike, as operations bring
// them.
#pragma once

#include <cstdint>

#include "os/blocking_result.h"

struct hostent;
struct servent;
struct protoent;

namespace rescind::blocking {

// Each appends to `payload` and returns the result, as ops.def has them for entryLookup.
[[nodiscard]] std::int32_t appendHost(const hostent& host, Bytes& payload);
[[nodiscard]] std::int32_t appendService(const servent& service, Bytes& payload);
[[nodiscard]] std::int32_t appendProtocol(const protoent& protocol, Bytes& payload);

// An address from its text.
struct BinaryAddress {
  unsigned char bytes[16];
  std::uint32_t length = 0;  // 0: the text is none of the family
  int family = 0;            // AF_INET or AF_INET6
};
[[nodiscard]] BinaryAddress addressOf(const char* text, int family) noexcept;

}  // namespace rescind::blocking
