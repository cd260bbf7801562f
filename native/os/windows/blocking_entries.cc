// The entries by Winsock's functions, which keep one for each thread.

#include "os/blocking_names.h"
#include "os/entries.h"
#include "os/windows/errors.h"
#include "os/windows/winsock.h"

namespace rescind::blocking {

namespace {

template <typename Record, typename Append>
std::int32_t appended(const Record* found, Bytes& payload, Append&& append) {
  return found == nullptr ? nameFailure(::WSAGetLastError()) : append(*found, payload);
}

const char* orNull(const char* text) noexcept { return *text == '\0' ? nullptr : text; }

}  // namespace

std::int32_t entryLookup(const EntryQuestion& question, Bytes& payload) {
  if (!startWinsock()) return failure(WSASYSNOTREADY);
  const int port = htons(static_cast<u_short>(question.number));
  switch (question.entry) {
    case Entry::hostByName:
      // Which knows no other family.
      if (question.number == 6) return nameFailure(WSAEAFNOSUPPORT);
      return appended(::gethostbyname(question.name), payload, appendHost);
    case Entry::hostByAddress: {
      const BinaryAddress address = addressOf(question.name, question.number);
      if (address.length == 0) return failure(WSAEINVAL);
      const auto* bytes = reinterpret_cast<const char*>(address.bytes);
      return appended(::gethostbyaddr(bytes, static_cast<int>(address.length), address.family), payload, appendHost);
    }
    case Entry::serviceByName:
      return appended(::getservbyname(question.name, orNull(question.protocol)), payload, appendService);
    case Entry::serviceByPort:
      return appended(::getservbyport(port, orNull(question.protocol)), payload, appendService);
    case Entry::protocolByName:
      return appended(::getprotobyname(question.name), payload, appendProtocol);
    case Entry::protocolByNumber:
      return appended(::getprotobynumber(question.number), payload, appendProtocol);
  }
  return failure(WSAEINVAL);
}

}  // namespace rescind::blocking
