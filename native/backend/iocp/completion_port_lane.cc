// Opening and closing.

#include "backend/iocp/completion_port_lane.h"

#include <versionhelpers.h>

#include <chrono>
#include <system_error>
#include <thread>

#include "backend/iocp/iocp_lane.h"
#include "os/close_descriptor.h"

namespace rescind {

namespace iocp {

namespace {

using Clock = std::chrono::steady_clock;

// How long close() waits for the system. What takes longer (a read of a dead share) is left to it.
constexpr std::chrono::milliseconds closePatience{300};
// Between two looks at what has arrived, with another request to end for all that has not.
constexpr std::chrono::milliseconds closeInterval{10};

}  // namespace

std::string CompletionPortLane::open(Waker& waker) {
  const DWORD error = port_.open(waker);
  return error == 0 ? std::string() : "no completion port: system error " + std::to_string(error);
}

std::vector<std::string> CompletionPortLane::features() const {
  std::vector<std::string> words{"completion-port"};
  // Other versions run two TransmitFile at a time, on all of the system, and queue the others behind them for as long
  // as their peers read nothing (Microsoft, "TransmitFile function"; golang/go#73746).
  if (::IsWindowsServer()) words.emplace_back("transmit-file");
  return words;
}

bool CompletionPortLane::close() noexcept {
  closing_ = true;
  port_.silence();
  const Clock::time_point giveUpAt = Clock::now() + closePatience;
  cancelEverything();
  while (inKernel_ > 0 && Clock::now() < giveUpAt) {
    port_.takeOrWait(arrived_, closeInterval);
    handleArrived();
    cancelEverything();
  }
  discardReady();
  handles_.clear();
  return inKernel_ == 0;
}

// Nobody is told of what has ended: what it opened is closed.
void CompletionPortLane::discardReady() noexcept {
  for (const Ready& ready : ready_) {
    if (ready.opened && ready.outcome.result >= 0) closeDescriptor(ready.outcome.result);
  }
  ready_.clear();
}

// A thread of its own waits for what has not come back, and keeps the memory it was lent until then.
void CompletionPortLane::leaveToKernel() noexcept {
  try {
    std::thread([this] {
      while (inKernel_ > 0) {
        port_.takeOrWait(arrived_, std::chrono::seconds(1));
        handleArrived();
        discardReady();
      }
      delete this;
    }).detach();
  } catch (const std::system_error&) {
    // Without a thread it stays for ever.
  }
}

}  // namespace iocp

IocpResult makeIocpLane(Waker& waker) {
  auto lane = std::make_unique<iocp::CompletionPortLane>();
  std::string reason = lane->open(waker);
  if (!reason.empty()) return {nullptr, std::move(reason)};
  return {std::move(lane), {}};
}

}  // namespace rescind
