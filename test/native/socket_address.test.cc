// Addresses on their way between the wire and the system, and what is none.
//
// sources: native/os/socket_address.cc native/os/linux/unix_address.cc

#include "os/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <random>

#include "pool_harness.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

std::string wire(std::int32_t family, std::int32_t port, const std::string& bytes, std::int32_t scope = 0,
                 std::int32_t length = -1) {
  const std::int32_t header[4] = {family, port, scope, length < 0 ? static_cast<std::int32_t>(bytes.size()) : length};
  return std::string(reinterpret_cast<const char*>(header), sizeof header) + bytes;
}

std::uint32_t decode(const std::string& from, sockaddr_storage& into) {
  std::memset(&into, 0x5a, sizeof into);
  return decodeWireAddress(std::as_bytes(std::span(from.data(), from.size())), into);
}

std::string encode(const sockaddr_storage& from, std::uint32_t length) {
  std::byte into[wireAddressMost];
  const std::size_t size = encodeWireAddress(reinterpret_cast<const sockaddr*>(&from), length, into);
  return {reinterpret_cast<const char*>(into), size};
}

std::string thereAndBack(const std::string& address) {
  sockaddr_storage storage;
  const std::uint32_t length = decode(address, storage);
  return length == 0 ? "none" : encode(storage, length);
}

}  // namespace

int main() {
  const std::string four("\xc0\0\2\1", 4);
  const std::string six("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
  test("IP addresses keep their bytes, port and scope there and back", [&] {
    for (const int port : {0, 1, 80, 32768, 65535}) {
      CHECK(thereAndBack(wire(4, port, four)) == wire(4, port, four));
      CHECK(thereAndBack(wire(6, port, six, 7)) == wire(6, port, six, 7));
    }
    sockaddr_storage storage;
    CHECK_SAME(decode(wire(4, 0x1234, four), storage), sizeof(sockaddr_in));
    CHECK_SAME(reinterpret_cast<sockaddr_in&>(storage).sin_port, htons(0x1234));
    CHECK_SAME(reinterpret_cast<sockaddr_in&>(storage).sin_addr.s_addr, htonl(0xc0000201));
  });
  test("Unix paths end with NUL where there is room, abstract names at their length", [&] {
    sockaddr_storage storage;
    const std::size_t head = offsetof(sockaddr_un, sun_path);
    CHECK_SAME(decode(wire(1, 0, "/tmp/x"), storage), head + 7);
    CHECK_SAME(decode(wire(1, 0, std::string(107, 'p')), storage), head + 108);
    CHECK_SAME(decode(wire(1, 0, std::string(108, 'p')), storage), head + 108);
    CHECK_SAME(decode(wire(1, 0, std::string("\0ab\0c", 5)), storage), head + 5);
    for (const std::string& path : {std::string("/tmp/x"), std::string(107, 'p'), std::string(108, 'p'),
                                    std::string("\0ab\0c", 5), std::string("\0", 1)}) {
      CHECK(thereAndBack(wire(1, 0, path)) == wire(1, 0, path));
    }
  });
  test("what is no address is none", [&] {
    sockaddr_storage storage;
    for (const std::string& none :
         {std::string(), std::string(15, '\0'), wire(4, 1, "123"), wire(4, 1, "12345"), wire(6, 1, four),
          wire(1, 0, ""), wire(1, 0, std::string(109, 'x')), wire(2, 1, four), wire(-1, 1, four),
          wire(4, 1, four, 0, 5), wire(4, 1, four, 0, 0x7fffffff)}) {
      CHECK_SAME(decode(none, storage), 0);
    }
    std::string negative = wire(4, 1, four);
    negative[15] = '\x80';
    CHECK_SAME(decode(negative, storage), 0);
  });
  test("no family is what disconnects a datagram socket", [&] {
    sockaddr_storage storage;
    CHECK(decode(wire(0, 0, ""), storage) > 0);
    CHECK_SAME(storage.ss_family, AF_UNSPEC);
  });
  test("the system's addresses that are too short or of another family give nothing", [&] {
    sockaddr_storage storage{};
    CHECK_SAME(encode(storage, 0).size(), 0);
    CHECK_SAME(encode(storage, 1).size(), 0);
    storage.ss_family = AF_INET;
    CHECK_SAME(encode(storage, sizeof(sockaddr_in) - 1).size(), 0);
    storage.ss_family = AF_INET6;
    CHECK_SAME(encode(storage, sizeof(sockaddr_in)).size(), 0);
    storage.ss_family = AF_PACKET;
    CHECK_SAME(encode(storage, sizeof storage).size(), 0);
    // An unnamed Unix socket has a family and nothing else.
    storage.ss_family = AF_UNIX;
    CHECK(encode(storage, sizeof(sa_family_t)) == wire(1, 0, ""));
  });
  test("a length the kernel reports beyond sun_path stays within it", [&] {
    sockaddr_storage storage{};
    auto& address = reinterpret_cast<sockaddr_un&>(storage);
    address.sun_family = AF_UNIX;
    std::memset(address.sun_path, 'q', sizeof address.sun_path);
    CHECK(encode(storage, sizeof(sockaddr_un) + 1) == wire(1, 0, std::string(108, 'q')));
  });
  test("random bytes are never read beyond their end", [&] {
    std::mt19937 random(3);
    for (int round = 0; round < 20'000; round++) {
      std::string bytes(random() % 140, '\0');
      for (char& each : bytes) each = static_cast<char>(random() % 5 == 0 ? random() : random() % 8);
      sockaddr_storage storage;
      const std::uint32_t length = decode(bytes, storage);
      CHECK(length <= sizeof storage);
      if (length > 0) CHECK(encode(storage, length).size() <= wireAddressMost);
    }
  });
  return sumUp();
}
