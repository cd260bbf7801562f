#include "os/open_descriptors.h"

#include <system_error>
#include <thread>
#include <utility>

#include "os/close_descriptor.h"

namespace rescind {

void OpenDescriptors::noteSubmission(const Descriptor& descriptor) {
  if (descriptor.operation == Operation::handleClose) {
    remove(descriptor.handle);
  } else if (const Opening opening = opens(descriptor.operation); opening != Opening::nothing) {
    if (descriptor.slot >= opening_.size()) opening_.resize(descriptor.slot + 1, Opening::nothing);
    opening_[descriptor.slot] = opening;
    ++openingCount_;
  }
}

OpenDescriptors::Opening OpenDescriptors::takeOpening(const Completion& completion) {
  // That a deadline has passed is neither the end of an operation nor a descriptor.
  if ((completion.flags & (CompletionFlag::terminal | CompletionFlag::more)) == 0) return Opening::nothing;
  if (completion.slot >= opening_.size()) return Opening::nothing;
  const Opening opening = opening_[completion.slot];
  if (opening != Opening::nothing && (completion.flags & CompletionFlag::terminal) != 0) {
    opening_[completion.slot] = Opening::nothing;
    --openingCount_;
  }
  return opening;
}

// Closing a file of a dead mount or a terminal may hang: such are closed by a thread nobody waits for.
void OpenDescriptors::closeAll() {
  std::vector<int> files;
  for (const int descriptor : std::exchange(open_, {})) {
    if (closesAtOnce(descriptor))
      closeDescriptor(descriptor);
    else
      files.push_back(descriptor);
  }
  if (files.empty()) return;
  const auto closeFiles = [files] {
    for (const int descriptor : files) closeDescriptor(descriptor);
  };
  try {
    std::thread(closeFiles).detach();
  } catch (const std::system_error&) {
    closeFiles();
  }
}

}  // namespace rescind
