// The client's end of a named pipe.

#include <array>
#include <optional>

#include "os/blocking_handles.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"
#include "os/windows/text.h"

namespace rescind::blocking {

namespace {

// Between two looks at whether somebody cancelled: CancelSynchronousIo ends the wait for an instance too, but may come
// too early for it.
constexpr DWORD sliceMs = 50;

// The server may learn who we are, but not act as us.
constexpr DWORD openFlags = FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;

// A pipe that goes one way refuses the right to go the other. The right to change attributes is that to choose how
// messages are read.
constexpr std::array<DWORD, 3> accesses = {
    GENERIC_READ | GENERIC_WRITE,
    GENERIC_READ | FILE_WRITE_ATTRIBUTES,
    GENERIC_WRITE | FILE_READ_ATTRIBUTES,
};

// The code why not, with none.
UniqueHandle open(const wchar_t* path, DWORD& code) noexcept {
  for (const DWORD access : accesses) {
    UniqueHandle pipe(::CreateFileW(path, access, 0, nullptr, OPEN_EXISTING, openFlags, nullptr));
    if (pipe) return pipe;
    code = ::GetLastError();
    if (code != ERROR_ACCESS_DENIED) break;
  }
  return {};
}

std::int32_t readMessages(const UniqueHandle& pipe) noexcept {
  DWORD mode = PIPE_READMODE_MESSAGE;
  return ::SetNamedPipeHandleState(pipe.get(), &mode, nullptr, nullptr) != FALSE ? 0 : lastFailure();
}

}  // namespace

std::int32_t pipeConnect(const char* path, PipeMode mode, const std::atomic<bool>& cancelled) {
  // Not a SystemPath: the names of pipes are no paths of files, and WaitNamedPipe takes them as they are.
  const std::optional<std::wstring> where = wideText(path);
  if (!where) return failure(ERROR_INVALID_NAME);
  for (;;) {
    if (cancelled.load(std::memory_order_relaxed)) return ownFailure(error::cancelled);
    DWORD code = 0;
    UniqueHandle pipe = open(where->c_str(), code);
    if (pipe && ::GetFileType(pipe.get()) != FILE_TYPE_PIPE) return ownFailure(error::notSocket);
    if (pipe) {
      const std::int32_t result = mode == PipeMode::messages ? readMessages(pipe) : 0;
      return result < 0 ? result : descriptorOf(pipe.release());
    }
    if (code != ERROR_PIPE_BUSY) return failure(code);
    // However it ends, with an instance that is free, a time that is over or a server that is gone: the next attempt
    // tells.
    ::WaitNamedPipeW(where->c_str(), sliceMs);
  }
}

}  // namespace rescind::blocking
