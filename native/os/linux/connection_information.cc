#include "os/connection_information.h"

// Not netinet/tcp.h, whose tcp_info ends before what is asked here.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace rescind {

int connectionInformation(int handle, std::span<double, connectionNumbers> into) noexcept {
  // An older kernel writes less of it.
  tcp_info information = {};
  socklen_t length = sizeof information;
  if (::getsockopt(handle, IPPROTO_TCP, TCP_INFO, &information, &length) != 0) {
    return errno == ENOPROTOOPT || errno == EOPNOTSUPP ? -ENOTSUP : -errno;
  }
  const auto put = [&](ConnectionNumber number, auto value) {
    into[static_cast<std::size_t>(number)] = static_cast<double>(value);
  };
  put(ConnectionNumber::roundTripMicroseconds, information.tcpi_rtt);
  put(ConnectionNumber::leastRoundTripMicroseconds, information.tcpi_min_rtt);
  put(ConnectionNumber::deliveredBytesPerSecond, information.tcpi_delivery_rate);
  put(ConnectionNumber::sentBytes, information.tcpi_bytes_sent);
  put(ConnectionNumber::retransmissions, information.tcpi_total_retrans);
  put(ConnectionNumber::lostSegments, information.tcpi_lost);
  put(ConnectionNumber::congestionMarks, information.tcpi_delivered_ce);
  return 0;
}

}  // namespace rescind
