// Runs a task on the thread that calls it.
#pragma once

#include "backend/pool/task.h"

namespace rescind {

// Fills in the result, the payload and whether a cancelled task left traces.
void run(Task& task) noexcept;

// Closes the descriptor a finished task made, when nobody takes its result any more.
void discard(const Task& task) noexcept;

}  // namespace rescind
