// Keeps the memory behind a JavaScript buffer alive while its buffer object is.
//
// A reference to the buffer object is not enough: its memory can be transferred to another object, which may
// be collected while the kernel still writes. So the memory's own owner, the backing store, is held too; where a host
// does not hand that out (see os/backing_store.h) only the reference is held, as Node itself does.
#pragma once

#include <node_api.h>

#include <memory>

#include "os/backing_store.h"

namespace rescind {

class Router;

class Pins {
 public:
  // Address of the buffer's first byte. `view` is a Uint8Array over the whole buffer.
  [[nodiscard]] double pin(napi_env env, napi_value buffer, napi_value view);

  // Registers the buffer's memory with the lanes until the buffer is collected. Returns 0 or a negated errno.
  [[nodiscard]] int enlist(napi_env env, napi_value buffer, Router& router);

  // The lanes are gone: nothing is left to take registrations back from.
  void forgetRouter() noexcept { policy_->router = nullptr; }

  // Something the kernel was lent could not be taken back: nothing pinned is freed any more.
  void keepForEver() noexcept;

  [[nodiscard]] static bool holdsBackingStores() noexcept { return BackingStore::canBeShared(); }

 private:
  struct Policy {
    bool keep = false;
    Router* router = nullptr;
  };
  struct Pin {
    BackingStore store;
    std::shared_ptr<Policy> policy;
    int registration = -1;
  };

  static void release(napi_env env, void* data, void* hint);

  std::shared_ptr<Policy> policy_ = std::make_shared<Policy>();
};

}  // namespace rescind
