// Drives the completion port's lane from a test: one operation at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backend/iocp/iocp_lane.h"
#include "check.h"
#include "os/windows/system.h"

namespace rescind::testing {

// What is wanted of an operation.
struct Asked {
  Operation operation = Operation::noop;
  int handle = -1;
  std::span<char> memory = {};
  std::string bytes = {};
  // In place of the bytes of the memory.
  std::uint32_t length = 0;
};

class PortDriver {
 public:
  PortDriver() : lane_(makeIocpLane(waker_).lane) { CHECK(lane_ != nullptr); }
  PortDriver(const PortDriver&) = delete;
  PortDriver& operator=(const PortDriver&) = delete;
  ~PortDriver() { CHECK(lane_->close()); }

  void start(const Asked& asked) {
    const auto address = static_cast<double>(reinterpret_cast<std::uintptr_t>(asked.memory.data()));
    const Descriptor descriptor{
        .slot = 0,
        .generation = ++generation_,
        .operation = asked.operation,
        .handle = asked.handle,
        .length = asked.length != 0 ? asked.length : static_cast<std::uint32_t>(asked.memory.size()),
        .address = address,
        .bytesLength = static_cast<std::uint32_t>(asked.bytes.size()),
    };
    lane_->submit({{&descriptor, 1}, {}, reinterpret_cast<const std::byte*>(asked.bytes.data())});
  }

  // The completion of what was started last.
  Completion take() {
    std::vector<Completion> block(1);
    std::vector<std::byte> payload(256);
    for (int waitedMs = 0; waitedMs < 10'000; waitedMs++) {
      HeldPayloads held;
      CompletionWriter out(block, payload, held);
      static_cast<void>(lane_->reap(out));
      if (out.count() > 0) {
        CHECK_SAME(block[0].generation, generation_);
        return block[0];
      }
      ::Sleep(1);
    }
    CHECK(!"the operation ends");
    return {};
  }

  Completion run(const Asked& asked) {
    start(asked);
    return take();
  }

 private:
  // The tests look by themselves.
  class NoWaker final : public Waker {
    void wake() noexcept override {}
  };

  NoWaker waker_;
  std::unique_ptr<Lane> lane_;
  std::uint32_t generation_ = 0;
};

}  // namespace rescind::testing
