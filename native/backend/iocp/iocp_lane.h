// The completion port's lane.
#pragma once

#include <memory>
#include <string>

#include "backend/backend.h"

namespace rescind {

struct IocpResult {
  std::unique_ptr<Lane> lane;  // null when it cannot be used
  std::string reason;          // why not
};

// `waker` must live until the lane is closed.
[[nodiscard]] IocpResult makeIocpLane(Waker& waker);

}  // namespace rescind
