// A TCP echo server over epoll, one thread.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

static int poller;
static int listener;

static void watch(int descriptor) {
  struct epoll_event event = {.events = EPOLLIN, .data = {.fd = descriptor}};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
}

static void acceptAll(void) {
  for (;;) {
    const int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(socket);
  }
}

// Messages are smaller than every buffer of the system, so a write is whole or the connection is broken.
static void echo(int socket) {
  char buffer[4096];
  const ssize_t bytes = read(socket, buffer, sizeof buffer);
  if (bytes < 0 && errno == EAGAIN) return;
  if (bytes <= 0 || write(socket, buffer, (size_t)bytes) != bytes) close(socket);
}

static int answer(int port) {
  char line[128];
  const ssize_t bytes = read(STDIN_FILENO, line, sizeof line - 1);
  if (bytes <= 0) return 0;
  line[bytes] = 0;
  if (strncmp(line, "port", 4) == 0) {
    printf("{\"port\":%d}\n", port);
    fflush(stdout);
  } else {
    answerUsage();
  }
  return 1;
}

int main(void) {
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 1024) != 0 ||
      getsockname(listener, (struct sockaddr*)&address, &length) != 0)
    fail("listen");
  poller = epoll_create1(EPOLL_CLOEXEC);
  watch(listener);
  watch(STDIN_FILENO);
  struct epoll_event events[512];
  for (;;) {
    const int count = epoll_wait(poller, events, 512, -1);
    for (int index = 0; index < count; index++) {
      const int descriptor = events[index].data.fd;
      if (descriptor == listener)
        acceptAll();
      else if (descriptor == STDIN_FILENO) {
        if (!answer(ntohs(address.sin_port))) return 0;
      } else
        echo(descriptor);
    }
  }
}
