// The descriptors operations of one environment have opened and not closed. What is left at its end is closed:
// a worker that is terminated keeps no port and no file.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

#include "wire/layout.h"

namespace rescind {

class OpenDescriptors {
 public:
  // Whether the operation opens or closes a descriptor; those must pass through noteSubmission().
  [[nodiscard]] static bool concerns(Operation operation) noexcept {
    return opens(operation) != Opening::nothing || operation == Operation::handleClose;
  }
  void noteSubmission(const Descriptor& descriptor);
  // `opened(descriptor)` hears of every new one, and adds it; `mayWait(descriptor)` tells of a file whether transfers
  // of it may wait in the call itself.
  template <typename Opened, typename MayWait>
  void noteCompletions(std::span<const Completion> completions, Opened opened, MayWait mayWait) {
    if (openingCount_ == 0) return;
    for (const Completion& completion : completions) {
      const Opening opening = takeOpening(completion);
      if (opening == Opening::nothing || completion.result < 0) continue;
      opened(completion.result);
      if (opening == Opening::file && mayWait(completion.result)) waiting_.insert(completion.result);
    }
  }

  // Whether any open file's transfers may wait, and whether this one's do.
  [[nodiscard]] bool someWait() const noexcept { return !waiting_.empty(); }
  [[nodiscard]] bool waits(int descriptor) const { return !waiting_.empty() && waiting_.contains(descriptor); }

  void add(int descriptor) { open_.insert(descriptor); }
  void remove(int descriptor) {
    open_.erase(descriptor);
    waiting_.erase(descriptor);
  }

  void closeAll();

 private:
  enum class Opening : std::uint8_t { nothing, file, other };
  [[nodiscard]] static Opening opens(Operation operation) noexcept {
    if (operation == Operation::fileOpen) return Opening::file;
    switch (operation) {
      case Operation::socketOpen:
      case Operation::socketAccept:
      case Operation::pipeConnect:
      case Operation::pipeListen:
      case Operation::directoryWatchOpen:
        return Opening::other;
      default:
        return Opening::nothing;
    }
  }
  [[nodiscard]] Opening takeOpening(const Completion& completion);

  std::unordered_set<int> open_;
  // Those of them whose transfers may wait.
  std::unordered_set<int> waiting_;
  // By slot: what the operation in it opens.
  std::vector<Opening> opening_;
  std::size_t openingCount_ = 0;
};

}  // namespace rescind
