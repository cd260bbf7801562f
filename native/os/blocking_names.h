// Name resolution, which has no asynchronous form in libc.
#pragma once

#include <cstdint>

#include "os/blocking_result.h"

namespace rescind::blocking {

// family: 0 for both, 4 or 6; flags: AI_*. Payload: records of wireAddressRecord bytes; the result counts
// them. What getaddrinfo says about names comes as the numbers of Node's error map (-3000 and below).
[[nodiscard]] std::int32_t addressLookup(const char* host, int family, int flags, Bytes& payload);

}  // namespace rescind::blocking
