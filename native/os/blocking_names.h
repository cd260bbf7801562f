// Names, which have no asynchronous form in libc.
#pragma once

#include <cstdint>

#include "os/blocking_result.h"

namespace rescind::blocking {

// family: 0 for both, 4 or 6; flags: AI_*. Payload: records of wireAddressRecord bytes; the result counts
// them. What getaddrinfo says about names comes as the numbers of Node's error map (-3000 and below).
[[nodiscard]] std::int32_t addressLookup(const char* host, int family, int flags, Bytes& payload);

// Numbers of entryLookup's argument0.
enum class Entry : std::int32_t {
  hostByName = 1,
  hostByAddress = 2,
  serviceByName = 3,
  serviceByPort = 4,
  protocolByName = 5,
  protocolByNumber = 6,
};

// What is asked for; each kind of entry looks at its own.
struct EntryQuestion {
  Entry entry;
  const char* name;      // of a host, a service or a protocol; an address as text
  const char* protocol;  // of a service; empty for any
  int number;            // 4 or 6 for a host, a port, a protocol's number
};

// An entry of the databases of hosts, services and protocols. Result and payload are described in ops.def; an entry
// that is not there has the number of a name that is not found.
[[nodiscard]] std::int32_t entryLookup(const EntryQuestion& question, Bytes& payload);

}  // namespace rescind::blocking
