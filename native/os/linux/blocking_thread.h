// What a thread that makes blocking calls needs from the system besides std::thread.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace rescind::blocking {

// A thread inherits the mask of the one that starts it. Signals belong to the threads of Node: one that
// arrived here would run a handler of somebody else's, or interrupt a call half-way. Faults stay
// deliverable, so that a crash is reported where it happens.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) sigdelset(&blocked, fault);
    pthread_sigmask(SIG_SETMASK, &blocked, &previous_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

 private:
  sigset_t previous_;
};

// At most 15 characters; seen in top and in a debugger.
inline void nameThisThread(const char* name) noexcept { pthread_setname_np(pthread_self(), name); }

}  // namespace rescind::blocking
