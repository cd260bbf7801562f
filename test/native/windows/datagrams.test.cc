// Datagram sockets in the completion port's lane, and what it asks of Winsock for them.
//
// sources: native/backend/iocp/*.cc native/os/*.cc native/os/windows/*.cc

#include <cstring>
#include <string>

#include "check.h"
#include "os/blocking_handles.h"
#include "os/close_descriptor.h"
#include "os/socket_address.h"
#include "os/socket_calls.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"
#include "port_driver.h"
#include "winsock_interpose.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

class DatagramSocket {
 public:
  DatagramSocket() : descriptor_(blocking::socketOpen(4, 2)) { CHECK(descriptor_ >= 0); }
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;
  ~DatagramSocket() { closeDescriptor(descriptor_); }
  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

std::string loopback(std::int32_t port) {
  const std::int32_t header[4] = {4, port, 0, 4};
  return std::string(reinterpret_cast<const char*>(header), sizeof header) + std::string("\x7f\0\0\1", 4);
}

std::string addressOf(const DatagramSocket& socket) {
  std::byte address[wireAddressMost];
  const int length = localAddressOf(socket.get(), address);
  CHECK(length > 0);
  std::int32_t port = 0;
  std::memcpy(&port, address + sizeof port, sizeof port);
  return loopback(port);
}

void bindToLoopback(const DatagramSocket& socket) {
  const std::string address = loopback(0);
  CHECK_SAME(bindSocket(socket.get(), std::as_bytes(std::span(address))), 0);
}

Asked sending(const DatagramSocket& from, std::string& data, const std::string& to) {
  return {.operation = Operation::socketSendMessage, .handle = from.get(), .memory = data, .bytes = to};
}

Asked receiving(const DatagramSocket& at, std::string& memory) {
  return {.operation = Operation::socketReceiveMessage, .handle = at.get(), .memory = memory};
}

Asked connecting(const DatagramSocket& socket, const std::string& to) {
  return {.operation = Operation::socketConnect, .handle = socket.get(), .bytes = to};
}

}  // namespace

int main() {
  test("a datagram is one message, with the destination where the socket has no peer", [] {
    PortDriver lane;
    const DatagramSocket receiver;
    const DatagramSocket sender;
    bindToLoopback(receiver);
    std::string text = "datagram";
    std::string memory(16, ' ');
    sent = {};
    CHECK_SAME(lane.run(sending(sender, text, addressOf(receiver))).result, 8);
    CHECK_SAME(sent.count, 1);
    CHECK_SAME(sent.pieces, 1);
    CHECK_SAME(sent.destinationBytes, sizeof(sockaddr_in));
    CHECK_SAME(lane.run(receiving(receiver, memory)).result, 8);
    CHECK(memory.substr(0, 8) == text);
    CHECK_SAME(lane.run(connecting(sender, addressOf(receiver))).result, 0);
    CHECK_SAME(lane.run(sending(sender, text, "")).result, 8);
    CHECK_SAME(sent.count, 2);
    CHECK_SAME(sent.destinationBytes, 0);
    CHECK_SAME(lane.run(receiving(receiver, memory)).result, 8);
  });

  test("pieces are one message, where there is a destination and where there is none", [] {
    PortDriver lane;
    const DatagramSocket receiver;
    const DatagramSocket sender;
    bindToLoopback(receiver);
    const std::string to = addressOf(receiver);
    const double pairs[4] = {static_cast<double>(reinterpret_cast<std::uintptr_t>("abc")), 3,
                             static_cast<double>(reinterpret_cast<std::uintptr_t>("defg")), 4};
    const std::string pieces(reinterpret_cast<const char*>(pairs), sizeof pairs);
    std::string memory(16, ' ');
    for (const std::string& destination : {to, std::string()}) {
      if (destination.empty()) CHECK_SAME(lane.run(connecting(sender, to)).result, 0);
      sent = {};
      const Completion completion = lane.run({.operation = Operation::socketSendVector,
                                              .handle = sender.get(),
                                              .bytes = pieces + destination,
                                              .length = static_cast<std::uint32_t>(destination.size())});
      CHECK_SAME(completion.result, 7);
      CHECK_SAME(sent.count, 1);
      CHECK_SAME(sent.pieces, 2);
      CHECK_SAME(sent.destinationBytes, destination.empty() ? 0 : sizeof(sockaddr_in));
      CHECK_SAME(lane.run(receiving(receiver, memory)).result, 7);
      CHECK(memory.substr(0, 7) == "abcdefg");
    }
  });

  test("a socket has a port when it sends, and when it waits for datagrams", [] {
    PortDriver lane;
    const DatagramSocket receiver;
    const DatagramSocket sender;
    std::string text = "datagram";
    std::string memory(16, ' ');
    sent = {};
    receiverHadPort = false;
    lane.start(receiving(receiver, memory));
    CHECK(receiverHadPort);
    PortDriver other;
    CHECK_SAME(other.run(sending(sender, text, addressOf(receiver))).result, 8);
    CHECK(sent.hadPort);
    CHECK_SAME(lane.take().result, 8);
  });

  test("refusals are told while the socket has a peer, and only then", [] {
    PortDriver lane;
    const DatagramSocket socket;
    const std::string nobody(16, '\0');
    CHECK(!refusalsTold && !expiryTold);
    CHECK_SAME(lane.run(connecting(socket, loopback(9))).result, 0);
    CHECK(refusalsTold && !expiryTold);
    CHECK_SAME(lane.run(connecting(socket, nobody)).result, 0);
    CHECK(!refusalsTold);
    CHECK(lane.run(connecting(socket, "no address")).result < 0);
    CHECK(!refusalsTold);
  });

  test("a refusal has the number of ECONNREFUSED, and the system's own beside it", [] {
    PortDriver lane;
    const DatagramSocket socket;
    std::string memory(16, ' ');
    CHECK_SAME(lane.run(connecting(socket, loopback(9))).result, 0);
    for (const int code : {int{WSAECONNRESET}, int{ERROR_PORT_UNREACHABLE}}) {
      receiveFails = code;
      const Completion completion = lane.run(receiving(socket, memory));
      CHECK_SAME(completion.result, -error::connectionRefused);
      CHECK_SAME(completion.native, code);
    }
    receiveFails = WSAENETDOWN;
    CHECK_SAME(lane.run(receiving(socket, memory)).result, -error::networkDown);
    receiveFails = 0;
  });

  return sumUp();
}
