// What native tests state their expectations with, and how they are counted.
#pragma once

#include <cstdio>

namespace rescind::testing {

inline int passed = 0;
inline int failed = 0;
inline bool good = true;

#define CHECK(condition)                                                          \
  do {                                                                            \
    if (!(condition)) {                                                           \
      ::rescind::testing::good = false;                                           \
      std::printf("  %s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
    }                                                                             \
  } while (false)

template <typename Left, typename Right>
void checkSame(const char* file, int line, const char* what, Left left, Right right) {
  if (static_cast<long long>(left) == static_cast<long long>(right)) return;
  good = false;
  std::printf("  %s:%d: %s: %lld, not %lld\n", file, line, what, static_cast<long long>(left),
              static_cast<long long>(right));
}
#define CHECK_SAME(left, right) ::rescind::testing::checkSame(__FILE__, __LINE__, #left, left, right)

template <typename Body>
void test(const char* name, Body body) {
  good = true;
  body();
  (good ? passed : failed)++;
  if (!good) std::printf("FAILED: %s\n", name);
}

inline int sumUp() {
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace rescind::testing
