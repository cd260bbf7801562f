// Every operation on sockets as the io_uring lane runs it.
//
// sources: native/backend/uring/*.cc native/os/socket_address.cc native/os/linux/unix_address.cc

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "os/socket_address.h"
#include "uring_driver.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using LaneDriver = Driver<Lane>;

std::string wire(std::int32_t family, std::int32_t port, const std::string& bytes, std::int32_t scope = 0) {
  const std::int32_t header[4] = {family, port, scope, static_cast<std::int32_t>(bytes.size())};
  return std::string(reinterpret_cast<const char*>(header), sizeof header) + bytes;
}
std::string loopback(int port) { return wire(4, port, std::string("\x7f\0\0\1", 4)); }

int portOf(int socket) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  CHECK_SAME(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length), 0);
  return ntohs(address.sin_port);
}

int listenOn(LaneDriver& driver) {
  const int socket = driver.run({.operation = Operation::socketOpen, .argument0 = 4, .argument1 = 1}).result;
  CHECK(socket >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK_SAME(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  CHECK_SAME(::listen(socket, 128), 0);
  return socket;
}

struct Connected {
  int client;
  int server;
};

Connected connectTo(LaneDriver& driver, int listener) {
  const int client = driver.run({.operation = Operation::socketOpen, .argument0 = 4, .argument1 = 1}).result;
  const std::uint32_t accept = driver.start({.operation = Operation::socketAccept, .handle = listener});
  CHECK_SAME(
      driver.run({.operation = Operation::socketConnect, .handle = client, .bytes = loopback(portOf(listener))}).result,
      0);
  return {client, driver.take(accept).result};
}

void streams() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  const int listener = listenOn(driver);
  test("sockets of every family are opened close-on-exec", [&] {
    for (const int family : {4, 6, 1}) {
      for (const int type : {1, 2}) {
        const int socket =
            driver.run({.operation = Operation::socketOpen, .argument0 = family, .argument1 = type}).result;
        CHECK(socket >= 0);
        int found = 0;
        socklen_t length = sizeof found;
        CHECK_SAME(::getsockopt(socket, SOL_SOCKET, SO_TYPE, &found, &length), 0);
        CHECK_SAME(found, type == 1 ? SOCK_STREAM : SOCK_DGRAM);
        CHECK((::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0);
        ::close(socket);
      }
    }
  });
  test("connect, accept, send, receive, shutdown", [&] {
    const Connected pair = connectTo(driver, listener);
    char text[] = "hello";
    char buffer[16];
    CHECK((::fcntl(pair.server, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_SAME(
        driver.run({.operation = Operation::socketSend, .handle = pair.client, .length = 5, .memory = text}).result, 5);
    CHECK_SAME(driver
                   .run({.operation = Operation::socketReceive,
                         .handle = pair.server,
                         .length = 16,
                         .memory = buffer,
                         .argument0 = MSG_PEEK})
                   .result,
               5);
    CHECK_SAME(
        driver.run({.operation = Operation::socketReceive, .handle = pair.server, .length = 16, .memory = buffer})
            .result,
        5);
    CHECK(std::memcmp(buffer, "hello", 5) == 0);
    CHECK_SAME(driver.run({.operation = Operation::socketShutdown, .handle = pair.client, .argument0 = 1}).result, 0);
    CHECK_SAME(
        driver.run({.operation = Operation::socketReceive, .handle = pair.server, .length = 16, .memory = buffer})
            .result,
        0);
    CHECK_SAME(
        driver.run({.operation = Operation::socketSend, .handle = pair.client, .length = 5, .memory = text}).result,
        -EPIPE);
    ::close(pair.client);
    ::close(pair.server);
  });
  test("connects to nobody and to nonsense are refused", [&] {
    const int socket = driver.run({.operation = Operation::socketOpen, .argument0 = 4, .argument1 = 1}).result;
    const int closed = listenOn(driver);
    const int port = portOf(closed);
    ::close(closed);
    CHECK_SAME(driver.run({.operation = Operation::socketConnect, .handle = socket, .bytes = loopback(port)}).result,
               -ECONNREFUSED);
    CHECK_SAME(driver.run({.operation = Operation::socketConnect, .handle = socket, .bytes = "short"}).result,
               -EAFNOSUPPORT);
    CHECK_SAME(
        driver.run({.operation = Operation::socketConnect, .handle = socket, .bytes = wire(9, 1, "abcd")}).result,
        -EAFNOSUPPORT);
    ::close(socket);
  });
  test("a multishot accept brings connection after connection until it is cancelled", [&] {
    const std::uint32_t slot =
        driver.start({.operation = Operation::socketAccept, .handle = listener, .flags = DescriptorFlag::multishot});
    std::vector<int> clients;
    for (int count = 0; count < 10; count++) {
      const int client = driver.run({.operation = Operation::socketOpen, .argument0 = 4, .argument1 = 1}).result;
      CHECK_SAME(
          driver.run({.operation = Operation::socketConnect, .handle = client, .bytes = loopback(portOf(listener))})
              .result,
          0);
      clients.push_back(client);
    }
    CHECK(driver.until([&] { return driver.progressOf(slot).size() == 10; }));
    for (const Seen& seen : driver.progressOf(slot)) {
      CHECK(seen.has(CompletionFlag::more));
      CHECK(seen.result >= 0);
      ::close(seen.result);
    }
    driver.cancel(slot);
    driver.flush();
    const Seen last = driver.take(slot);
    CHECK_SAME(last.result, -ECANCELED);
    CHECK(last.has(CompletionFlag::cancelled));
    for (const int client : clients) ::close(client);
  });
  test("a vector is sent as one message", [&] {
    const Connected pair = connectTo(driver, listener);
    const double pairs[4] = {static_cast<double>(reinterpret_cast<std::uintptr_t>("abc")), 3,
                             static_cast<double>(reinterpret_cast<std::uintptr_t>("defg")), 4};
    CHECK_SAME(driver
                   .run({.operation = Operation::socketSendVector,
                         .handle = pair.client,
                         .bytes = {reinterpret_cast<const char*>(pairs), sizeof pairs}})
                   .result,
               7);
    char buffer[16];
    CHECK_SAME(driver
                   .run({.operation = Operation::socketReceive,
                         .handle = pair.server,
                         .length = 7,
                         .memory = buffer,
                         .argument0 = MSG_WAITALL})
                   .result,
               7);
    CHECK(std::memcmp(buffer, "abcdefg", 7) == 0);
    const std::uint32_t readable = driver.start({.operation = Operation::readable, .handle = pair.server});
    for (int count = 0; count < 20; count++) driver.reapOnce();
    CHECK(!driver.ended(readable));
    CHECK_SAME(::send(pair.client, "x", 1, 0), 1);
    CHECK(driver.take(readable).result > 0);
    ::close(pair.client);
    ::close(pair.server);
  });
  test("a zero-copy send completes only when the kernel has let go of the memory", [&] {
    const Connected pair = connectTo(driver, listener);
    constexpr std::uint32_t size = 256 * 1024;
    std::vector<char> content(size);
    for (std::uint32_t at = 0; at < size; at++) content[at] = static_cast<char>(at * 7);
    const std::vector<char> expected = content;
    const std::uint32_t slot = driver.start({.operation = Operation::socketSend,
                                             .handle = pair.client,
                                             .length = size,
                                             .memory = content.data(),
                                             .flags = DescriptorFlag::zeroCopy});
    std::vector<char> received;
    std::vector<char> part(65536);
    int sent = -1;
    // Once it is complete the memory is ours: what is written there now must not arrive.
    const auto receive = [&] {
      if (sent < 0 && driver.ended(slot)) {
        sent = driver.take(slot).result;
        std::fill(content.begin(), content.end(), '!');
      }
      static_cast<void>(driver.reapOnce());
      const ssize_t bytes = ::recv(pair.server, part.data(), part.size(), MSG_DONTWAIT);
      if (bytes > 0) received.insert(received.end(), part.begin(), part.begin() + bytes);
      return sent >= 0 && received.size() >= static_cast<std::size_t>(sent);
    };
    CHECK(driver.until(receive));
    CHECK(sent > 0);
    CHECK(std::equal(received.begin(), received.end(), expected.begin()));
    CHECK_SAME(driver.pending(), 0);
    ::close(pair.client);
    ::close(pair.server);
  });
  test("a zero-copy send to nobody fails once", [&] {
    const Connected pair = connectTo(driver, listener);
    ::close(pair.server);
    char content[64] = {};
    int last = 0;
    for (int count = 0; count < 50 && last >= 0; count++) {
      last = driver
                 .run({.operation = Operation::socketSend,
                       .handle = pair.client,
                       .length = 64,
                       .memory = content,
                       .flags = DescriptorFlag::zeroCopy})
                 .result;
    }
    CHECK(last == -EPIPE || last == -ECONNRESET);
    CHECK_SAME(driver.pending(), 0);
    ::close(pair.client);
  });
  ::close(listener);
  CHECK_SAME(lane->counters().submitted, lane->counters().completed);
  CHECK(lane->close());
}

void messages() {
  const auto lane = openLane();
  LaneDriver driver(*lane);
  const auto bound = [&] {
    const int socket = driver.run({.operation = Operation::socketOpen, .argument0 = 4, .argument1 = 2}).result;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK_SAME(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return socket;
  };
  test("a message carries its sender's address and its flags", [&] {
    const int from = bound();
    const int to = bound();
    char text[] = "datagram";
    char buffer[4];
    CHECK_SAME(driver
                   .run({.operation = Operation::socketSendMessage,
                         .handle = from,
                         .length = 8,
                         .memory = text,
                         .bytes = loopback(portOf(to))})
                   .result,
               8);
    const Seen seen =
        driver.run({.operation = Operation::socketReceiveMessage, .handle = to, .length = 4, .memory = buffer});
    CHECK_SAME(seen.result, 4);
    CHECK(seen.payload.substr(0, 20) == loopback(portOf(from)));
    std::int32_t flags = 0;
    CHECK_SAME(seen.payload.size(), 32);
    std::memcpy(&flags, seen.payload.data() + 24, 4);
    CHECK((flags & MSG_TRUNC) != 0);
    CHECK_SAME(
        driver.run({.operation = Operation::socketSendMessage, .handle = from, .length = 1, .memory = text}).result,
        -EDESTADDRREQ);
    CHECK_SAME(
        driver
            .run({.operation = Operation::socketSendMessage, .handle = from, .length = 1, .memory = text, .bytes = "?"})
            .result,
        -EAFNOSUPPORT);
    ::close(from);
    ::close(to);
  });
  test("pieces go to an address as one datagram", [&] {
    const int from = bound();
    const int to = bound();
    const double pairs[4] = {static_cast<double>(reinterpret_cast<std::uintptr_t>("abc")), 3,
                             static_cast<double>(reinterpret_cast<std::uintptr_t>("defg")), 4};
    const std::string pieces(reinterpret_cast<const char*>(pairs), sizeof pairs);
    const std::string destination = loopback(portOf(to));
    const auto sendTo = [&](const std::string& address) {
      return driver
          .run({.operation = Operation::socketSendVector,
                .handle = from,
                .length = static_cast<std::uint32_t>(address.size()),
                .bytes = pieces + address})
          .result;
    };
    CHECK_SAME(sendTo(destination), 7);
    char buffer[16];
    CHECK_SAME(
        driver.run({.operation = Operation::socketReceiveMessage, .handle = to, .length = 16, .memory = buffer}).result,
        7);
    CHECK(std::memcmp(buffer, "abcdefg", 7) == 0);
    CHECK_SAME(sendTo(""), -EDESTADDRREQ);
    CHECK_SAME(sendTo("?"), -EAFNOSUPPORT);
    ::close(from);
    ::close(to);
  });
  test("an empty datagram is one", [&] {
    const int from = bound();
    const int to = bound();
    CHECK_SAME(
        driver.run({.operation = Operation::socketSendMessage, .handle = from, .bytes = loopback(portOf(to))}).result,
        0);
    const Seen seen = driver.run({.operation = Operation::socketReceiveMessage, .handle = to, .length = 0});
    CHECK_SAME(seen.result, 0);
    CHECK(seen.payload.substr(0, 20) == loopback(portOf(from)));
    ::close(from);
    ::close(to);
  });
  CHECK(lane->close());
}

}  // namespace

int main() {
  streams();
  messages();
  return sumUp();
}
