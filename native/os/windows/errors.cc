#include "os/windows/errors.h"

#include <algorithm>
#include <array>

#include "os/blocking_result.h"

namespace rescind {

namespace {

// ERROR_ELEVATION_REQUIRED, which not every winerror.h has.
constexpr DWORD elevationRequired = 740;

struct Entry {
  DWORD code;
  int number;
};

// What Node 22 makes of them (uv_translate_sys_error, asked for every code).
constexpr Entry asNodeHas[] = {
    {ERROR_INVALID_FUNCTION, error::isDirectory},
    {ERROR_FILE_NOT_FOUND, error::noEntry},
    {ERROR_PATH_NOT_FOUND, error::noEntry},
    {ERROR_TOO_MANY_OPEN_FILES, error::tooManyFiles},
    {ERROR_ACCESS_DENIED, error::notPermitted},
    {ERROR_INVALID_HANDLE, error::badDescriptor},
    {ERROR_NOT_ENOUGH_MEMORY, error::noMemory},
    {ERROR_INVALID_DATA, error::invalidArgument},
    {ERROR_OUTOFMEMORY, error::noMemory},
    {ERROR_INVALID_DRIVE, error::noEntry},
    {ERROR_NOT_SAME_DEVICE, error::otherDevice},
    {ERROR_WRITE_PROTECT, error::readOnly},
    {ERROR_CRC, error::inputOutput},
    {ERROR_GEN_FAILURE, error::inputOutput},
    {ERROR_SHARING_VIOLATION, error::busy},
    {ERROR_LOCK_VIOLATION, error::busy},
    {ERROR_HANDLE_DISK_FULL, error::noSpace},
    {ERROR_NOT_SUPPORTED, error::notSupported},
    {ERROR_NETNAME_DELETED, error::connectionReset},
    {ERROR_FILE_EXISTS, error::exists},
    {ERROR_CANNOT_MAKE, error::noSpace},
    {ERROR_INVALID_PARAMETER, error::invalidArgument},
    {ERROR_OPEN_FAILED, error::inputOutput},
    {ERROR_BUFFER_OVERFLOW, error::nameTooLong},
    {ERROR_DISK_FULL, error::noSpace},
    {ERROR_SEM_TIMEOUT, error::timedOut},
    {ERROR_INSUFFICIENT_BUFFER, error::invalidArgument},
    {ERROR_INVALID_NAME, error::noEntry},
    {ERROR_MOD_NOT_FOUND, error::noEntry},
    {ERROR_DIR_NOT_EMPTY, error::notEmpty},
    {ERROR_SIGNAL_REFUSED, error::inputOutput},
    {ERROR_BAD_PATHNAME, error::noEntry},
    {ERROR_ALREADY_EXISTS, error::exists},
    {ERROR_BAD_EXE_FORMAT, error::wrongFormat},
    {ERROR_DIRECTORY, error::noEntry},
    {ERROR_ENVVAR_NOT_FOUND, error::noEntry},
    {ERROR_NO_SIGNAL_SENT, error::inputOutput},
    {ERROR_FILENAME_EXCED_RANGE, error::nameTooLong},
    {ERROR_META_EXPANSION_TOO_LONG, error::argumentsTooLong},
    {ERROR_BAD_PIPE, error::brokenPipe},
    {ERROR_PIPE_BUSY, error::busy},
    {ERROR_PIPE_NOT_CONNECTED, error::brokenPipe},
    {ERROR_EA_TABLE_FULL, error::noSpace},
    {elevationRequired, error::accessDenied},
    {ERROR_OPERATION_ABORTED, error::cancelled},
    {ERROR_NOACCESS, error::badAddress},
    {ERROR_INVALID_FLAGS, error::badDescriptor},
    {ERROR_END_OF_MEDIA, error::noSpace},
    {ERROR_FILEMARK_DETECTED, error::inputOutput},
    {ERROR_BEGINNING_OF_MEDIA, error::inputOutput},
    {ERROR_SETMARK_DETECTED, error::inputOutput},
    {ERROR_NO_DATA_DETECTED, error::inputOutput},
    {ERROR_INVALID_BLOCK_LENGTH, error::inputOutput},
    {ERROR_BUS_RESET, error::inputOutput},
    {ERROR_NO_UNICODE_TRANSLATION, error::badCharacters},
    {ERROR_IO_DEVICE, error::inputOutput},
    {ERROR_EOM_OVERFLOW, error::inputOutput},
    {ERROR_DEVICE_REQUIRES_CLEANING, error::inputOutput},
    {ERROR_DEVICE_DOOR_OPEN, error::inputOutput},
    {ERROR_CONNECTION_REFUSED, error::connectionRefused},
    {ERROR_ADDRESS_ALREADY_ASSOCIATED, error::addressInUse},
    {ERROR_NETWORK_UNREACHABLE, error::networkUnreachable},
    {ERROR_HOST_UNREACHABLE, error::hostUnreachable},
    {ERROR_CONNECTION_ABORTED, error::connectionAborted},
    {ERROR_PRIVILEGE_NOT_HELD, error::notPermitted},
    {ERROR_DISK_CORRUPT, error::inputOutput},
    {ERROR_SYMLINK_NOT_SUPPORTED, error::invalidArgument},
    {ERROR_CANT_RESOLVE_FILENAME, error::linkLoop},
    {ERROR_CANT_ACCESS_FILE, error::accessDenied},
    {ERROR_NOT_CONNECTED, error::notConnected},
    {ERROR_INVALID_REPARSE_DATA, error::noEntry},
    {WSAEINTR, error::cancelled},
    {WSAEACCES, error::accessDenied},
    {WSAEFAULT, error::badAddress},
    {WSAEINVAL, error::invalidArgument},
    {WSAEMFILE, error::tooManyFiles},
    {WSAEWOULDBLOCK, error::again},
    {WSAEALREADY, error::alreadyStarted},
    {WSAENOTSOCK, error::notSocket},
    {WSAEMSGSIZE, error::messageTooLong},
    {WSAEPROTONOSUPPORT, error::protocolNotSupported},
    {WSAESOCKTNOSUPPORT, error::socketTypeNotSupported},
    {WSAEPFNOSUPPORT, error::invalidArgument},
    {WSAEAFNOSUPPORT, error::familyNotSupported},
    {WSAEADDRINUSE, error::addressInUse},
    {WSAEADDRNOTAVAIL, error::addressNotAvailable},
    {WSAENETUNREACH, error::networkUnreachable},
    {WSAECONNABORTED, error::connectionAborted},
    {WSAECONNRESET, error::connectionReset},
    {WSAENOBUFS, error::noBuffers},
    {WSAEISCONN, error::isConnected},
    {WSAENOTCONN, error::notConnected},
    {WSAESHUTDOWN, error::brokenPipe},
    {WSAETIMEDOUT, error::timedOut},
    {WSAECONNREFUSED, error::connectionRefused},
    {WSAEHOSTUNREACH, error::hostUnreachable},
    {WSAHOST_NOT_FOUND, error::noEntry},
    {WSANO_DATA, error::noEntry},
};

// What Node has another word for. Its callers, like ours, see to the end of a file before they ask; nothing here reads
// a pipe without waiting, so that ERROR_NO_DATA comes of writes alone.
constexpr Entry otherThanNode[] = {
    {ERROR_BROKEN_PIPE, error::brokenPipe},  // EOF
    {ERROR_NO_DATA, error::brokenPipe},      // EAGAIN
};

// What Node calls UNKNOWN, some of it because its calls never end so.
constexpr Entry unknownToNode[] = {
    {ERROR_HANDLE_EOF, error::endOfFile},
    {ERROR_NOT_A_REPARSE_POINT, error::invalidArgument},
    {ERROR_NOT_READY, error::noDevice},
    {ERROR_BAD_NETPATH, error::noEntry},
    {ERROR_UNEXP_NET_ERR, error::inputOutput},
    {ERROR_BAD_NET_NAME, error::noEntry},
    {ERROR_CALL_NOT_IMPLEMENTED, error::notImplemented},
    {ERROR_MORE_DATA, error::messageTooLong},
    {ERROR_VC_DISCONNECTED, error::connectionReset},
    {ERROR_CANCELLED, error::cancelled},
    {ERROR_GRACEFUL_DISCONNECT, error::brokenPipe},
    {ERROR_CONNECTION_INVALID, error::notConnected},
    {ERROR_PROTOCOL_UNREACHABLE, error::networkUnreachable},
    {ERROR_PORT_UNREACHABLE, error::connectionReset},
    {ERROR_REQUEST_ABORTED, error::cancelled},
    {ERROR_TIMEOUT, error::timedOut},
    {ERROR_NO_SYSTEM_RESOURCES, error::noBuffers},
    {ERROR_WORKING_SET_QUOTA, error::noMemory},
    {ERROR_COMMITMENT_LIMIT, error::noMemory},
    {ERROR_TOO_MANY_LINKS, error::tooManyLinks},
    {WSAEBADF, error::badDescriptor},
    {WSAEDESTADDRREQ, error::destinationRequired},
    {WSAEPROTOTYPE, error::wrongProtocol},
    {WSAENOPROTOOPT, error::noSuchOption},
    {WSAEOPNOTSUPP, error::notSupported},
    {WSAENETDOWN, error::networkDown},
    {WSAENETRESET, error::connectionReset},
    {WSAENAMETOOLONG, error::nameTooLong},
    {WSAELOOP, error::linkLoop},
    {WSASYSNOTREADY, error::networkDown},
    {WSAEDISCON, error::brokenPipe},
    {WSAECANCELLED, error::cancelled},
    {WSA_E_CANCELLED, error::cancelled},
};

constexpr auto sorted() {
  std::array<Entry, std::size(asNodeHas) + std::size(otherThanNode) + std::size(unknownToNode)> table{};
  auto end = std::copy(std::begin(asNodeHas), std::end(asNodeHas), table.begin());
  end = std::copy(std::begin(otherThanNode), std::end(otherThanNode), end);
  std::copy(std::begin(unknownToNode), std::end(unknownToNode), end);
  std::sort(table.begin(), table.end(), [](const Entry& one, const Entry& other) { return one.code < other.code; });
  return table;
}

constexpr auto table = sorted();

constexpr bool isUnambiguous() {
  return std::adjacent_find(table.begin(), table.end(),
                            [](const Entry& one, const Entry& other) { return one.code == other.code; }) == table.end();
}
static_assert(isUnambiguous());

// Of the calling thread.
thread_local std::int32_t lastNative = 0;

}  // namespace

int errorNumberOf(DWORD code) noexcept {
  const auto found = std::lower_bound(table.begin(), table.end(), code,
                                      [](const Entry& entry, DWORD wanted) { return entry.code < wanted; });
  return found != table.end() && found->code == code ? found->number : error::unknown;
}

std::int32_t failure(DWORD code) noexcept { return failureAs(errorNumberOf(code), code); }

std::int32_t failureAs(int number, DWORD code) noexcept {
  lastNative = static_cast<std::int32_t>(code);
  return -number;
}

std::int32_t nameFailure(int code) noexcept {
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

std::int32_t ownFailure(int number) noexcept { return failureAs(number, 0); }

namespace blocking {

std::int32_t lastNativeError() noexcept { return lastNative; }

}  // namespace blocking

}  // namespace rescind
