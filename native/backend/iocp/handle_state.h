// What the lane knows of one handle.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "os/windows/handles.h"

namespace rescind::iocp {

struct Pending;

// Operations that take turns; the first is with the system.
class Line {
 public:
  [[nodiscard]] Pending* first() const noexcept { return first_; }
  void add(Pending& pending) noexcept;
  void remove(Pending& pending) noexcept;

 private:
  Pending* first_ = nullptr;
  Pending* last_ = nullptr;
};

enum class HandleKind : std::uint8_t {
  file,          // has positions
  stream,        // a stream socket
  datagram,      // a datagram socket
  pipe,          // a named pipe's end, or anything else of bytes without positions
  pipeListener,  // stands for the instances of a named pipe that wait for clients
};

// A named pipe that is listened on.
struct PipeListener {
  std::wstring path;
  bool messages = false;
  // Instances nobody waits at: while there is one, the name exists and clients find it.
  std::vector<UniqueHandle> spare;
};

struct HandleState {
  int descriptor = -1;
  HandleKind kind = HandleKind::pipe;
  // Of a socket: AF_INET, AF_INET6, AF_UNIX.
  int family = 0;
  // Of a socket: whether it is known to have an address.
  bool bound = false;
  // Why it could not join the port; 0 when it has.
  DWORD joinError = 0;
  // The lane made it itself, and nobody has been told yet.
  bool fresh = false;
  // Where the next transfer at the current position begins: an overlapped file keeps none itself.
  std::int64_t position = 0;
  // Whether it writes at the end of the file only; asked for at the first write at the current position.
  std::optional<bool> appends;
  // Whether the socket refuses a send it cannot take at once.
  bool nonBlocking = false;
  // Transfers at a file's current position, since where one begins is known when the one before has ended, and receives
  // of a stream socket, since the system cancels all of them with one.
  Line line;
  // Of a pipe and a stream socket, since one may take several calls.
  Line sends;
  std::unique_ptr<PipeListener> listener;

  [[nodiscard]] HANDLE handle() const noexcept { return handleOf(descriptor); }
  [[nodiscard]] SOCKET socket() const noexcept { return socketOf(descriptor); }
  [[nodiscard]] bool isSocket() const noexcept { return kind == HandleKind::stream || kind == HandleKind::datagram; }
};

// Gives a socket without an address one of the system's choice. 0 or the system's error.
[[nodiscard]] DWORD bindAnywhere(HandleState& state) noexcept;

}  // namespace rescind::iocp
