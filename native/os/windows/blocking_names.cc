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

}  // namespace

std::int32_t addressLookup(const char* host, int family, int flags, Bytes& payload) {
  const std::optional<std::wstring> name = wideText(host);
  if (!name) return nameFailure(WSAHOST_NOT_FOUND);
  if (!startWinsock()) return failure(WSASYSNOTREADY);
  ADDRINFOW hints = {};
  hints.ai_flags = flags;
  hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ADDRINFOW* found = nullptr;
  const int code = ::GetAddrInfoW(name->c_str(), nullptr, &hints, &found);
  if (code != 0) return nameFailure(code);
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
