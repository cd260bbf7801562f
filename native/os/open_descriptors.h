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
    return opens(operation) || operation == Operation::handleClose;
  }
  void noteSubmission(const Descriptor& descriptor);
  void noteCompletions(std::span<const Completion> completions);

  void add(int descriptor) { open_.insert(descriptor); }
  void remove(int descriptor) { open_.erase(descriptor); }

  void closeAll();

 private:
  [[nodiscard]] static bool opens(Operation operation) noexcept {
    return operation == Operation::fileOpen || operation == Operation::socketOpen ||
           operation == Operation::socketAccept;
  }

  std::unordered_set<int> open_;
  // By slot: whether the operation in it opens descriptors.
  std::vector<bool> opening_;
  std::size_t openingCount_ = 0;
};

}  // namespace rescind
