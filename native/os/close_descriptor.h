// Closing a descriptor of any kind.
#pragma once

namespace rescind {

// Whether closing it waits for nobody: a socket or a pipe does not, a file of a dead mount may.
[[nodiscard]] bool closesAtOnce(int descriptor) noexcept;

// 0 or a negated error number; the descriptor is gone either way.
int closeDescriptor(int descriptor) noexcept;

}  // namespace rescind
