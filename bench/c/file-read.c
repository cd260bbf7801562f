// 4 KiB reads at random positions of a file, a fixed number of them in flight, over io_uring.
// Usage: file-read <path> cached|direct
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>

#include "ring.h"

enum { block = 4096, most = 256 };

static struct Ring ring;
static int file;
static char* memory;
static uint64_t blocks;
static uint64_t position;

static void prepareRead(unsigned buffer) {
  struct io_uring_sqe* entry = ringEntry(&ring);
  entry->opcode = IORING_OP_READ;
  entry->fd = file;
  entry->addr = (uint64_t)(uintptr_t)(memory + (size_t)buffer * block);
  entry->len = block;
  // The same walk over the file as ../harness/files.ts: a prime stride.
  position = (position + 7919) & (blocks - 1);
  entry->off = position * block;
  entry->user_data = buffer;
}

static void measure(unsigned inFlight, double seconds) {
  const double begin = nowSeconds();
  const double cpu = cpuMicroseconds();
  uint64_t operations = 0;
  unsigned flying = inFlight;
  int running = 1;
  for (unsigned buffer = 0; buffer < inFlight; buffer++) prepareRead(buffer);
  while (flying > 0) {
    ringSubmitAndWait(&ring, 1);
    unsigned head = *ring.completionHead;
    const unsigned tail = __atomic_load_n(ring.completionTail, __ATOMIC_ACQUIRE);
    for (; head != tail; head++) {
      const struct io_uring_cqe* completion = &ring.completions[head & ring.completionMask];
      if (completion->res != block) {
        fprintf(stderr, "read: %d\n", completion->res);
        exit(1);
      }
      if ((++operations & 63) == 0 && nowSeconds() - begin >= seconds) running = 0;
      if (running)
        prepareRead((unsigned)completion->user_data);
      else
        flying--;
    }
    __atomic_store_n(ring.completionHead, head, __ATOMIC_RELEASE);
  }
  answerRate(operations, nowSeconds() - begin, cpuMicroseconds() - cpu);
}

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const int direct = strcmp(arguments[2], "direct") == 0;
  file = open(arguments[1], O_RDONLY | O_CLOEXEC | (direct ? O_DIRECT : 0));
  if (file < 0) fail(arguments[1]);
  struct stat status;
  fstat(file, &status);
  blocks = (uint64_t)status.st_size / block;
  if (posix_memalign((void**)&memory, block, (size_t)most * block) != 0) return 1;
  ringOpen(&ring, most);
  char line[128];
  while (fgets(line, sizeof line, stdin) != NULL) {
    unsigned inFlight = 0;
    double seconds = 0;
    if (sscanf(line, "measure %u %lf", &inFlight, &seconds) == 2 && inFlight > 0 && inFlight <= most)
      measure(inFlight, seconds);
    else if (strncmp(line, "usage", 5) == 0)
      answerUsage();
    else
      return 2;
  }
  return 0;
}
