// The shared blocks as both sides see them. src/wire/layout.ts states the same numbers; the addon
// hands wireVersion and the sizes to JavaScript at load, which refuses a pair that does not match.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rescind {

inline constexpr std::uint32_t wireVersion = 5;

enum class Operation : std::int32_t {
  skip = 0,  // a submission withdrawn before the flush
#define OP(name, code, uring, epoll, iocp, ioring, pool) name = (code),
#include "wire/ops.def"
#undef OP
};

// Bits of Descriptor::flags.
enum DescriptorFlag : std::uint32_t {
  tryInline = 1,      // a read that page cache may answer without waiting: alone in its batch it is attempted at once
  mayBlock = 2,       // the kernel must not attempt it on the JS thread (a path that may be a FIFO)
  multishot = 4,      // completes again and again until a completion without CompletionFlag::more
  zeroCopy = 8,       // the pages themselves are sent; the buffer stays lent until the notification
  directDevice = 16,  // device-bound (O_DIRECT): JavaScript submits early, not only at the end of the tick
  laneBuffer = 32,    // a receive without memory: the lane's own serves, the bytes come as payload
  ofHandle = 64,      // the descriptor is a handle's: nothing but a handleClose closes it
  abortable = 128,    // a signal or a deadline may end it, and then it must be known what has moved
};

// One operation as JavaScript asks for it.
struct Descriptor {
  std::uint32_t slot;
  std::uint32_t generation;
  Operation operation;
  std::uint32_t flags;
  std::int32_t handle;
  std::uint32_t length;
  std::int32_t argument0;
  std::int32_t argument1;
  double address;
  double offset;
  double timeoutMs;  // 0: no deadline
  std::uint32_t bytesOffset;
  std::uint32_t bytesLength;
};
static_assert(sizeof(Descriptor) == 64 && offsetof(Descriptor, address) == 32);

// Bits of CancelRequest::flags.
enum CancelFlag : std::uint32_t {
  wholeDescriptor = 1,  // its handle closes: the requests for all the handle has pending come one after the other
};

struct CancelRequest {
  std::uint32_t slot;
  std::uint32_t generation;
  std::uint32_t flags = 0;
};
static_assert(sizeof(CancelRequest) == 12);

// Bits of Completion::flags.
enum CompletionFlag : std::uint32_t {
  more = 1,          // multishot: the operation goes on
  cancelled = 2,     // ended because somebody asked (abort or deadline), nothing moved; result is -ECANCELED
  deadline = 4,      // its deadline has passed; without `terminal` it is still with the kernel
  terminal = 8,      // the kernel is done with it; the slot may be used again
  payloadHeld = 16,  // payload too large for the block: fetch it with takePayload(payloadOffset)
};

struct Completion {
  std::uint32_t slot;
  std::uint32_t generation;
  std::int32_t result;  // ≥ 0, or a negated errno of this platform
  std::uint32_t flags;
  std::uint32_t payloadOffset;
  std::uint32_t payloadLength;
  std::int32_t native;  // the untranslated system code, 0 on Linux
  std::uint32_t reserved;
};
static_assert(sizeof(Completion) == 32);

inline constexpr std::size_t submissionEntries = 1024;
inline constexpr std::size_t cancelEntries = 4096;
inline constexpr std::size_t completionEntries = 1024;
inline constexpr std::size_t stagingBytes = 256 * 1024;
inline constexpr std::size_t payloadBytes = 256 * 1024;

// Index into the control block (int32 each).
enum Control : std::size_t {
  descriptorCount,  // JS → native: descriptors in the submission block
  cancelCount,      // JS → native: requests in the cancel block
  referenced,       // JS → native: pending operations that keep the process alive
  mayDeliver,       // JS → native: 0 only submits, 1 reaps within the budget, 2 whatever the budget says
  completionCount,  // native → JS: completions in the completion block
  completionsLeft,  // native → JS: 1 when more wait and this turn's budget allows another call
  // Settings, JS → native, read once by open().
  settingEntries,
  settingCompletionEntries,
  settingBudgetMicroseconds,
  settingBudgetOperations,
  settingPoolThreads,
  settingAllowUring,  // 0 leaves io_uring alone
  readResult,         // native → JS: bytes attemptRead() has moved, -EAGAIN when they are not all in memory, -EBUSY
                      // when this turn of the event loop has had its share
  controlEntries = 16,
};

}  // namespace rescind
