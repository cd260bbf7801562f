// See os/sockets.h.
#pragma once

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace rescind {

// For IPPROTO_TCP.
inline constexpr int keepAliveDelayOption = TCP_KEEPIDLE;
inline constexpr int keepAliveIntervalOption = TCP_KEEPINTVL;
inline constexpr int keepAliveCountOption = TCP_KEEPCNT;

}  // namespace rescind
