// From the system's codes, Win32's and Winsock's, to the numbers results carry: libuv's, which Node shows as `errno`.
#pragma once

#include <cstdint>

#include "os/error_numbers.h"
#include "os/windows/system.h"

namespace rescind {

// Those that os/error_numbers.h does not have. util.getSystemErrorMap() has all of them, negated.
namespace error {

inline constexpr int accessDenied = 4092;            // EACCES
inline constexpr int addressInUse = 4091;            // EADDRINUSE
inline constexpr int addressNotAvailable = 4090;     // EADDRNOTAVAIL
inline constexpr int familyNotSupported = 4089;      // EAFNOSUPPORT
inline constexpr int alreadyStarted = 4084;          // EALREADY
inline constexpr int argumentsTooLong = 4093;        // E2BIG
inline constexpr int badDescriptor = 4083;           // EBADF
inline constexpr int badCharacters = 4080;           // ECHARSET
inline constexpr int connectionAborted = 4079;       // ECONNABORTED
inline constexpr int connectionRefused = 4078;       // ECONNREFUSED
inline constexpr int connectionReset = 4077;         // ECONNRESET
inline constexpr int destinationRequired = 4076;     // EDESTADDRREQ
inline constexpr int exists = 4075;                  // EEXIST
inline constexpr int badAddress = 4074;              // EFAULT
inline constexpr int hostUnreachable = 4073;         // EHOSTUNREACH
inline constexpr int inputOutput = 4070;             // EIO
inline constexpr int isConnected = 4069;             // EISCONN
inline constexpr int isDirectory = 4068;             // EISDIR
inline constexpr int linkLoop = 4067;                // ELOOP
inline constexpr int tooManyFiles = 4066;            // EMFILE
inline constexpr int messageTooLong = 4065;          // EMSGSIZE
inline constexpr int nameTooLong = 4064;             // ENAMETOOLONG
inline constexpr int networkDown = 4063;             // ENETDOWN
inline constexpr int networkUnreachable = 4062;      // ENETUNREACH
inline constexpr int noDevice = 4059;                // ENODEV
inline constexpr int noEntry = 4058;                 // ENOENT
inline constexpr int noSpace = 4055;                 // ENOSPC
inline constexpr int notConnected = 4053;            // ENOTCONN
inline constexpr int notDirectory = 4052;            // ENOTDIR
inline constexpr int notEmpty = 4051;                // ENOTEMPTY
inline constexpr int notSocket = 4050;               // ENOTSOCK
inline constexpr int notPermitted = 4048;            // EPERM
inline constexpr int brokenPipe = 4047;              // EPIPE
inline constexpr int protocolNotSupported = 4045;    // EPROTONOSUPPORT
inline constexpr int wrongProtocol = 4044;           // EPROTOTYPE
inline constexpr int readOnly = 4043;                // EROFS
inline constexpr int noPositions = 4041;             // ESPIPE
inline constexpr int timedOut = 4039;                // ETIMEDOUT
inline constexpr int otherDevice = 4037;             // EXDEV
inline constexpr int noSuchOption = 4035;            // ENOPROTOOPT
inline constexpr int endOfFile = 4095;               // EOF
inline constexpr int unknown = 4094;                 // UNKNOWN
inline constexpr int tooManyLinks = 4032;            // EMLINK
inline constexpr int wrongFormat = 4028;             // EFTYPE
inline constexpr int socketTypeNotSupported = 4025;  // ESOCKTNOSUPPORT

}  // namespace error

// The number, above zero, for a code of GetLastError() or WSAGetLastError(); UNKNOWN (4094) for one the table does not
// have. ERROR_OPERATION_ABORTED is ECANCELED.
[[nodiscard]] int errorNumberOf(DWORD code) noexcept;

// The same negated, as the result of an operation; remembered as the calling thread's last native error (see
// os/blocking_result.h).
[[nodiscard]] std::int32_t failure(DWORD code) noexcept;
[[nodiscard]] inline std::int32_t lastFailure() noexcept { return failure(::GetLastError()); }
[[nodiscard]] inline std::int32_t lastSocketFailure() noexcept {
  return failure(static_cast<DWORD>(::WSAGetLastError()));
}

// With a number of the caller's, who knows better than the table what the code means here.
[[nodiscard]] std::int32_t failureAs(int number, DWORD code) noexcept;
// Of a call that looks a name up: with the numbers addressLookup has, where the code says something of names.
[[nodiscard]] std::int32_t nameFailure(int code) noexcept;
// What this side has found by itself: no code of the system's stands behind it.
[[nodiscard]] std::int32_t ownFailure(int number) noexcept;

}  // namespace rescind
