#include "os/blocking_names.h"

#include <memory>
#include <optional>
#include <string>

#include "os/socket_address.h"
#include "os/windows/errors.h"
#include "os/windows/text.h"
#include "os/windows/winsock.h"

namespace rescind::blocking {

namespace {

struct FreeAddresses {
  void operator()(ADDRINFOW* list) const noexcept { ::FreeAddrInfoW(list); }
};

// util.getSystemErrorMap() names these numbers on every platform.
std::int32_t lookupFailure(int code) noexcept {
  const auto native = static_cast<DWORD>(code);
  switch (code) {
    case WSATRY_AGAIN:
      return failureAs(3001, native);
    case WSAEINVAL:
      return failureAs(3002, native);  // EAI_BADFLAGS
    case WSA_E_CANCELLED:
      return failureAs(3003, native);
    case WSANO_RECOVERY:
      return failureAs(3004, native);  // EAI_FAIL
    case WSAEAFNOSUPPORT:
      return failureAs(3005, native);
    case WSA_NOT_ENOUGH_MEMORY:
      return failureAs(3006, native);
    case WSANO_DATA:
      return failureAs(3007, native);
    case WSAHOST_NOT_FOUND:
      return failureAs(3008, native);  // EAI_NONAME
    case WSATYPE_NOT_FOUND:
      return failureAs(3010, native);  // EAI_SERVICE
    case WSAESOCKTNOSUPPORT:
      return failureAs(3011, native);
    default:
      return failure(native);
  }
}

}  // namespace

std::int32_t addressLookup(const char* host, int family, int flags, Bytes& payload) {
  const std::optional<std::wstring> name = wideText(host);
  if (!name) return lookupFailure(WSAHOST_NOT_FOUND);
  if (!startWinsock()) return failure(WSASYSNOTREADY);
  ADDRINFOW hints = {};
  hints.ai_flags = flags;
  hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ADDRINFOW* found = nullptr;
  const int code = ::GetAddrInfoW(name->c_str(), nullptr, &hints, &found);
  if (code != 0) return lookupFailure(code);
  const std::unique_ptr<ADDRINFOW, FreeAddresses> list(found);
  std::int32_t records = 0;
  for (const ADDRINFOW* each = list.get(); each != nullptr; each = each->ai_next) {
    std::byte address[wireAddressMost] = {};
    const std::size_t length = encodeWireAddress(each->ai_addr, static_cast<std::uint32_t>(each->ai_addrlen), address);
    if (length == 0 || length > wireAddressRecord) continue;
    append(payload, address, wireAddressRecord);
    records++;
  }
  return records;
}

}  // namespace rescind::blocking
