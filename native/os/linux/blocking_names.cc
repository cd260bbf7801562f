#include "os/blocking_names.h"

#include <netdb.h>
#include <sys/socket.h>

#include <memory>

#include "os/socket_address.h"

namespace rescind::blocking {

namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

// util.getSystemErrorMap() names these numbers on every platform.
std::int32_t lookupError(int code) noexcept {
  switch (code) {
    case EAI_SYSTEM:
      return -errno;
    case EAI_ADDRFAMILY:
      return -3000;
    case EAI_AGAIN:
      return -3001;
    case EAI_BADFLAGS:
      return -3002;
    case EAI_CANCELED:
      return -3003;
    case EAI_FAMILY:
      return -3005;
    case EAI_MEMORY:
      return -3006;
    case EAI_NODATA:
      return -3007;
    case EAI_NONAME:
      return -3008;
    case EAI_OVERFLOW:
      return -3009;
    case EAI_SERVICE:
      return -3010;
    case EAI_SOCKTYPE:
      return -3011;
    default:
      return -3004;  // EAI_FAIL: no recovery
  }
}

}  // namespace

std::int32_t addressLookup(const char* host, int family, int flags, Bytes& payload) {
  addrinfo hints = {};
  hints.ai_flags = flags;
  hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host, nullptr, &hints, &found);
  if (code != 0) return lookupError(code);
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  std::int32_t records = 0;
  for (const addrinfo* each = list.get(); each != nullptr; each = each->ai_next) {
    std::byte address[wireAddressMost] = {};
    const std::size_t length = encodeWireAddress(each->ai_addr, each->ai_addrlen, address);
    if (length == 0 || length > wireAddressRecord) continue;
    append(payload, address, wireAddressRecord);
    records++;
  }
  return records;
}

}  // namespace rescind::blocking
