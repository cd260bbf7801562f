// Takes the place of two functions of libc in a test program: threads that cannot be started, and a
// resolver that hangs on the hosts of "hang.test" and "hang.too" until it is told to go on.
#pragma once

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <string_view>

namespace rescind::testing {

inline std::atomic<bool> threadsFail = false;

inline std::mutex resolverMutex;
inline std::condition_variable resolverGoesOn;
inline bool resolverHangs = true;
inline int resolversHung = 0;

inline void letResolversGo() {
  const std::lock_guard lock(resolverMutex);
  resolverHangs = false;
  resolverGoesOn.notify_all();
}

inline int hungResolvers() {
  const std::lock_guard lock(resolverMutex);
  return resolversHung;
}

}  // namespace rescind::testing

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                              void* argument) noexcept {
  using Real = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const Real real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "pthread_create"));
  return rescind::testing::threadsFail ? EAGAIN : real(thread, attributes, body, argument);
}

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** found) {
  using namespace rescind::testing;
  using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const Real real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string_view name = host == nullptr ? "" : host;
  if (name.ends_with("hang.test") || name.ends_with("hang.too")) {
    std::unique_lock lock(resolverMutex);
    resolversHung++;
    resolverGoesOn.wait(lock, [] { return !resolverHangs; });
    resolversHung--;
    return EAI_AGAIN;
  }
  return real(host, service, hints, found);
}
