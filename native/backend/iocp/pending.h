// The operations of the lane, by slot, and what the system borrows from us for them.
//
// A pending operation:
//
//     idle ─► queued ─► running ─► idle
//               └──────────────────►┘
//
// queued: it waits for its turn on its handle, and the system knows nothing of it. running: at least one call of it is
// with the system, whose OVERLAPPED stays where it is until its entry has come through the port. Nothing of this is
// touched by another thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "backend/iocp/handle_state.h"
#include "os/windows/handles.h"
#include "os/windows/send_readiness.h"
#include "wire/layout.h"

namespace rescind::iocp {

// The most a receive without memory of the caller's brings.
inline constexpr std::uint32_t laneBufferBytes = 16 * 1024;

struct Pending;

// One call that is with the system, or can be.
struct Request {
  // The first member: the port brings its address.
  OVERLAPPED overlapped{};
  Pending* pending = nullptr;
  // On which the call was made.
  HANDLE handle = nullptr;
  bool inKernel = false;
};

// One of the calls by which an accept waits for connections: a socket, or an instance of a named pipe, of its own.
struct AcceptRequest {
  Request request;
  UniqueSocket socket;
  UniqueHandle instance;
  // What AcceptEx writes: two addresses, each with sixteen bytes more than the system's longest.
  std::byte addresses[2 * (sizeof(sockaddr_storage) + 16)];
};

// What the system reads or writes besides the caller's memory.
struct Borrowed {
  sockaddr_storage address{};
  int addressLength = 0;
  DWORD flags = 0;
  WSAMSG message{};
  std::vector<WSABUF> vectors;
  SendReadiness readiness{};
  // Of a receive without memory of the caller's, or what several pieces were gathered into.
  std::unique_ptr<std::byte[]> memory;
  // A handle of our own to the file that is sent.
  UniqueHandle file;
  std::vector<std::unique_ptr<AcceptRequest>> accepts;
};

// Operations that bring bytes.
constexpr bool isReceive(Operation operation) noexcept {
  switch (operation) {
    case Operation::fileRead:
    case Operation::fileReadVector:
    case Operation::socketReceive:
    case Operation::socketReceiveMessage:
      return true;
    default:
      return false;
  }
}

// Operations that take bytes.
constexpr bool isSend(Operation operation) noexcept {
  switch (operation) {
    case Operation::fileWrite:
    case Operation::fileWriteVector:
    case Operation::socketSend:
    case Operation::socketSendVector:
    case Operation::socketSendMessage:
      return true;
    default:
      return false;
  }
}

constexpr bool hasPieces(Operation operation) noexcept {
  switch (operation) {
    case Operation::fileReadVector:
    case Operation::fileWriteVector:
    case Operation::socketSendVector:
      return true;
    default:
      return false;
  }
}

enum class PendingState : std::uint8_t { idle, queued, running };

struct Pending {
  Request request;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  Operation operation = Operation::skip;
  PendingState state = PendingState::idle;
  bool cancelRequested = false;
  std::uint32_t flags = 0;
  std::int32_t argument0 = 0;
  std::int32_t argument1 = 0;
  std::int32_t descriptor = -1;
  std::byte* address = nullptr;
  std::uint32_t length = 0;
  // -1: the current position.
  std::int64_t offset = 0;
  // Transfers of several calls, one after the other: what those before have moved, and which piece of a vector is
  // running.
  std::uint32_t moved = 0;
  // Bytes the running call asks for.
  std::uint32_t step = 0;
  std::size_t piece = 0;
  // Calls with the system, of an accept.
  std::size_t requests = 0;
  int cancelDelayMs = 1;
  // What ends an accept of which some calls are still with the system; 0 while it goes on.
  DWORD endError = 0;
  bool inLine = false;
  Pending* previousInLine = nullptr;
  Pending* nextInLine = nullptr;
  std::shared_ptr<HandleState> handle;
  std::unique_ptr<Borrowed> borrowed;

  [[nodiscard]] bool is(DescriptorFlag flag) const noexcept { return (flags & flag) != 0; }
  // A send that may be taken back, where a cancelled one would not tell all that it has moved.
  [[nodiscard]] bool goesInSteps() const noexcept {
    const bool isExact = handle->kind == HandleKind::pipe || handle->kind == HandleKind::stream;
    return isExact && isSend(operation) && is(DescriptorFlag::abortable);
  }
  // In which it takes its turn.
  [[nodiscard]] Line& line() const noexcept {
    return isSend(operation) && handle->kind != HandleKind::file ? handle->sends : handle->line;
  }
  [[nodiscard]] Borrowed& borrow() {
    if (borrowed == nullptr) borrowed = std::make_unique<Borrowed>();
    return *borrowed;
  }
  // Gives a receive without memory of the caller's some of its own.
  void takeLaneBuffer() {
    if (!is(DescriptorFlag::laneBuffer)) return;
    length = std::min(length, laneBufferBytes);
    borrow().memory = std::make_unique_for_overwrite<std::byte[]>(length);
    address = borrowed->memory.get();
  }
};

inline void Line::add(Pending& pending) noexcept {
  pending.inLine = true;
  pending.previousInLine = last_;
  (last_ == nullptr ? first_ : last_->nextInLine) = &pending;
  last_ = &pending;
}

inline void Line::remove(Pending& pending) noexcept {
  (pending.previousInLine == nullptr ? first_ : pending.previousInLine->nextInLine) = pending.nextInLine;
  (pending.nextInLine == nullptr ? last_ : pending.nextInLine->previousInLine) = pending.previousInLine;
  pending.inLine = false;
  pending.previousInLine = pending.nextInLine = nullptr;
}

class PendingTable {
 public:
  // A place for the slot's next operation; it never moves.
  [[nodiscard]] Pending& take(const Descriptor& descriptor) {
    if (descriptor.slot >= bySlot_.size()) bySlot_.resize(descriptor.slot + 1);
    std::unique_ptr<Pending>& place = bySlot_[descriptor.slot];
    if (place == nullptr) place = std::make_unique<Pending>();
    *place = Pending{
        .slot = descriptor.slot,
        .generation = descriptor.generation,
        .operation = descriptor.operation,
        .state = PendingState::running,
        .flags = descriptor.flags,
        .argument0 = descriptor.argument0,
        .argument1 = descriptor.argument1,
        .descriptor = descriptor.handle,
        .address = reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(descriptor.address)),
        .length = descriptor.length,
        .offset = static_cast<std::int64_t>(descriptor.offset),
    };
    place->request.pending = place.get();
    return *place;
  }

  // The operation while it has not ended; null otherwise.
  [[nodiscard]] Pending* find(std::uint32_t slot, std::uint32_t generation) noexcept {
    Pending* pending = slot < bySlot_.size() ? bySlot_[slot].get() : nullptr;
    const bool found = pending != nullptr && pending->state != PendingState::idle && pending->generation == generation;
    return found ? pending : nullptr;
  }

  template <typename Visit>
  void forEach(Visit visit) {
    for (const std::unique_ptr<Pending>& pending : bySlot_) {
      if (pending != nullptr && pending->state != PendingState::idle) visit(*pending);
    }
  }

 private:
  std::vector<std::unique_ptr<Pending>> bySlot_;
};

}  // namespace rescind::iocp
