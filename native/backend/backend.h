// The seam between the runtime and the systems that do the work. This header is the contract.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "os/error_numbers.h"
#include "runtime/completion_writer.h"
#include "wire/layout.h"

namespace rescind {

// What one flush hands over. Everything here may change as soon as submit() returns: a lane copies what its
// operations need (paths, addresses, vectors). Only the memory at Descriptor::address stays, until the
// operation's terminal completion.
struct Batch {
  std::span<const Descriptor> descriptors;
  std::span<const CancelRequest> cancels;
  const std::byte* staging = nullptr;

  [[nodiscard]] std::span<const std::byte> bytesOf(const Descriptor& descriptor) const noexcept {
    return {staging + descriptor.bytesOffset, descriptor.bytesLength};
  }
};

// Totals since the start, for runtime.stats().
struct LaneCounters {
  std::uint64_t submitted = 0;
  std::uint64_t completed = 0;
  std::uint64_t systemCalls = 0;
  std::uint64_t cancelRequests = 0;
};

// A lane runs operations. All calls come from the thread of one JavaScript environment.
//
// - One terminal completion for every descriptor, whatever happens, never from inside submit().
// - A cancel is a request: the completion says what really happened. A lane repeats the request by itself
//   until the completion comes, ignores slots that are not its own (a cancel goes to every lane), and marks a
//   completion `cancelled` only when it was asked and nothing happened.
// - Requests with CancelFlag::wholeDescriptor may become one request to the system for all that is on the descriptor
//   (CancelIoEx without an OVERLAPPED, IORING_ASYNC_CANCEL_FD), when the lane knows that it ends nothing else.
// - Until the terminal completion the lane may touch the operation's memory, after it never.
class Lane {
 public:
  virtual ~Lane() = default;

  // Whether it has a way to run the operation on this system.
  [[nodiscard]] virtual bool runs(Operation operation) const noexcept = 0;

  // Takes the descriptors and the cancel requests, and gives the kernel what it is ready to take.
  virtual void submit(const Batch& batch) noexcept = 0;

  // Writes completions while there is room; what does not fit stays for the next call.
  // Returns whether more are known to wait.
  [[nodiscard]] virtual bool reap(CompletionWriter& out) noexcept = 0;

  // Cancels everything and waits, for a bounded time, until nothing touches our memory. False: something still
  // does (a read hung in the kernel), and the memory lent to it must never be freed.
  [[nodiscard]] virtual bool close() noexcept = 0;

  // Ends a lane whose close() has returned false, in place of its destructor: now, or when the kernel is done.
  virtual void leaveToKernel() noexcept { delete this; }

  // Whether the lane keeps the operation's Descriptor::timeoutMs; otherwise the router's heap does, and cancels.
  [[nodiscard]] virtual bool keepsDeadline(const Descriptor& descriptor) const noexcept = 0;

  // Milliseconds after which reap() must be called although nothing wakes us (a cancel to repeat, a full ring);
  // -1 for never.
  [[nodiscard]] virtual int callAgainAfterMs() const noexcept { return -1; }

  // A descriptor that is readable when completions wait; -1 for a lane that calls its Waker instead.
  [[nodiscard]] virtual int readinessDescriptor() const noexcept { return -1; }

  // Prepares memory so that transfers into and out of it are cheaper; returns an index or a negated error number. The
  // memory stays where it is until unregisterMemory().
  [[nodiscard]] virtual int registerMemory(void* address, std::size_t length) noexcept {
    static_cast<void>(address);
    static_cast<void>(length);
    return -error::notSupported;
  }
  virtual void unregisterMemory(int index) noexcept { static_cast<void>(index); }

  // The descriptor was opened for this environment: it is new, and its open file is no other descriptor's.
  virtual void noteOpened(int descriptor) noexcept { static_cast<void>(descriptor); }
  // The descriptor was closed, not by the lane: what it knows under its number is out of date.
  virtual void noteClosed(int descriptor) noexcept { static_cast<void>(descriptor); }

  [[nodiscard]] virtual LaneCounters counters() const noexcept = 0;
  [[nodiscard]] virtual std::vector<std::string> features() const { return {}; }
};

// Wakes the event loop of the environment; callable from every thread, also while the environment ends.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void wake() noexcept = 0;
};

}  // namespace rescind
