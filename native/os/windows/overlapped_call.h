// One call on an overlapped handle, waited for by the thread that makes it.
#pragma once

#include <cstdint>

#include "os/windows/handles.h"

namespace rescind {

// An OVERLAPPED with an event of its own. The event's low bit is set: no completion of the call goes to a port the
// handle may belong to (Microsoft, GetQueuedCompletionStatus). Not moved or ended while its call is pending.
class OverlappedCall {
 public:
  // For calls without a position 0.
  explicit OverlappedCall(std::uint64_t offset) noexcept : event_(::CreateEventW(nullptr, TRUE, FALSE, nullptr)) {
    overlapped_.Offset = static_cast<DWORD>(offset);
    overlapped_.OffsetHigh = static_cast<DWORD>(offset >> 32);
    const auto number = reinterpret_cast<std::uintptr_t>(event_.get());
    overlapped_.hEvent = reinterpret_cast<HANDLE>(number | 1U);
  }
  OverlappedCall(const OverlappedCall&) = delete;
  OverlappedCall& operator=(const OverlappedCall&) = delete;

  [[nodiscard]] OVERLAPPED* get() noexcept { return &overlapped_; }

  // What the call comes to, given what it has returned: 0 and the number of bytes, or a code of the system's.
  [[nodiscard]] DWORD wait(HANDLE handle, BOOL returned, DWORD& bytes) noexcept {
    if (returned == FALSE && ::GetLastError() != ERROR_IO_PENDING) return ::GetLastError();
    return ::GetOverlappedResult(handle, &overlapped_, &bytes, TRUE) != FALSE ? 0 : ::GetLastError();
  }

 private:
  UniqueHandle event_;
  OVERLAPPED overlapped_{};
};

}  // namespace rescind
