// Shares the ownership of an ArrayBuffer's memory with the engine.
//
// The engine hands it out through one exported function, as a std::shared_ptr of the C++ library the host was built
// with. Hosts built with another library than expected (Electron's) have another layout of that, and there nothing
// can be shared.
#pragma once

#include <utility>

namespace rescind {

class BackingStore {
 public:
  // Whether this host hands out the owners of memory. Asked for each time: the host's symbols do not change.
  [[nodiscard]] static bool canBeShared() noexcept;

  // Of a napi_value that is an ArrayBuffer. Only where canBeShared().
  explicit BackingStore(void* arrayBuffer);
  BackingStore(BackingStore&& other) noexcept
      : shared_{std::exchange(other.shared_[0], nullptr), std::exchange(other.shared_[1], nullptr)} {}
  BackingStore& operator=(BackingStore&&) = delete;
  BackingStore(const BackingStore&) = delete;
  BackingStore& operator=(const BackingStore&) = delete;
  ~BackingStore();

 private:
  // The two pointers of a std::shared_ptr: what it points at, and who counts the owners.
  void* shared_[2] = {};
};

}  // namespace rescind
