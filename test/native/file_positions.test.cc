// Which files refuse a position: the answers of pread(2) and pwrite(2), without a transfer.
//
// sources: native/os/linux/file_positions.cc

#include "os/file_positions.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "os/linux/unique_fd.h"
#include "pool_harness.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

constexpr int both = refusesReadAt | refusesWriteAt;

int refusedTransfers(int handle) {
  char byte = 0;
  const bool read = ::pread(handle, &byte, 1, 0) < 0 && errno == ESPIPE;
  const bool write = ::pwrite(handle, &byte, 1, 0) < 0 && errno == ESPIPE;
  return (read ? refusesReadAt : 0) | (write ? refusesWriteAt : 0);
}

void checkRefuses(const UniqueFd& file, int expected) {
  CHECK_SAME(refusedPositions(file.get()), expected);
  CHECK_SAME(refusedTransfers(file.get()), expected);
}

}  // namespace

int main() {
  test("pipes and sockets refuse every position", [] {
    int ends[2];
    CHECK_SAME(::pipe2(ends, O_CLOEXEC), 0);
    checkRefuses(UniqueFd(ends[0]), both);
    checkRefuses(UniqueFd(ends[1]), both);
    CHECK_SAME(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    checkRefuses(UniqueFd(ends[0]), both);
    checkRefuses(UniqueFd(ends[1]), both);
  });

  test("files and devices without an end take them, whatever they were opened for", [] {
    char name[] = "/tmp/rescind-positions-XXXXXX";
    checkRefuses(UniqueFd(::mkstemp(name)), 0);
    checkRefuses(UniqueFd(::open(name, O_RDONLY | O_CLOEXEC)), 0);
    checkRefuses(UniqueFd(::open(name, O_WRONLY | O_CLOEXEC)), 0);
    ::unlink(name);
    checkRefuses(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)), 0);
    checkRefuses(UniqueFd(::open("/dev/zero", O_RDWR | O_CLOEXEC)), 0);
  });

  test("a file of records (seq_file) is read at a position and written at the current one only",
       [] { checkRefuses(UniqueFd(::open("/proc/self/comm", O_RDWR | O_CLOEXEC)), refusesWriteAt); });

  test("what is no descriptor refuses nothing: the transfer says EBADF", [] { CHECK_SAME(refusedPositions(-1), 0); });

  return sumUp();
}
