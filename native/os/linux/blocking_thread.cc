#include "os/blocking_thread.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace rescind::blocking {

namespace {

// A thread inherits the mask of the one that starts it. Faults stay deliverable, so that a crash is reported where it
// happens.
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

}  // namespace

std::thread startThread(const char* name, std::function<void()> body) {
  const SignalsBlocked blocked;
  return std::thread([name, body = std::move(body)] {
    pthread_setname_np(pthread_self(), name);
    body();
  });
}

// A signal would interrupt some calls, but not those that hang in a dead mount, and would need a handler of the
// process.
const bool canInterrupt = false;

struct BlockingThread::State {};
BlockingThread::BlockingThread() = default;
BlockingThread::~BlockingThread() = default;
void BlockingThread::interrupt() const noexcept {}

Uninterrupted::Uninterrupted() noexcept = default;
Uninterrupted::~Uninterrupted() = default;

}  // namespace rescind::blocking
