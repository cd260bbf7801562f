// The load for every echo server: 64-byte messages over a number of TCP connections, one message in flight
// on each, over epoll. Prints round trips per second once.
// Usage: echo-client <port> <connections> <seconds>
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

enum { messageBytes = 64, mostConnections = 4096 };

static unsigned received[mostConnections];
static int sockets[mostConnections];
static char message[messageBytes];

static void connectTo(int port, unsigned index, int poller) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  if (connect(connection, (struct sockaddr*)&address, sizeof address) != 0) fail("connect");
  const int on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = index}};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, connection, &event) != 0) fail("epoll_ctl");
  sockets[index] = connection;
}

static void sendTo(unsigned index) {
  if (write(sockets[index], message, messageBytes) != messageBytes) fail("write");
}

// Returns whether a whole message has come back, unchanged.
static int receiveFrom(unsigned index) {
  char buffer[messageBytes];
  const ssize_t bytes = read(sockets[index], buffer, messageBytes - received[index]);
  if (bytes <= 0) fail("read");
  if (memcmp(buffer, message + received[index], (size_t)bytes) != 0) {
    fprintf(stderr, "the echo differs from what was sent\n");
    exit(1);
  }
  received[index] = (received[index] + (unsigned)bytes) % messageBytes;
  return received[index] == 0;
}

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const int port = atoi(arguments[1]);
  const unsigned connections = (unsigned)atoi(arguments[2]);
  const double seconds = atof(arguments[3]);
  if (connections == 0 || connections > mostConnections) return 2;
  const int poller = epoll_create1(EPOLL_CLOEXEC);
  for (unsigned index = 0; index < messageBytes; index++) message[index] = (char)('A' + index % 26);
  for (unsigned index = 0; index < connections; index++) connectTo(port, index, poller);

  double begin = nowSeconds();
  double cpu = cpuMicroseconds();
  uint64_t trips = 0;
  // The server has accepted everybody, and its code is warm for them, before the clock starts.
  uint64_t warmUp = (uint64_t)connections * 4;
  unsigned flying = connections;
  int running = 1;
  for (unsigned index = 0; index < connections; index++) sendTo(index);
  struct epoll_event events[512];
  while (flying > 0) {
    const int ready = epoll_wait(poller, events, 512, 5000);
    if (ready == 0) {
      fprintf(stderr, "the server has not answered for 5 s\n");
      return 1;
    }
    if (warmUp == 0 && nowSeconds() - begin >= seconds) running = 0;
    for (int index = 0; index < ready; index++) {
      const unsigned connection = events[index].data.u32;
      if (!receiveFrom(connection)) continue;
      if (warmUp == 0) {
        trips++;
      } else if (--warmUp == 0) {
        begin = nowSeconds();
        cpu = cpuMicroseconds();
      }
      if (running)
        sendTo(connection);
      else
        flying--;
    }
  }
  answerRate(trips, nowSeconds() - begin, cpuMicroseconds() - cpu);
  return 0;
}
