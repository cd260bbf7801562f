// The options and the calls that never wait, on real sockets of the loopback interface.
//
// sources: native/os/linux/socket_options.cc native/os/system_options.cc native/os/multicast.cc
// sources: native/os/linux/socket_calls.cc native/os/socket_address.cc native/os/linux/unix_address.cc
// sources: native/os/linux/close_descriptor.cc

#include "os/socket_options.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>

#include "os/close_descriptor.h"
#include "os/linux/unique_fd.h"
#include "os/socket_address.h"
#include "os/socket_calls.h"
#include "pool_harness.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

using Wire = std::vector<std::byte>;

Wire wireOf(const sockaddr* address, std::uint32_t length) {
  Wire wire(wireAddressMost);
  wire.resize(encodeWireAddress(address, length, wire.data()));
  return wire;
}

Wire ipv4(const char* text, int port = 0) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, text, &address.sin_addr);
  return wireOf(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

Wire ipv6(const char* text, unsigned int scope = 0) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_scope_id = scope;
  inet_pton(AF_INET6, text, &address.sin6_addr);
  return wireOf(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

UniqueFd open(int family, int type) { return UniqueFd(::socket(family, type | SOCK_CLOEXEC, 0)); }

Wire localOf(int handle) {
  Wire wire(wireAddressMost);
  const int length = localAddressOf(handle, wire.data());
  wire.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return wire;
}

// What is set is what the system then says, in the system's own unit.
void checkKept(int handle, SocketOption option, int value) {
  CHECK_SAME(setSocketOption(handle, option, value), 0);
  CHECK_SAME(getSocketOption(handle, option), value);
}

constexpr auto add = MembershipChange::add;
constexpr auto drop = MembershipChange::drop;

}  // namespace

int main() {
  test("options of streams are set and read", [] {
    const UniqueFd socket = open(AF_INET, SOCK_STREAM);
    for (const SocketOption option :
         {SocketOption::noDelay, SocketOption::keepAlive, SocketOption::reuseAddress, SocketOption::reusePort}) {
      CHECK_SAME(setSocketOption(socket.get(), option, 1), 0);
      CHECK(getSocketOption(socket.get(), option) > 0);
      checkKept(socket.get(), option, 0);
    }
    checkKept(socket.get(), SocketOption::keepAliveDelaySeconds, 33);
    checkKept(socket.get(), SocketOption::keepAliveIntervalSeconds, 7);
    checkKept(socket.get(), SocketOption::keepAliveCount, 4);
    const UniqueFd six = open(AF_INET6, SOCK_STREAM);
    checkKept(six.get(), SocketOption::onlyIpv6, 1);
  });

  test("options of datagrams are those of their family", [] {
    for (const int family : {AF_INET, AF_INET6}) {
      const UniqueFd socket = open(family, SOCK_DGRAM);
      checkKept(socket.get(), SocketOption::timeToLive, 9);
      checkKept(socket.get(), SocketOption::multicastTimeToLive, 3);
      checkKept(socket.get(), SocketOption::multicastLoopback, 0);
      checkKept(socket.get(), SocketOption::broadcast, 1);
      int value = 0;
      socklen_t length = sizeof value;
      const bool isIpv6 = family == AF_INET6;
      ::getsockopt(socket.get(), isIpv6 ? IPPROTO_IPV6 : IPPROTO_IP, isIpv6 ? IPV6_UNICAST_HOPS : IP_TTL, &value,
                   &length);
      CHECK_SAME(value, 9);
      // The system doubles what it is given, for its own bookkeeping.
      CHECK_SAME(setSocketOption(socket.get(), SocketOption::receiveBufferBytes, 8192), 0);
      CHECK_SAME(getSocketOption(socket.get(), SocketOption::receiveBufferBytes), 16384);
      CHECK_SAME(setSocketOption(socket.get(), SocketOption::sendBufferBytes, 8192), 0);
      CHECK_SAME(getSocketOption(socket.get(), SocketOption::sendBufferBytes), 16384);
    }
  });

  test("unknown options and descriptors that are none are refused with a number", [] {
    const UniqueFd socket = open(AF_INET, SOCK_STREAM);
    CHECK_SAME(setSocketOption(socket.get(), static_cast<SocketOption>(99), 1), -EINVAL);
    CHECK_SAME(getSocketOption(socket.get(), static_cast<SocketOption>(0)), -EINVAL);
    CHECK_SAME(setSocketOption(-1, SocketOption::noDelay, 1), -EBADF);
    CHECK_SAME(getSocketOption(-1, SocketOption::noDelay), -EBADF);
    CHECK_SAME(setSocketOption(0, SocketOption::keepAlive, 1), -ENOTSOCK);
  });

  test("a group is joined once and left once", [] {
    const UniqueFd socket = open(AF_INET, SOCK_DGRAM);
    const Wire group = ipv4("239.255.7.7");
    const Wire loopback = ipv4("127.0.0.1");
    CHECK_SAME(changeMembership(socket.get(), add, group, loopback, {}), 0);
    CHECK_SAME(changeMembership(socket.get(), add, group, loopback, {}), -EADDRINUSE);
    CHECK_SAME(changeMembership(socket.get(), drop, group, loopback, {}), 0);
    CHECK_SAME(changeMembership(socket.get(), drop, group, loopback, {}), -EADDRNOTAVAIL);
    const Wire source = ipv4("127.0.0.9");
    CHECK_SAME(changeMembership(socket.get(), add, group, loopback, source), 0);
    CHECK_SAME(changeMembership(socket.get(), drop, group, loopback, source), 0);
    CHECK(changeMembership(socket.get(), drop, group, loopback, source) < 0);
    CHECK_SAME(changeMembership(socket.get(), add, ipv4("127.0.0.1"), loopback, {}), -EINVAL);
  });

  test("an IPv6 group is joined on the interface its scope names", [] {
    const UniqueFd socket = open(AF_INET6, SOCK_DGRAM);
    const unsigned int lo = ::if_nametoindex("lo");
    const Wire group = ipv6("ff02::7:7");
    CHECK_SAME(changeMembership(socket.get(), add, group, ipv6("::", lo), {}), 0);
    CHECK_SAME(changeMembership(socket.get(), drop, group, ipv6("::", lo), {}), 0);
    CHECK_SAME(changeMembership(socket.get(), add, group, ipv6("::", lo), ipv6("::1")), 0);
    CHECK_SAME(changeMembership(socket.get(), drop, group, ipv6("::", lo), ipv6("::1")), 0);
    CHECK_SAME(changeMembership(socket.get(), add, group, ipv6("::", 999999), {}), -ENODEV);
  });

  test("addresses that do not go together are refused", [] {
    const UniqueFd socket = open(AF_INET, SOCK_DGRAM);
    const Wire group = ipv4("239.255.7.7");
    CHECK_SAME(changeMembership(socket.get(), add, {}, {}, {}), -EINVAL);
    CHECK_SAME(changeMembership(socket.get(), add, Wire(3), {}, {}), -EINVAL);
    CHECK_SAME(changeMembership(socket.get(), add, group, Wire(3), {}), -EINVAL);
    CHECK_SAME(changeMembership(socket.get(), add, group, {}, ipv6("::1")), -EINVAL);
    CHECK_SAME(changeMembership(socket.get(), add, group, {}, Wire(5)), -EINVAL);
    CHECK_SAME(setMulticastInterface(socket.get(), {}), -EINVAL);
    CHECK_SAME(setMulticastInterface(socket.get(), Wire(16)), -EINVAL);
  });

  test("multicast leaves by the interface that is named", [] {
    const UniqueFd four = open(AF_INET, SOCK_DGRAM);
    CHECK_SAME(setMulticastInterface(four.get(), ipv4("127.0.0.1")), 0);
    in_addr chosen{};
    socklen_t length = sizeof chosen;
    ::getsockopt(four.get(), IPPROTO_IP, IP_MULTICAST_IF, &chosen, &length);
    CHECK_SAME(chosen.s_addr, htonl(INADDR_LOOPBACK));
    CHECK_SAME(setMulticastInterface(four.get(), ipv4("192.0.2.99")), -EADDRNOTAVAIL);
    const UniqueFd six = open(AF_INET6, SOCK_DGRAM);
    CHECK_SAME(setMulticastInterface(six.get(), ipv6("::", ::if_nametoindex("lo"))), 0);
  });

  test("binding, listening and the names of both ends", [] {
    const UniqueFd listener = open(AF_INET, SOCK_STREAM);
    CHECK_SAME(bindSocket(listener.get(), ipv4("127.0.0.1")), 0);
    CHECK_SAME(listenOnSocket(listener.get(), 5), 0);
    const Wire address = localOf(listener.get());
    CHECK_SAME(address.size(), wireAddressHeader + 4);
    const UniqueFd other = open(AF_INET, SOCK_STREAM);
    CHECK_SAME(bindSocket(other.get(), address), -EADDRINUSE);
    CHECK_SAME(bindSocket(other.get(), ipv4("192.0.2.99")), -EADDRNOTAVAIL);
    CHECK_SAME(bindSocket(other.get(), {}), -EINVAL);
    Wire peer(wireAddressMost);
    CHECK_SAME(remoteAddressOf(other.get(), peer.data()), -ENOTCONN);
    sockaddr_storage storage;
    const std::uint32_t length = decodeWireAddress(address, storage);
    CHECK_SAME(::connect(other.get(), reinterpret_cast<const sockaddr*>(&storage), length), 0);
    CHECK_SAME(remoteAddressOf(other.get(), peer.data()), static_cast<int>(address.size()));
    peer.resize(address.size());
    CHECK(peer == address);
    CHECK_SAME(localAddressOf(-1, peer.data()), -EBADF);
    CHECK_SAME(listenOnSocket(-1, 5), -EBADF);
  });

  test("Unix names, and the name of a socket that has none", [] {
    const UniqueFd socket = open(AF_UNIX, SOCK_STREAM);
    CHECK_SAME(localOf(socket.get()).size(), wireAddressHeader);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = std::string("\0rescind-native-", 16) + std::to_string(::getpid());
    std::memcpy(address.sun_path, name.data(), name.size());
    const auto length = static_cast<std::uint32_t>(offsetof(sockaddr_un, sun_path) + name.size());
    const Wire wire = wireOf(reinterpret_cast<const sockaddr*>(&address), length);
    CHECK_SAME(bindSocket(socket.get(), wire), 0);
    CHECK(localOf(socket.get()) == wire);
  });

  test("a handle is closed once", [] {
    UniqueFd socket = open(AF_INET, SOCK_STREAM);
    const int handle = socket.release();
    CHECK_SAME(closeDescriptor(handle), 0);
    CHECK_SAME(closeDescriptor(handle), -EBADF);
  });

  return sumUp();
}
