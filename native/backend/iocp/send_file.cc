// A file's bytes to a socket, by the system alone. To cancel that takes the connection down: it completes with
// WSAECONNABORTED (dotnet/runtime#53062), and nobody knows what was sent. src/net/file-sending.ts asks for it only
// where nothing but a close() can end it.

#include <algorithm>

#include "backend/iocp/completion_port_lane.h"

namespace rescind::iocp {

namespace {

// The file may be closed while the system reads it.
UniqueHandle copyOf(int file) noexcept {
  const HANDLE process = ::GetCurrentProcess();
  HANDLE copy = nullptr;
  ::DuplicateHandle(process, handleOf(file), process, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
  return UniqueHandle(copy);
}

// What is asked of a share may wait for its server, on this thread; TransmitFile would wait until it is cancelled,
// which costs the connection. Only the redirector answers this question, by itself (Microsoft,
// FILE_REMOTE_PROTOCOL_INFO).
bool isRemote(HANDLE file) noexcept {
  FILE_REMOTE_PROTOCOL_INFO information;
  return ::GetFileInformationByHandleEx(file, FileRemoteProtocolInfo, &information, sizeof information) != 0;
}

}  // namespace

void CompletionPortLane::startSendFile(Pending& pending) {
  const HandleState& state = *pending.handle;
  if (state.kind != HandleKind::stream) return fail(pending, WSAEOPNOTSUPP);
  const LPFN_TRANSMITFILE transmitFile = extensionsFor(state).transmitFile;
  if (transmitFile == nullptr) return fail(pending, ERROR_CALL_NOT_IMPLEMENTED);
  UniqueHandle& file = pending.borrow().file;
  file = copyOf(pending.argument0);
  if (!file) return fail(pending, ::GetLastError());
  if (isRemote(file.get())) return fail(pending, ERROR_NOT_SUPPORTED);
  FILE_STANDARD_INFO information;
  if (::GetFileInformationByHandleEx(file.get(), FileStandardInfo, &information, sizeof information) == 0) {
    return fail(pending, ::GetLastError());
  }
  // What reading it says.
  if (information.Directory != FALSE) return fail(pending, ERROR_INVALID_FUNCTION);
  // The system sends exactly as much as it is told to, or fails at the end of the file. Told zero it sends all.
  const std::int64_t length = std::min<std::int64_t>(information.EndOfFile.QuadPart - pending.offset, pending.length);
  if (length <= 0) return finish(pending, 0);
  OVERLAPPED& overlapped = pending.request.overlapped;
  overlapped = {};
  overlapped.Offset = static_cast<DWORD>(pending.offset);
  overlapped.OffsetHigh = static_cast<DWORD>(pending.offset >> 32);
  const BOOL succeeded =
      transmitFile(state.socket(), file.get(), static_cast<DWORD>(length), 0, &overlapped, nullptr, 0);
  const DWORD error = succeeded != 0 ? 0 : static_cast<DWORD>(::WSAGetLastError());
  if (!isWithSystem(pending.request, state.handle(), succeeded != 0, error)) sendFileEnded(pending, error, 0);
}

void CompletionPortLane::sendFileEnded(Pending& pending, DWORD error, DWORD bytes) {
  // A handle that was not opened for reading is a bad descriptor to Node.
  if (error == ERROR_ACCESS_DENIED) error = ERROR_INVALID_HANDLE;
  conclude(pending, error, bytes);
}

}  // namespace rescind::iocp
