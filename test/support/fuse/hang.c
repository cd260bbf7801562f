// A FUSE file system whose files do not answer, for tests. It speaks the protocol of <linux/fuse.h> on
// /dev/fuse itself, so that it needs no library.
//
//   hang <mount point>
//
// Files are found by name; what stands behind the last '-' of a name with a number tells files apart:
//
//   ok, ok-N                 answers at once
//   slow, slow-N             answers a read after 20 ms
//   hang-open, hang-open-N   an open is held
//   hang-read, hang-read-N   a read is held
//   direct-read, direct-read-N   the same, opened for direct I/O
//
// Making a directory, whatever its name, is held; removing one is not.
//
// Commands on stdin, one a line: `release` answers what is held, `error E` answers it with errno E, `quit`.
// Events on stdout: `ready`, `held N` whenever the number of held requests has changed, and `made N` and
// `removed N` whenever that of directories made or removed has.
//
// It goes away, and the mount with it, when stdin ends, the parent dies, a signal comes, a request has been held
// for half a minute or five minutes have passed: a held request is a task in uninterruptible sleep, which not
// even SIGKILL ends, and none may outlive the test.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  fileSize = 1 << 20,
  mostHeld = 4096,
  slowMs = 20,
  mostHeldMs = 30000,
  requestBytes = 1 << 18,
  lifeSeconds = 300
};

enum Behaviour { behaveOk = 1, behaveSlow, behaveHangOpen, behaveHangRead, behaveDirectRead, behaviours, directory };
static const char* const names[behaviours] = {"", "ok", "slow", "hang-open", "hang-read", "direct-read"};

struct Held {
  uint64_t unique;
  uint32_t opcode;
  uint64_t node;
  uint64_t offset;
  uint32_t size;
  int64_t dueMs;  // 0: until told
  int64_t sinceMs;
};

static int device = -1;
static struct Held held[mostHeld];
static size_t heldCount;
static volatile sig_atomic_t stopped;

static void stop(int signal) {
  (void)signal;
  stopped = 1;
}

static int64_t nowMs(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// A node is its behaviour and its number; the root is node 1.
static uint64_t nodeOf(uint64_t behaviour, uint64_t number) { return behaviour << 32 | (number + 2); }
static uint64_t behaviourOf(uint64_t node) { return node >> 32; }

static uint64_t find(const char* name) {
  for (uint64_t behaviour = 1; behaviour < behaviours; behaviour++) {
    const size_t length = strlen(names[behaviour]);
    if (strncmp(name, names[behaviour], length) != 0) continue;
    if (name[length] == 0) return nodeOf(behaviour, 0);
    if (name[length] == '-' && name[length + 1] >= '0' && name[length + 1] <= '9') {
      return nodeOf(behaviour, strtoul(name + length + 1, NULL, 10) + 1);
    }
  }
  return 0;
}

static void answer(uint64_t unique, int error, const void* body, size_t size) {
  static char message[sizeof(struct fuse_out_header) + fileSize];
  struct fuse_out_header header = {.len = sizeof header + (error ? 0 : size), .error = -error, .unique = unique};
  memcpy(message, &header, sizeof header);
  if (!error && size > 0) memcpy(message + sizeof header, body, size);
  // A request that was given up meanwhile is answered with ENOENT by the kernel: fine.
  if (write(device, message, header.len) < 0 && errno == ENODEV) stopped = 1;
}

static struct fuse_attr attributes(uint64_t node) {
  const bool isDirectory = node == FUSE_ROOT_ID || behaviourOf(node) == directory;
  return (struct fuse_attr){
      .ino = node,
      .size = isDirectory ? 0 : fileSize,
      .blocks = isDirectory ? 0 : fileSize / 512,
      .mode = isDirectory ? S_IFDIR | 0755 : S_IFREG | 0644,
      .nlink = 1,
      .blksize = 4096,
  };
}

static void answerRead(const struct Held* read) {
  static unsigned char bytes[fileSize];
  const uint64_t left = read->offset < fileSize ? fileSize - read->offset : 0;
  const uint64_t size = read->size < left ? read->size : left;
  // Byte n of every file is n modulo 251.
  for (uint64_t at = 0; at < size; at++) bytes[at] = (unsigned char)((read->offset + at) % 251);
  answer(read->unique, 0, bytes, size);
}

static void answerOpen(uint64_t unique, uint64_t node) {
  const bool direct = behaviourOf(node) == behaveDirectRead;
  struct fuse_open_out out = {.fh = node, .open_flags = direct ? FOPEN_DIRECT_IO : 0};
  answer(unique, 0, &out, sizeof out);
}

static void answerEntry(uint64_t unique, uint64_t node) {
  const struct fuse_entry_out out = {
      .nodeid = node, .generation = 1, .entry_valid = 3600, .attr_valid = 3600, .attr = attributes(node)};
  answer(unique, node == 0 ? ENOENT : 0, &out, sizeof out);
}

static void answerMakeDirectory(uint64_t unique) {
  static uint64_t made;
  printf("made %lu\n", (unsigned long)++made);
  answerEntry(unique, nodeOf(directory, made));
}

static void answerRemoveDirectory(uint64_t unique) {
  static uint64_t removed;
  printf("removed %lu\n", (unsigned long)++removed);
  answer(unique, 0, NULL, 0);
}

static void settle(const struct Held* request, int error) {
  if (error)
    answer(request->unique, error, NULL, 0);
  else if (request->opcode == FUSE_MKDIR)
    answerMakeDirectory(request->unique);
  else if (request->opcode == FUSE_READ)
    answerRead(request);
  else
    answerOpen(request->unique, request->node);
}

static void hold(struct Held request) {
  if (heldCount == mostHeld) {
    answer(request.unique, ENOMEM, NULL, 0);
    return;
  }
  request.sinceMs = nowMs();
  held[heldCount++] = request;
  printf("held %zu\n", heldCount);
}

// Answers what is due; with `all`, everything.
static void settleHeld(bool all, int error) {
  const int64_t now = nowMs();
  size_t kept = 0;
  for (size_t at = 0; at < heldCount; at++) {
    const struct Held request = held[at];
    if (all || (request.dueMs != 0 && request.dueMs <= now))
      settle(&request, error);
    else
      held[kept++] = request;
  }
  if (kept == heldCount) return;
  heldCount = kept;
  printf("held %zu\n", heldCount);
}

static void answerInit(uint64_t unique, const struct fuse_init_in* in) {
  const struct fuse_init_out out = {
      .major = FUSE_KERNEL_VERSION,
      .minor = FUSE_KERNEL_MINOR_VERSION,
      .max_readahead = 0,
      // Reads of one file do not wait for each other.
      .flags = in->flags & (FUSE_ASYNC_READ | FUSE_PARALLEL_DIROPS),
      .max_background = 1024,
      .congestion_threshold = 1024,
      .max_write = 1 << 17,
      .time_gran = 1,
  };
  answer(unique, 0, &out, sizeof out);
}

static void serve(const char* message) {
  const struct fuse_in_header* header = (const struct fuse_in_header*)message;
  const void* body = message + sizeof *header;
  const uint64_t node = header->nodeid;
  struct Held request = {.unique = header->unique, .opcode = header->opcode, .node = node};
  switch (header->opcode) {
    case FUSE_INIT:
      answerInit(header->unique, body);
      return;
    case FUSE_LOOKUP:
      answerEntry(header->unique, find(body));
      return;
    case FUSE_GETATTR: {
      const struct fuse_attr_out out = {.attr_valid = 3600, .attr = attributes(node)};
      answer(header->unique, 0, &out, sizeof out);
      return;
    }
    case FUSE_OPEN:
      if (behaviourOf(node) == behaveHangOpen)
        hold(request);
      else
        answerOpen(header->unique, node);
      return;
    case FUSE_READ: {
      const struct fuse_read_in* read = body;
      const uint64_t behaviour = behaviourOf(node);
      request.offset = read->offset;
      request.size = read->size;
      if (behaviour == behaveSlow) request.dueMs = nowMs() + slowMs;
      if (behaviour == behaveOk || behaviour == behaveHangOpen)
        answerRead(&request);
      else
        hold(request);
      return;
    }
    case FUSE_MKDIR:
      hold(request);
      return;
    case FUSE_RMDIR:
      answerRemoveDirectory(header->unique);
      return;
    case FUSE_OPENDIR:
      answerOpen(header->unique, node);
      return;
    case FUSE_READDIR:
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
    case FUSE_FLUSH:
    case FUSE_FSYNC:
    case FUSE_ACCESS:
      answer(header->unique, 0, NULL, 0);
      return;
    // A hung server does not hear that somebody gave up; these have no answer.
    case FUSE_INTERRUPT:
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
      return;
    default:
      answer(header->unique, ENOSYS, NULL, 0);
  }
}

// What a normal user needs: fusermount3 mounts and hands the descriptor back over a socket.
static int mountWithHelper(const char* place) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return -1;
  const pid_t child = fork();
  if (child == 0) {
    char number[16];
    snprintf(number, sizeof number, "%d", ends[0]);
    setenv("_FUSE_COMMFD", number, 1);
    close(ends[1]);
    execlp("fusermount3", "fusermount3", "-o", "nosuid,nodev,fsname=rescind-hang", "--", place, (char*)NULL);
    _exit(127);
  }
  close(ends[0]);
  char byte;
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec vector = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  const ssize_t got = recvmsg(ends[1], &message, 0);
  close(ends[1]);
  waitpid(child, NULL, 0);
  const struct cmsghdr* first = CMSG_FIRSTHDR(&message);
  if (got <= 0 || first == NULL || first->cmsg_type != SCM_RIGHTS) return -1;
  int descriptor;
  memcpy(&descriptor, CMSG_DATA(first), sizeof descriptor);
  return descriptor;
}

static int mountAt(const char* place) {
  if (geteuid() != 0) return mountWithHelper(place);
  const int descriptor = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return -1;
  char options[96];
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", descriptor);
  if (mount("rescind-hang", place, "fuse", MS_NOSUID | MS_NODEV, options) == 0) return descriptor;
  close(descriptor);
  return -1;
}

static void unmount(const char* place) {
  if (geteuid() == 0) {
    umount2(place, MNT_DETACH);
    return;
  }
  if (fork() == 0) {
    execlp("fusermount3", "fusermount3", "-u", "-z", "--", place, (char*)NULL);
    _exit(127);
  }
  wait(NULL);
}

static void command(const char* line) {
  if (strncmp(line, "release", 7) == 0)
    settleHeld(true, 0);
  else if (strncmp(line, "error ", 6) == 0)
    settleHeld(true, atoi(line + 6));
  else if (strncmp(line, "quit", 4) == 0)
    stopped = 1;
}

static int nextDueMs(void) {
  int64_t next = -1;
  for (size_t at = 0; at < heldCount; at++) {
    const int64_t due = held[at].dueMs != 0 ? held[at].dueMs : held[at].sinceMs + mostHeldMs;
    if (next < 0 || due < next) next = due;
  }
  if (next < 0) return -1;
  const int64_t left = next - nowMs();
  return left < 0 ? 0 : (int)left;
}

static void run(void) {
  static char message[requestBytes];
  char line[128];
  struct pollfd polled[2] = {{.fd = device, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
  while (!stopped) {
    if (poll(polled, 2, nextDueMs()) < 0) continue;
    settleHeld(false, 0);
    if (heldCount > 0 && nowMs() - held[0].sinceMs >= mostHeldMs) return;
    if (polled[0].revents != 0) {
      const ssize_t size = read(device, message, sizeof message);
      if (size < 0 && errno == ENODEV) return;
      if (size > 0) serve(message);
    }
    if (polled[1].revents != 0) {
      const ssize_t size = read(STDIN_FILENO, line, sizeof line - 1);
      if (size <= 0) return;
      line[size] = 0;
      command(line);
    }
  }
}

int main(int count, char** arguments) {
  if (count != 2) return 64;
  setvbuf(stdout, NULL, _IOLBF, 0);
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGALRM, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  alarm(lifeSeconds);
  device = mountAt(arguments[1]);
  if (device < 0) {
    printf("refused %s\n", strerror(errno));
    return 1;
  }
  printf("ready\n");
  run();
  // Closing the device aborts the connection: every held request fails with ENOTCONN, and nobody sleeps on.
  close(device);
  unmount(arguments[1]);
  return 0;
}
