// What is in flight by descriptor: whether a cancel by descriptor would end only what somebody asked to end.
//
// The kernel matches such a cancel by the open file. Operations of another descriptor that shares it (dup, one that was
// passed to us) would end too, and so would those of another handle whose descriptor has got the same number because
// somebody closed the first behind our back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rescind::uring {

class DescriptorUses {
 public:
  // The descriptor was opened for us: no other shares its file.
  void noteOpened(int descriptor) {
    if (isCounted(descriptor)) at(descriptor).ownsFile = true;
  }
  // Closed: who gets the number is not known yet.
  void noteClosed(int descriptor) noexcept {
    if (isCounted(descriptor) && known(descriptor)) uses_[static_cast<std::size_t>(descriptor)].ownsFile = false;
  }

  // An operation starts. Returns whether its open file may be another descriptor's too.
  [[nodiscard]] bool add(int descriptor) {
    bool mayShareFile = true;
    if (isCounted(descriptor)) {
      Use& use = at(descriptor);
      ++use.wanted;
      mayShareFile = !use.ownsFile;
    }
    if (mayShareFile) ++wantedOnShared_;
    return mayShareFile;
  }
  // Nobody wants the operation to go on any more: it was asked to end, or has ended.
  void remove(int descriptor, bool mayShareFile) noexcept {
    if (isCounted(descriptor)) --uses_[static_cast<std::size_t>(descriptor)].wanted;
    if (mayShareFile) --wantedOnShared_;
  }

  // Whether nothing that is still wanted can be on the descriptor's open file.
  [[nodiscard]] bool nothingWantedOn(int descriptor) const noexcept {
    if (wantedOnShared_ > 0 || !isCounted(descriptor) || !known(descriptor)) return false;
    const Use& use = uses_[static_cast<std::size_t>(descriptor)];
    return use.ownsFile && use.wanted == 0;
  }

 private:
  struct Use {
    std::uint32_t wanted = 0;
    bool ownsFile = false;
  };
  // Linux gives no higher numbers unless it is told to; a number out of nowhere must not cost its size in memory.
  static constexpr int most = 1 << 20;
  [[nodiscard]] static bool isCounted(int descriptor) noexcept { return descriptor >= 0 && descriptor < most; }

  [[nodiscard]] bool known(int descriptor) const noexcept {
    return static_cast<std::size_t>(descriptor) < uses_.size();
  }
  [[nodiscard]] Use& at(int descriptor) {
    if (!known(descriptor)) uses_.resize(static_cast<std::size_t>(descriptor) + 1);
    return uses_[static_cast<std::size_t>(descriptor)];
  }

  // By descriptor.
  std::vector<Use> uses_;
  std::size_t wantedOnShared_ = 0;
};

}  // namespace rescind::uring
