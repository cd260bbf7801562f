// From a descriptor to a submission entry: one function per operation behind one switch.
#pragma once

#include <span>

#include "backend/uring/buffer_ring.h"
#include "backend/uring/pending.h"
#include "wire/layout.h"

namespace rescind::uring {

// Fills the entry, but for user_data and the deadline link, and takes what the operation borrows into
// `pending.borrowed`. Returns 0, or a negated errno for a descriptor that cannot be submitted.
[[nodiscard]] int prepare(const Descriptor& descriptor, std::span<const std::byte> bytes, PendingTable& table,
                          Pending& pending, io_uring_sqe& entry);

// Whether a linked timeout works for the operation. The kernel never arms one behind an entry that goes straight to
// a worker (seen on Linux 6.18), as opens, status, syncs and all that work on paths do; it covers one entry of a
// chain only.
[[nodiscard]] bool kernelKeepsDeadline(const Descriptor& descriptor) noexcept;

// A receive without memory of the caller's: into the kernel's choice of the ring's buffers, or, where there are
// none, into memory of the operation's own.
void prepareLaneReceive(bool fromRing, bool multishot, PendingTable& table, Pending& pending, io_uring_sqe& entry);

}  // namespace rescind::uring
