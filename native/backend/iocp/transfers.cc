// Transfers of files and pipes, and the changes of a directory.

#include <algorithm>
#include <cstring>

#include "backend/iocp/completion_port_lane.h"
#include "os/windows/pipe_room.h"

namespace rescind::iocp {

namespace {

// The most several pieces are gathered into where they have to be one call.
constexpr std::size_t mostGathered = std::size_t{64} << 10;

// A pipe takes and gives bytes in one call: what waits for a second piece would hang though the first has come, and a
// message is one write. One piece stands for all; what does not fit is left to the caller, as any short count is.
void gather(Pending& pending) {
  Borrowed& borrowed = pending.borrow();
  std::size_t total = 0;
  for (const WSABUF& piece : borrowed.vectors) total += piece.len;
  pending.length = static_cast<std::uint32_t>(std::min(total, mostGathered));
  borrowed.memory = std::make_unique<std::byte[]>(pending.length);
  pending.address = borrowed.memory.get();
  if (isReceive(pending.operation)) return;
  std::byte* to = pending.address;
  std::size_t room = pending.length;
  for (const WSABUF& piece : borrowed.vectors) {
    const std::size_t part = std::min<std::size_t>(piece.len, room);
    std::memcpy(to, piece.buf, part);
    to += part;
    room -= part;
  }
}

void scatter(const Borrowed& borrowed, std::size_t length) {
  const std::byte* from = borrowed.memory.get();
  for (const WSABUF& piece : borrowed.vectors) {
    const std::size_t part = std::min<std::size_t>(piece.len, length);
    std::memcpy(piece.buf, from, part);
    from += part;
    length -= part;
  }
}

// Of a write to a pipe that waits for its reader and is cancelled, the system tells no bytes, also where the reader has
// taken some. So what may be cancelled does not wait: it goes in steps of what the pipe has room for, and where it has
// none, of one byte, which is taken whole or not at all. A message is one call and cannot be told so exactly.
DWORD nextStep(const Pending& pending) noexcept {
  const DWORD left = pending.length - pending.moved;
  const std::optional<DWORD> room = roomInPipe(pending.handle->handle());
  return room ? std::min(left, std::max<DWORD>(*room, 1)) : left;
}

}  // namespace

void CompletionPortLane::startTransfer(Pending& pending) {
  const bool isFile = pending.handle->kind == HandleKind::file;
  if (hasPieces(pending.operation) && !isFile) {
    gather(pending);
  } else {
    pending.takeLaneBuffer();
  }
  startPiece(pending);
}

// One call of a transfer: all of it, the next of a file's pieces, or the next step of a write to a pipe.
void CompletionPortLane::startPiece(Pending& pending) {
  const HandleState& state = *pending.handle;
  std::byte* address = pending.address;
  pending.step = pending.length;
  if (pending.goesInSteps()) {
    address += pending.moved;
    pending.step = nextStep(pending);
  } else if (state.kind == HandleKind::file && hasPieces(pending.operation)) {
    if (pending.borrowed->vectors.empty()) return finish(pending, 0);
    const WSABUF& piece = pending.borrowed->vectors[pending.piece];
    address = reinterpret_cast<std::byte*>(piece.buf);
    pending.step = piece.len;
  }
  OVERLAPPED& overlapped = pending.request.overlapped;
  overlapped = {};
  if (state.kind == HandleKind::file) {
    const std::int64_t begins = (pending.offset < 0 ? state.position : pending.offset) + pending.moved;
    overlapped.Offset = static_cast<DWORD>(begins);
    overlapped.OffsetHigh = static_cast<DWORD>(begins >> 32);
  }
  const HANDLE handle = state.handle();
  const BOOL succeeded = isReceive(pending.operation)
                             ? ::ReadFile(handle, address, pending.step, nullptr, &overlapped)
                             : ::WriteFile(handle, address, pending.step, nullptr, &overlapped);
  const DWORD error = ::GetLastError();
  // Of a message longer than the memory, the rest stays for the next read.
  const bool isPart = error == ERROR_MORE_DATA;
  if (!isWithSystem(pending.request, handle, succeeded != 0 || isPart, error)) transferEnded(pending, error, 0);
}

void CompletionPortLane::transferEnded(Pending& pending, DWORD error, DWORD bytes) {
  const bool isFile = pending.handle->kind == HandleKind::file;
  pending.moved += bytes;
  const bool goesOn = error == 0 && bytes == pending.step && !pending.cancelRequested;
  if (!isFile) {
    if (bytes > 0 && isReceive(pending.operation) && hasPieces(pending.operation)) scatter(*pending.borrowed, bytes);
    if (goesOn && pending.goesInSteps() && pending.moved < pending.length) return startPiece(pending);
    return conclude(pending, error, pending.moved);
  }
  if (goesOn && hasPieces(pending.operation) && ++pending.piece < pending.borrowed->vectors.size()) {
    return startPiece(pending);
  }
  // A handle that was not opened for this is a bad descriptor to Node, whatever else may be denied.
  if (error == ERROR_ACCESS_DENIED) error = ERROR_INVALID_HANDLE;
  conclude(pending, error, pending.moved);
}

void CompletionPortLane::startDirectoryWatch(Pending& pending) {
  constexpr DWORD filter = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_ATTRIBUTES |
                           FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_LAST_WRITE | FILE_NOTIFY_CHANGE_LAST_ACCESS |
                           FILE_NOTIFY_CHANGE_CREATION | FILE_NOTIFY_CHANGE_SECURITY;
  const HANDLE handle = pending.handle->handle();
  const BOOL recursive = pending.argument0 == 1 ? TRUE : FALSE;
  pending.request.overlapped = {};
  const BOOL succeeded = ::ReadDirectoryChangesW(handle, pending.address, pending.length, recursive, filter, nullptr,
                                                 &pending.request.overlapped, nullptr);
  const DWORD error = ::GetLastError();
  if (!isWithSystem(pending.request, handle, succeeded != 0, error)) conclude(pending, error, 0);
}

}  // namespace rescind::iocp
