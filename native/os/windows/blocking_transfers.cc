// Reads and writes of overlapped files on a thread of the pool, for handles that could not join a completion port. The
// lane of the port keeps the current positions of files; here there are none.

#include <algorithm>
#include <cstring>

#include "os/blocking_files.h"
#include "os/windows/errors.h"
#include "os/windows/overlapped_call.h"

namespace rescind::blocking {

namespace {

// Every result fits.
constexpr std::size_t mostBytes = 0x7ffff000;

struct Piece {
  void* memory;
  std::size_t length;
};

Piece takePiece(std::span<const char>& pairs) noexcept {
  double pair[2];
  std::memcpy(pair, pairs.data(), sizeof pair);
  pairs = pairs.subspan(sizeof pair);
  return {reinterpret_cast<void*>(static_cast<std::uintptr_t>(pair[0])), static_cast<std::size_t>(pair[1])};
}

// As Node says it of a handle without the right to read or to write.
std::int32_t transferFailure(DWORD code) noexcept {
  return code == ERROR_ACCESS_DENIED ? failureAs(error::badDescriptor, code) : failure(code);
}

bool isEnd(DWORD code) noexcept { return code == ERROR_HANDLE_EOF || code == ERROR_BROKEN_PIPE; }

// `move` begins the transfer of a piece; goes on until a piece is not moved whole.
template <typename Move>
std::int32_t movePieces(std::span<const char> pairs, std::int64_t offset, Move move) {
  std::int32_t total = 0;
  while (pairs.size() >= 2 * sizeof(double)) {
    Piece piece = takePiece(pairs);
    piece.length = std::min(piece.length, mostBytes - static_cast<std::size_t>(total));
    if (piece.length == 0) continue;
    const std::int32_t moved = move(piece, offset + total);
    if (moved < 0) return total > 0 ? total : moved;
    total += moved;
    if (static_cast<std::size_t>(moved) < piece.length) break;
  }
  return total;
}

}  // namespace

std::int32_t fileRead(int file, void* memory, std::size_t length, std::int64_t offset) noexcept {
  if (offset < 0) return ownFailure(error::invalidArgument);
  OverlappedCall call(static_cast<std::uint64_t>(offset));
  const auto wanted = static_cast<DWORD>(std::min(length, mostBytes));
  DWORD moved = 0;
  const DWORD code = call.wait(handleOf(file), ::ReadFile(handleOf(file), memory, wanted, nullptr, call.get()), moved);
  if (isEnd(code)) return 0;
  // A message longer than the room: the part that fits has been read.
  return code == 0 || code == ERROR_MORE_DATA ? static_cast<std::int32_t>(moved) : transferFailure(code);
}

std::int32_t fileWrite(int file, const void* memory, std::size_t length, std::int64_t offset) noexcept {
  if (offset < 0) return ownFailure(error::invalidArgument);
  OverlappedCall call(static_cast<std::uint64_t>(offset));
  const auto wanted = static_cast<DWORD>(std::min(length, mostBytes));
  DWORD moved = 0;
  const DWORD code = call.wait(handleOf(file), ::WriteFile(handleOf(file), memory, wanted, nullptr, call.get()), moved);
  return code == 0 ? static_cast<std::int32_t>(moved) : transferFailure(code);
}

std::int32_t fileReadVector(int file, std::span<const char> pairs, std::int64_t offset) {
  if (offset < 0) return ownFailure(error::invalidArgument);
  return movePieces(pairs, offset, [file](const Piece& piece, std::int64_t at) {
    return fileRead(file, piece.memory, piece.length, at);
  });
}

std::int32_t fileWriteVector(int file, std::span<const char> pairs, std::int64_t offset) {
  if (offset < 0) return ownFailure(error::invalidArgument);
  return movePieces(pairs, offset, [file](const Piece& piece, std::int64_t at) {
    return fileWrite(file, piece.memory, piece.length, at);
  });
}

}  // namespace rescind::blocking
