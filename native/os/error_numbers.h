// The error numbers code of every platform answers with; results carry them negated. They are what Node shows as
// `errno`: the system's own on Linux, libuv's on Windows, where os/windows/errors.h has all of them.
#pragma once

#include <cerrno>

namespace rescind::error {

#ifdef _WIN32
inline constexpr int again = 4088;
inline constexpr int busy = 4082;
inline constexpr int cancelled = 4081;
inline constexpr int interrupted = 4072;
inline constexpr int invalidArgument = 4071;
inline constexpr int noBuffers = 4060;
inline constexpr int noMemory = 4057;
inline constexpr int notImplemented = 4054;
inline constexpr int notSupported = 4049;
#else
inline constexpr int again = EAGAIN;
inline constexpr int busy = EBUSY;
inline constexpr int cancelled = ECANCELED;
inline constexpr int interrupted = EINTR;
inline constexpr int invalidArgument = EINVAL;
inline constexpr int noBuffers = ENOBUFS;
inline constexpr int noMemory = ENOMEM;
inline constexpr int notImplemented = ENOSYS;
inline constexpr int notSupported = ENOTSUP;
#endif

}  // namespace rescind::error
