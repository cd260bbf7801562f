#include "backend/uring/registered_files.h"

namespace rescind::uring {

namespace {

int update(const Ring& ring, std::int32_t index, std::int32_t descriptor) noexcept {
  io_uring_rsrc_update change{};
  change.offset = static_cast<std::uint32_t>(index);
  change.data = reinterpret_cast<std::uint64_t>(&descriptor);
  return registerWith(ring.descriptor(), IORING_REGISTER_FILES_UPDATE, &change, 1);
}

}  // namespace

bool RegisteredFiles::possible(const Ring& ring) noexcept { return (ring.features() & featReadWriteAttributes) != 0; }

void RegisteredFiles::open(std::uint32_t first, std::uint32_t count) {
  available_ = count > 0;
  for (std::uint32_t index = count; index > 0; --index) free_.push_back(static_cast<std::int32_t>(first + index - 1));
}

bool RegisteredFiles::isTransfer(std::uint8_t opcode) noexcept {
  switch (opcode) {
    case IORING_OP_READ:
    case IORING_OP_WRITE:
    case IORING_OP_READ_FIXED:
    case IORING_OP_WRITE_FIXED:
    case IORING_OP_READV:
    case IORING_OP_WRITEV:
    case IORING_OP_RECV:
    case IORING_OP_SEND:
    case IORING_OP_SEND_ZC:
    case IORING_OP_RECVMSG:
    case IORING_OP_SENDMSG:
      return true;
    default:
      return false;
  }
}

bool RegisteredFiles::add(const Ring& ring, int descriptor, Use& known) {
  known.index = refused;
  if (free_.empty() || update(ring, free_.back(), descriptor) < 1) return false;
  known.index = free_.back();
  free_.pop_back();
  return true;
}

void RegisteredFiles::forget(const Ring& ring, int descriptor) noexcept {
  const auto place = static_cast<std::size_t>(descriptor);
  if (place >= uses_.size()) return;
  Use& known = uses_[place];
  if (known.index >= 0) {
    update(ring, known.index, -1);
    free_.push_back(known.index);
  }
  known = {};
}

void RegisteredFiles::forgetAll(const Ring& ring) noexcept {
  for (std::size_t descriptor = 0; descriptor < uses_.size(); ++descriptor) {
    forget(ring, static_cast<int>(descriptor));
  }
}

}  // namespace rescind::uring
