// The operations a ring has in flight, by slot, and what the kernel borrows from us for them.
//
// A pending operation:
//
//     idle → queued → submitted → idle
//
// queued: no room in the submission ring yet. submitted: the kernel has it; everything it borrows stays until
// the terminal completion. The generation tells uses of a slot apart, so that a late completion of a deadline
// or a cancel of an earlier use is recognised and dropped.
#pragma once

#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "backend/uring/abi.h"
#include "wire/layout.h"

namespace rescind::uring {

// A whole-file chain, see chain.h.
struct Chain {
  std::int32_t file = -1;
  std::uint32_t expected = 0;
  std::int32_t openResult = 0;
  std::int32_t transferResult = 0;
  bool openCompleted = false;
  std::uint32_t completed = 0;
};

// What the kernel reads or writes besides the caller's memory.
struct Borrowed {
  struct Message {
    msghdr header;
    iovec vector;
    sockaddr_storage address;
  };
  union {
    struct statx status;
    Message message;
    struct {
      sockaddr_storage address;
      socklen_t length;
    } peer;
    __kernel_timespec interval;
    Chain chain;
  };
  __kernel_timespec deadline;
  // Short paths live inside, longer ones and vectors on the heap.
  char text[136];
  std::unique_ptr<char[]> heap;
  // What a chain reads.
  std::vector<std::byte> content;

  Borrowed() noexcept : status{} {}
};

// Copies staged bytes behind the operation, ended by NUL.
inline char* keepText(Borrowed& borrowed, std::span<const std::byte> bytes) {
  char* text = borrowed.text;
  if (bytes.size() + 1 > sizeof(borrowed.text)) {
    borrowed.heap = std::make_unique<char[]>(bytes.size() + 1);
    text = borrowed.heap.get();
  }
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::byte*>(text));
  text[bytes.size()] = '\0';
  return text;
}

struct Pending {
  std::uint32_t generation = 0;
  Operation operation = Operation::skip;
  bool inFlight = false;
  bool cancelRequested = false;
  bool hasDeadline = false;
  bool deadlinePassed = false;
  // Until the cancel is asked for the next time.
  std::uint16_t cancelDelayMs = 0;
  // Bytes an inline attempt has moved already.
  std::uint32_t prefix = 0;
  // A transfer at the file's current position: where that was, -1 otherwise.
  std::int64_t position = -1;
  // A zero-copy send: the result, while the kernel still holds the pages.
  std::int32_t heldResult = 0;
  bool awaitsNotification = false;
  // A receive into the lane's own memory: what it takes to start it again.
  bool laneBuffer = false;
  std::int32_t handle = -1;
  // On an open file that may be another descriptor's too.
  bool mayShareFile = false;
  std::uint32_t length = 0;
  // Not with the kernel yet: no room in the ring.
  bool queued = false;
  std::unique_ptr<Borrowed> borrowed;
};

// Grows in chunks; an operation's place never moves.
class PendingTable {
 public:
  [[nodiscard]] Pending& at(std::uint32_t slot) {
    const std::size_t chunk = slot / chunkSlots;
    while (chunk >= chunks_.size()) chunks_.push_back(std::make_unique<Pending[]>(chunkSlots));
    return chunks_[chunk][slot % chunkSlots];
  }

  // Null when the slot is not in flight with this generation.
  [[nodiscard]] Pending* find(std::uint32_t slot, std::uint32_t generation) noexcept {
    const std::size_t chunk = slot / chunkSlots;
    if (chunk >= chunks_.size()) return nullptr;
    Pending& pending = chunks_[chunk][slot % chunkSlots];
    return pending.inFlight && pending.generation == generation ? &pending : nullptr;
  }

  // Every operation in flight, for closing.
  template <typename Visit>
  void forEachInFlight(Visit visit) {
    for (std::size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
      for (std::uint32_t index = 0; index < chunkSlots; ++index) {
        Pending& pending = chunks_[chunk][index];
        if (pending.inFlight) visit(static_cast<std::uint32_t>(chunk * chunkSlots + index), pending);
      }
    }
  }

  [[nodiscard]] std::unique_ptr<Borrowed> borrow() {
    if (spare_.empty()) return std::make_unique<Borrowed>();
    std::unique_ptr<Borrowed> borrowed = std::move(spare_.back());
    spare_.pop_back();
    return borrowed;
  }

  void giveBack(std::unique_ptr<Borrowed> borrowed) {
    borrowed->heap.reset();
    borrowed->content = {};
    if (spare_.size() < mostSpare) spare_.push_back(std::move(borrowed));
  }

 private:
  static constexpr std::size_t chunkSlots = 1024;
  static constexpr std::size_t mostSpare = 4096;
  std::vector<std::unique_ptr<Pending[]>> chunks_;
  std::vector<std::unique_ptr<Borrowed>> spare_;
};

// What a completion entry belongs to, in its user_data: the kind in the lowest byte, the slot above it, the
// generation in the upper half. Slots are below 2^24. For a cancel by descriptor the slot is its place among those.
enum class EntryKind : std::uint8_t {
  operation = 0,
  deadline = 1,
  cancel = 2,
  sweep = 3,
  chainTransfer = 4,
  chainClose = 5,
  descriptorCancel = 6,
};

struct EntryId {
  EntryKind kind;
  std::uint32_t slot;
  std::uint32_t generation;

  [[nodiscard]] std::uint64_t encode() const noexcept {
    return std::uint64_t{generation} << 32 | std::uint64_t{slot} << 8 | static_cast<std::uint64_t>(kind);
  }
  [[nodiscard]] static EntryId decode(std::uint64_t data) noexcept {
    return {static_cast<EntryKind>(data & 0xff), static_cast<std::uint32_t>(data >> 8 & 0xffffff),
            static_cast<std::uint32_t>(data >> 32)};
  }
};

}  // namespace rescind::uring
