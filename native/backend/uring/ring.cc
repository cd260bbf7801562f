#include "backend/uring/ring.h"

#include <poll.h>
#include <sys/mman.h>

#include <atomic>
#include <cstring>
#include <utility>

namespace rescind::uring {

namespace {

std::uint32_t loadAcquire(std::uint32_t* word) noexcept {
  return std::atomic_ref<std::uint32_t>(*word).load(std::memory_order_acquire);
}

void storeRelease(std::uint32_t* word, std::uint32_t value) noexcept {
  std::atomic_ref<std::uint32_t>(*word).store(value, std::memory_order_release);
}

}  // namespace

bool Mapping::map(int ring, std::size_t size, std::uint64_t offset) noexcept {
  void* memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, static_cast<off_t>(offset));
  if (memory == MAP_FAILED) return false;
  memory_ = memory;
  size_ = size;
  return true;
}

void Mapping::reset() noexcept {
  if (memory_ != nullptr) ::munmap(std::exchange(memory_, nullptr), size_);
}

int Ring::open(unsigned entries, unsigned completionEntries) noexcept {
  // Task work runs when this thread enters the kernel anyway, instead of interrupting it; the flag in the queue
  // says when there is some. Kernels before 5.19 and 6.0 know neither: the plain ring works the same, slower.
  const std::uint32_t base = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
  const std::uint32_t choices[] = {
      base | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
      base | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
      base,
  };
  int result = -EINVAL;
  for (const std::uint32_t flags : choices) {
    params_ = {};
    params_.flags = flags;
    params_.cq_entries = completionEntries < entries ? entries : completionEntries;
    result = setup(entries, params_);
    if (result != -EINVAL) break;
  }
  if (result < 0) return result;
  descriptor_ = UniqueFd(result);
  const int mapped = map();
  if (mapped < 0) {
    close();
    return mapped;
  }
  registerDescriptor();
  return 0;
}

int Ring::map() noexcept {
  std::size_t submissionSize = params_.sq_off.array + params_.sq_entries * sizeof(std::uint32_t);
  const std::size_t completionSize = params_.cq_off.cqes + params_.cq_entries * sizeof(io_uring_cqe);
  const bool single = (params_.features & IORING_FEAT_SINGLE_MMAP) != 0;
  if (single && completionSize > submissionSize) submissionSize = completionSize;
  if (!queues_.map(descriptor(), submissionSize, IORING_OFF_SQ_RING)) return -errno;
  if (!single && !completionQueue_.map(descriptor(), completionSize, IORING_OFF_CQ_RING)) return -errno;
  if (!submissionEntries_.map(descriptor(), params_.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES)) return -errno;

  const auto word = [](const Mapping& mapping, std::uint32_t offset) {
    return reinterpret_cast<std::uint32_t*>(mapping.at(offset));
  };
  submissionHead_ = word(queues_, params_.sq_off.head);
  submissionTail_ = word(queues_, params_.sq_off.tail);
  submissionFlags_ = word(queues_, params_.sq_off.flags);
  submissionMask_ = *word(queues_, params_.sq_off.ring_mask);
  sqes_ = reinterpret_cast<io_uring_sqe*>(submissionEntries_.at(0));
  const Mapping& completions = single ? queues_ : completionQueue_;
  completionHead_ = word(completions, params_.cq_off.head);
  completionTail_ = word(completions, params_.cq_off.tail);
  completionMask_ = *word(completions, params_.cq_off.ring_mask);
  cqes_ = reinterpret_cast<io_uring_cqe*>(completions.at(params_.cq_off.cqes));
  // Entry n of the indirection array always names entry n: it is written once.
  std::uint32_t* array = word(queues_, params_.sq_off.array);
  for (std::uint32_t index = 0; index < params_.sq_entries; ++index) array[index] = index;
  return 0;
}

// Saves the kernel a look-up of the descriptor per enter, which costs in a process with threads.
void Ring::registerDescriptor() noexcept {
  io_uring_rsrc_update update{};
  update.offset = ~0U;
  update.data = static_cast<std::uint64_t>(descriptor());
  if (registerWith(descriptor(), IORING_REGISTER_RING_FDS, &update, 1) == 1) {
    registeredIndex_ = static_cast<int>(update.offset);
  }
}

void Ring::giveUp() noexcept {
  if (registeredIndex_ >= 0) {
    // The registration holds the ring: without this it would outlive its descriptor.
    io_uring_rsrc_update update{};
    update.offset = static_cast<std::uint32_t>(std::exchange(registeredIndex_, -1));
    registerWith(descriptor(), IORING_UNREGISTER_RING_FDS, &update, 1);
  }
}

void Ring::close() noexcept {
  giveUp();
  submissionEntries_.reset();
  completionQueue_.reset();
  queues_.reset();
  descriptor_.reset();
}

std::uint32_t Ring::room() const noexcept { return params_.sq_entries - (tail_ - loadAcquire(submissionHead_)); }

io_uring_sqe& Ring::prepare() noexcept {
  io_uring_sqe& entry = sqes_[tail_++ & submissionMask_];
  std::memset(&entry, 0, sizeof(entry));
  return entry;
}

int Ring::enterKernel(std::uint32_t submit, std::uint32_t complete, std::uint32_t flags, const void* argument,
                      std::size_t size) noexcept {
  ++systemCalls_;
  if (registeredIndex_ >= 0) {
    return uring::enter(registeredIndex_, submit, complete, flags | IORING_ENTER_REGISTERED_RING, argument, size);
  }
  return uring::enter(descriptor(), submit, complete, flags, argument, size);
}

int Ring::enter() noexcept {
  storeRelease(submissionTail_, tail_);
  const int result = enterKernel(tail_ - submitted_, 0, IORING_ENTER_GETEVENTS, nullptr, 0);
  if (result > 0) submitted_ += static_cast<std::uint32_t>(result);
  return result;
}

int Ring::wait(std::uint32_t milliseconds) noexcept {
  storeRelease(submissionTail_, tail_);
  __kernel_timespec time{};
  time.tv_sec = milliseconds / 1000;
  time.tv_nsec = static_cast<long long>(milliseconds % 1000) * 1000000;
  io_uring_getevents_arg argument{};
  argument.ts = reinterpret_cast<std::uint64_t>(&time);
  const int result =
      enterKernel(tail_ - submitted_, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &argument, sizeof(argument));
  if (result > 0) submitted_ += static_cast<std::uint32_t>(result);
  return result;
}

const io_uring_cqe* Ring::peek() const noexcept {
  const std::uint32_t head = *completionHead_;
  if (head == loadAcquire(completionTail_)) return nullptr;
  return &cqes_[head & completionMask_];
}

void Ring::consume() noexcept { storeRelease(completionHead_, *completionHead_ + 1); }

void Ring::waitForReadable(int milliseconds) const noexcept {
  pollfd readable{descriptor(), POLLIN, 0};
  ::poll(&readable, 1, milliseconds);
}

bool Ring::kernelHoldsMore() const noexcept {
  return (loadAcquire(submissionFlags_) & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) != 0;
}

}  // namespace rescind::uring
