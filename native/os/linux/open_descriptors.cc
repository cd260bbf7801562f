#include "os/open_descriptors.h"

#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <thread>
#include <utility>

namespace rescind {

void OpenDescriptors::noteSubmission(const Descriptor& descriptor) {
  if (descriptor.operation == Operation::handleClose) {
    remove(descriptor.handle);
  } else if (opens(descriptor.operation)) {
    if (descriptor.slot >= opening_.size()) opening_.resize(descriptor.slot + 1);
    opening_[descriptor.slot] = true;
    ++openingCount_;
  }
}

void OpenDescriptors::noteCompletions(std::span<const Completion> completions) {
  if (openingCount_ == 0) return;
  for (const Completion& completion : completions) {
    // That a deadline has passed is neither the end of an operation nor a descriptor.
    if ((completion.flags & (CompletionFlag::terminal | CompletionFlag::more)) == 0) continue;
    if (completion.slot >= opening_.size() || !opening_[completion.slot]) continue;
    if (completion.result >= 0) open_.insert(completion.result);
    if ((completion.flags & CompletionFlag::terminal) == 0) continue;
    opening_[completion.slot] = false;
    --openingCount_;
  }
}

namespace {

// Sockets, pipes and what has no type of its own (inotify) close at once: a port is free when closeAll() returns.
bool closesAtOnce(int descriptor) noexcept {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) return true;
  return S_ISSOCK(status.st_mode) || S_ISFIFO(status.st_mode) || (status.st_mode & S_IFMT) == 0;
}

}  // namespace

// Closing a file of a dead mount or a terminal may hang: such are closed by a thread nobody waits for.
void OpenDescriptors::closeAll() {
  std::vector<int> files;
  for (const int descriptor : std::exchange(open_, {})) {
    if (closesAtOnce(descriptor)) ::close(descriptor);
    else files.push_back(descriptor);
  }
  if (files.empty()) return;
  const auto closeFiles = [files] {
    for (const int descriptor : files) ::close(descriptor);
  };
  try {
    std::thread(closeFiles).detach();
  } catch (const std::system_error&) {
    closeFiles();
  }
}

}  // namespace rescind
