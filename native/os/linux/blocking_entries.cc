// The entries by libc's reentrant functions: a result, and scratch memory of the caller's that is made larger until all
// of the entry fits.

#include <netdb.h>

#include <cerrno>
#include <cstdint>
#include <vector>

#include "os/blocking_names.h"
#include "os/entries.h"
#include "os/error_numbers.h"

namespace rescind::blocking {

namespace {

constexpr std::size_t firstScratchBytes = 1024;
constexpr std::size_t mostScratchBytes = std::size_t{1} << 20;

// Numbers of Node's error map, as addressLookup has them.
constexpr std::int32_t tryAgain = -3001;
constexpr std::int32_t noRecovery = -3004;
constexpr std::int32_t noData = -3007;
constexpr std::int32_t notFound = -3008;

std::int32_t hostError(int code, int error) noexcept {
  switch (code) {
    case HOST_NOT_FOUND:
      return notFound;
    case TRY_AGAIN:
      return tryAgain;
    case NO_DATA:
      return noData;
    case NETDB_INTERNAL:
      return error == 0 ? noRecovery : -error;
    default:
      return noRecovery;
  }
}

// `call` takes scratch memory and returns an errno.
template <typename Call>
int withScratch(Call&& call) {
  std::vector<char> scratch(firstScratchBytes);
  for (;;) {
    const int error = call(scratch);
    if (error != ERANGE || scratch.size() >= mostScratchBytes) return error;
    scratch.resize(2 * scratch.size());
  }
}

// `ask` calls one of the functions for hosts; the entry is appended while its memory is there.
template <typename Ask>
std::int32_t hostBy(Bytes& payload, Ask&& ask) {
  std::int32_t result = noRecovery;
  withScratch([&](std::vector<char>& scratch) {
    hostent entry;
    hostent* found = nullptr;
    int code = 0;
    const int error = ask(entry, scratch, found, code);
    if (error == ERANGE) return ERANGE;
    result = found == nullptr ? hostError(code, error) : appendHost(*found, payload);
    return 0;
  });
  return result;
}

// The same for services and protocols, which have no errors of their own.
template <typename Record, typename Ask, typename Append>
std::int32_t recordBy(Bytes& payload, Ask&& ask, Append&& append) {
  std::int32_t result = noRecovery;
  withScratch([&](std::vector<char>& scratch) {
    Record entry;
    Record* found = nullptr;
    const int error = ask(entry, scratch, found);
    if (error == ERANGE) return ERANGE;
    // Where the database is missing, nothing is in it.
    if (found != nullptr) {
      result = append(*found, payload);
    } else {
      result = error == 0 || error == ENOENT ? notFound : -error;
    }
    return 0;
  });
  return result;
}

const char* orNull(const char* text) noexcept { return *text == '\0' ? nullptr : text; }

}  // namespace

std::int32_t entryLookup(const EntryQuestion& question, Bytes& payload) {
  const auto port = static_cast<int>(htons(static_cast<std::uint16_t>(question.number)));
  switch (question.entry) {
    case Entry::hostByName: {
      const int family = question.number == 6 ? AF_INET6 : AF_INET;
      return hostBy(payload, [&](hostent& entry, std::vector<char>& scratch, hostent*& found, int& code) {
        return ::gethostbyname2_r(question.name, family, &entry, scratch.data(), scratch.size(), &found, &code);
      });
    }
    case Entry::hostByAddress: {
      const BinaryAddress address = addressOf(question.name, question.number);
      if (address.length == 0) return -error::invalidArgument;
      return hostBy(payload, [&](hostent& entry, std::vector<char>& scratch, hostent*& found, int& code) {
        return ::gethostbyaddr_r(address.bytes, address.length, address.family, &entry, scratch.data(), scratch.size(),
                                 &found, &code);
      });
    }
    case Entry::serviceByName:
      return recordBy<servent>(
          payload,
          [&](servent& entry, std::vector<char>& scratch, servent*& found) {
            return ::getservbyname_r(question.name, orNull(question.protocol), &entry, scratch.data(), scratch.size(),
                                     &found);
          },
          appendService);
    case Entry::serviceByPort:
      return recordBy<servent>(
          payload,
          [&](servent& entry, std::vector<char>& scratch, servent*& found) {
            return ::getservbyport_r(port, orNull(question.protocol), &entry, scratch.data(), scratch.size(), &found);
          },
          appendService);
    case Entry::protocolByName:
      return recordBy<protoent>(
          payload,
          [&](protoent& entry, std::vector<char>& scratch, protoent*& found) {
            return ::getprotobyname_r(question.name, &entry, scratch.data(), scratch.size(), &found);
          },
          appendProtocol);
    case Entry::protocolByNumber:
      return recordBy<protoent>(
          payload,
          [&](protoent& entry, std::vector<char>& scratch, protoent*& found) {
            return ::getprotobynumber_r(question.number, &entry, scratch.data(), scratch.size(), &found);
          },
          appendProtocol);
  }
  return -error::invalidArgument;
}

}  // namespace rescind::blocking
