// The line protocol every peer speaks with the harness, see ../harness/child.ts for the other side.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static inline double nowSeconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// User and system time of this process, kernel worker threads included.
static inline double cpuMicroseconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static inline void answerUsage(void) {
  printf("{\"cpuMicroseconds\":%.0f}\n", cpuMicroseconds());
  fflush(stdout);
}

static inline void answerRate(uint64_t operations, double seconds, double cpu) {
  printf("{\"value\":%.1f,\"cpuMicroseconds\":%.4f}\n", (double)operations / seconds, cpu / (double)operations);
  fflush(stdout);
}

static inline void fail(const char* what) {
  perror(what);
  exit(1);
}
