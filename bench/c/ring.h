// io_uring by its system calls, as little of it as the peers need.
#pragma once

#include <errno.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "peer.h"

struct Ring {
  int descriptor;
  unsigned mask;
  unsigned* tail;
  unsigned localTail;
  unsigned submitted;
  struct io_uring_sqe* entries;
  unsigned completionMask;
  unsigned* completionHead;
  unsigned* completionTail;
  struct io_uring_cqe* completions;
};

// DEFER_TASKRUN is the fastest mode for a loop that does nothing but wait for its ring.
static void ringOpen(struct Ring* ring, unsigned entries) {
  struct io_uring_params params;
  memset(&params, 0, sizeof params);
  params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  ring->descriptor = (int)syscall(__NR_io_uring_setup, entries, &params);
  if (ring->descriptor < 0) fail("io_uring_setup");
  size_t length = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
  const size_t array = params.sq_off.array + params.sq_entries * sizeof(unsigned);
  if (array > length) length = array;
  char* shared =
      mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->descriptor, IORING_OFF_SQ_RING);
  ring->entries = mmap(NULL, params.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_POPULATE, ring->descriptor, IORING_OFF_SQES);
  if (shared == MAP_FAILED || ring->entries == MAP_FAILED) fail("mmap");
  ring->mask = params.sq_entries - 1;
  ring->tail = (unsigned*)(shared + params.sq_off.tail);
  ring->localTail = ring->submitted = *ring->tail;
  ring->completionMask = params.cq_entries - 1;
  ring->completionHead = (unsigned*)(shared + params.cq_off.head);
  ring->completionTail = (unsigned*)(shared + params.cq_off.tail);
  ring->completions = (struct io_uring_cqe*)(shared + params.cq_off.cqes);
  unsigned* indices = (unsigned*)(shared + params.sq_off.array);
  for (unsigned index = 0; index < params.sq_entries; index++) indices[index] = index;
}

// The caller never has more entries unsubmitted than the ring holds.
static inline struct io_uring_sqe* ringEntry(struct Ring* ring) {
  struct io_uring_sqe* entry = &ring->entries[ring->localTail++ & ring->mask];
  memset(entry, 0, sizeof *entry);
  return entry;
}

static inline void ringSubmitAndWait(struct Ring* ring, unsigned least) {
  __atomic_store_n(ring->tail, ring->localTail, __ATOMIC_RELEASE);
  const unsigned count = ring->localTail - ring->submitted;
  const long taken =
      syscall(__NR_io_uring_enter, ring->descriptor, count, least, IORING_ENTER_GETEVENTS, NULL, (size_t)0);
  if (taken < 0 && errno != EINTR) fail("io_uring_enter");
  if (taken > 0) ring->submitted += (unsigned)taken;
}
