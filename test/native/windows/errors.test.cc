// From the system's codes to the numbers of results.
//
// sources: native/os/windows/errors.cc

#include "os/windows/errors.h"

#include <thread>

#include "check.h"
#include "os/blocking_result.h"

using namespace rescind;
using namespace rescind::testing;
using blocking::lastNativeError;

int main() {
  test("codes have the numbers of Node's words", [] {
    CHECK_SAME(errorNumberOf(ERROR_FILE_NOT_FOUND), 4058);
    CHECK_SAME(errorNumberOf(ERROR_ACCESS_DENIED), 4048);
    CHECK_SAME(errorNumberOf(ERROR_SHARING_VIOLATION), 4082);
    CHECK_SAME(errorNumberOf(ERROR_OPERATION_ABORTED), error::cancelled);
    CHECK_SAME(errorNumberOf(ERROR_NETNAME_DELETED), 4077);
    CHECK_SAME(errorNumberOf(WSAECONNREFUSED), 4078);
    CHECK_SAME(errorNumberOf(WSAEWOULDBLOCK), error::again);
    CHECK_SAME(errorNumberOf(WSA_E_CANCELLED), error::cancelled);
  });

  test("the first and the last of the table are found, and nothing between or beyond", [] {
    CHECK_SAME(errorNumberOf(ERROR_INVALID_FUNCTION), 4068);
    CHECK_SAME(errorNumberOf(WSANO_DATA), 4058);
    CHECK_SAME(errorNumberOf(0), 4094);
    CHECK_SAME(errorNumberOf(7), 4094);
    CHECK_SAME(errorNumberOf(MAXDWORD), 4094);
  });

  test("a failure is remembered by its thread, until the next", [] {
    CHECK_SAME(failure(ERROR_FILE_NOT_FOUND), -4058);
    CHECK_SAME(lastNativeError(), ERROR_FILE_NOT_FOUND);
    CHECK_SAME(failureAs(error::isDirectory, ERROR_FILE_EXISTS), -4068);
    CHECK_SAME(lastNativeError(), ERROR_FILE_EXISTS);
    std::thread([] { CHECK_SAME(lastNativeError(), 0); }).join();
    CHECK_SAME(ownFailure(error::cancelled), -4081);
    CHECK_SAME(lastNativeError(), 0);
  });

  return sumUp();
}
