// Addresses and options of sockets, the extension functions, and names.
//
// sources: native/os/windows/blocking_*.cc native/os/windows/file_*.cc native/os/windows/paths.cc
// sources: native/os/windows/text.cc native/os/windows/errors.cc native/os/windows/status.cc
// sources: native/os/windows/reparse_points.cc native/os/windows/close_descriptor.cc
// sources: native/os/windows/winsock.cc native/os/windows/socket_*.cc native/os/entries.cc native/os/socket_address.cc
// sources: native/os/windows/unix_address.cc native/os/system_options.cc native/os/multicast.cc
// sources: native/os/windows/keep_alive.cc

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "check.h"
#include "os/blocking_handles.h"
#include "os/blocking_names.h"
#include "os/close_descriptor.h"
#include "os/socket_address.h"
#include "os/socket_calls.h"
#include "os/socket_options.h"
#include "os/windows/errors.h"
#include "os/windows/handles.h"
#include "os/windows/winsock.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using Wire = std::vector<std::byte>;

class Socket {
 public:
  Socket(int family, int type) : descriptor_(blocking::socketOpen(family, type)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { closeDescriptor(descriptor_); }
  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

Wire wire(std::int32_t family, std::int32_t port, std::int32_t scope, const std::string& bytes) {
  const std::int32_t header[4] = {family, port, scope, static_cast<std::int32_t>(bytes.size())};
  Wire address(sizeof header + bytes.size());
  std::memcpy(address.data(), header, sizeof header);
  std::memcpy(address.data() + sizeof header, bytes.data(), bytes.size());
  return address;
}

std::string loopback6() { return std::string(15, '\0') + '\1'; }
Wire loopback(std::int32_t port = 0) { return wire(4, port, 0, std::string("\x7f\0\0\1", 4)); }

std::int32_t portOf(const Wire& address) {
  std::int32_t port = 0;
  std::memcpy(&port, address.data() + 4, sizeof port);
  return port;
}

Wire localAddress(int socket) {
  Wire address(wireAddressMost);
  const int length = localAddressOf(socket, address.data());
  CHECK(length > 0);
  address.resize(static_cast<std::size_t>(std::max(length, 8)));
  return address;
}

bool comesBack(const Wire& address) {
  sockaddr_storage system;
  const std::uint32_t length = decodeWireAddress(address, system);
  Wire back(wireAddressMost);
  back.resize(encodeWireAddress(reinterpret_cast<const sockaddr*>(&system), length, back.data()));
  return length > 0 && back == address;
}

}  // namespace

int main() {
  CHECK(startWinsock());

  test("addresses of every family come and go", [] {
    CHECK(comesBack(loopback(80)));
    CHECK(comesBack(wire(6, 65'535, 7, loopback6())));
    CHECK(comesBack(wire(1, 0, 0, "C:\\some\\socket")));
    CHECK(comesBack(wire(1, 0, 0, std::string(107, 'x'))));
  });

  test("what is no address has no length", [] {
    sockaddr_storage system;
    for (const Wire& address :
         {Wire(8), wire(4, 0, 0, "abc"), wire(6, 0, 0, "abcd"), wire(9, 0, 0, "abcd"), wire(1, 0, 0, ""),
          wire(1, 0, 0, std::string("\0abstract", 9)), wire(1, 0, 0, std::string(108, 'x'))}) {
      CHECK_SAME(decodeWireAddress(address, system), 0);
    }
    Wire cut = loopback();
    cut.pop_back();
    CHECK_SAME(decodeWireAddress(cut, system), 0);
  });

  test("no family is an address to connect to", [] {
    sockaddr_storage system;
    CHECK(decodeWireAddress(wire(0, 0, 0, ""), system) > 0);
    CHECK_SAME(system.ss_family, AF_UNSPEC);
  });

  test("a socket is bound, and listened on by one alone", [] {
    const Socket first(4, 1);
    CHECK_SAME(setSocketOption(first.get(), SocketOption::reuseAddress, 1), 0);
    CHECK_SAME(bindSocket(first.get(), loopback()), 0);
    CHECK_SAME(listenOnSocket(first.get(), 16), 0);
    const Wire address = localAddress(first.get());
    CHECK(portOf(address) > 0);
    const Socket second(4, 1);
    CHECK_SAME(setSocketOption(second.get(), SocketOption::reuseAddress, 1), 0);
    const int bound = bindSocket(second.get(), address);
    CHECK_SAME(bound < 0 ? bound : listenOnSocket(second.get(), 16), -error::addressInUse);
    CHECK_SAME(blocking::lastNativeError(), WSAEADDRINUSE);
  });

  test("calls on what is no socket, or not connected, say so", [] {
    const Socket socket(4, 1);
    Wire address(wireAddressMost);
    CHECK_SAME(remoteAddressOf(socket.get(), address.data()), -error::notConnected);
    CHECK_SAME(bindSocket(socket.get(), Wire(3)), -error::invalidArgument);
    CHECK_SAME(bindSocket(0x7ffffff0, loopback()), -error::notSocket);
    CHECK_SAME(listenOnSocket(0x7ffffff0, 1), -error::notSocket);
    CHECK_SAME(bindSocket(socket.get(), wire(4, 0, 0, "\x08\x08\x08\x08")), -error::addressNotAvailable);
  });

  test("options of streams are what they were set to", [] {
    const Socket socket(4, 1);
    const auto keeps = [&](SocketOption option, int value) {
      CHECK_SAME(setSocketOption(socket.get(), option, value), 0);
      CHECK_SAME(getSocketOption(socket.get(), option), value);
    };
    keeps(SocketOption::noDelay, 1);
    keeps(SocketOption::keepAlive, 1);
    keeps(SocketOption::timeToLive, 33);
    keeps(SocketOption::receiveBufferBytes, 65'536);
    keeps(SocketOption::sendBufferBytes, 65'536);
    CHECK_SAME(setSocketOption(socket.get(), SocketOption::keepAliveDelaySeconds, 7), 0);
    // An option that would let others take the port over is not set.
    CHECK_SAME(getSocketOption(socket.get(), SocketOption::reuseAddress), 0);
    CHECK_SAME(setSocketOption(socket.get(), SocketOption::reusePort, 1), -error::notSupported);
    CHECK_SAME(getSocketOption(socket.get(), SocketOption::reusePort), -error::notSupported);
    CHECK_SAME(setSocketOption(socket.get(), static_cast<SocketOption>(99), 1), -error::invalidArgument);
    CHECK_SAME(setSocketOption(0x7ffffff0, SocketOption::noDelay, 1), -error::notSocket);
  });

  test("options of datagram sockets are those of their family", [] {
    for (const int family : {4, 6}) {
      const Socket socket(family, 2);
      for (const SocketOption option :
           {SocketOption::timeToLive, SocketOption::multicastTimeToLive, SocketOption::multicastLoopback}) {
        CHECK_SAME(setSocketOption(socket.get(), option, 1), 0);
        CHECK_SAME(getSocketOption(socket.get(), option), 1);
      }
    }
    const Socket socket(4, 2);
    CHECK_SAME(setSocketOption(socket.get(), SocketOption::reuseAddress, 1), 0);
    CHECK_SAME(getSocketOption(socket.get(), SocketOption::reuseAddress), 1);
    CHECK_SAME(setSocketOption(socket.get(), SocketOption::broadcast, 1), 0);
    const Socket both(6, 2);
    CHECK_SAME(getSocketOption(both.get(), SocketOption::onlyIpv6), 0);
    CHECK_SAME(setSocketOption(both.get(), SocketOption::onlyIpv6, 1), 0);
    CHECK_SAME(getSocketOption(both.get(), SocketOption::onlyIpv6), 1);
  });

  test("groups are joined and left, and leave by an interface", [] {
    const Socket socket(4, 2);
    CHECK_SAME(bindSocket(socket.get(), wire(4, 0, 0, std::string(4, '\0'))), 0);
    const Wire group = wire(4, 0, 0, std::string("\xef\x01\x02\x03", 4));
    CHECK_SAME(changeMembership(socket.get(), MembershipChange::add, group, {}, {}), 0);
    CHECK(changeMembership(socket.get(), MembershipChange::add, group, {}, {}) < 0);
    CHECK_SAME(changeMembership(socket.get(), MembershipChange::drop, group, {}, {}), 0);
    CHECK(changeMembership(socket.get(), MembershipChange::drop, group, {}, {}) < 0);
    CHECK_SAME(setMulticastInterface(socket.get(), loopback()), 0);
    CHECK_SAME(setMulticastInterface(socket.get(), {}), -error::invalidArgument);
    CHECK_SAME(changeMembership(socket.get(), MembershipChange::add, Wire(3), {}, {}), -error::invalidArgument);
    CHECK_SAME(changeMembership(socket.get(), MembershipChange::add, group, Wire(3), {}), -error::invalidArgument);
    CHECK_SAME(changeMembership(socket.get(), MembershipChange::add, group, {}, wire(6, 0, 0, loopback6())),
               -error::invalidArgument);
  });

  test("the provider has the functions that overlapped sockets need", [] {
    const Socket socket(4, 1);
    const SocketExtensions found = extensionsOf(socketOf(socket.get()));
    CHECK(found.acceptEx != nullptr && found.connectEx != nullptr && found.getAcceptExAddresses != nullptr);
    CHECK(found.transmitFile != nullptr && found.disconnectEx != nullptr);
    const SocketExtensions none = extensionsOf(INVALID_SOCKET);
    CHECK(none.acceptEx == nullptr && none.receiveMessage == nullptr);
  });

  test("names have addresses, or the numbers of Node's errors", [] {
    blocking::Bytes found;
    const std::int32_t count = blocking::addressLookup("127.0.0.1", 4, 0, found);
    CHECK_SAME(count, 1);
    CHECK_SAME(found.size(), wireAddressRecord);
    found.clear();
    CHECK(blocking::addressLookup("localhost", 0, 0, found) >= 1);
    CHECK_SAME(blocking::addressLookup("nothing.invalid", 0, 0, found), -3008);
    CHECK_SAME(blocking::lastNativeError(), WSAHOST_NOT_FOUND);
    CHECK(blocking::addressLookup("\xff", 0, 0, found) == -3008);
    // AI_NUMERICHOST
    CHECK(blocking::addressLookup("localhost", 0, 4, found) < 0);
  });

  return sumUp();
}
