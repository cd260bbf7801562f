#include "os/backing_store.h"

#include <dlfcn.h>

#include <memory>
#include <new>

namespace rescind {

namespace {

using Store = std::shared_ptr<void>;
static_assert(sizeof(Store) == sizeof(BackingStore));

// v8::ArrayBuffer::GetBackingStore(), a member function that returns through memory: called like a free
// function that takes `this` first.
constexpr const char* takeStoreName = "_ZN2v811ArrayBuffer15GetBackingStoreEv";
using TakeStore = Store (*)(void* buffer);

// v8::ArrayBuffer::New(Isolate*, std::shared_ptr<BackingStore>): the name spells the C++ library the host was
// built with, and is there only when it is ours.
constexpr const char* sameLibraryName = "_ZN2v811ArrayBuffer3NewEPNS_7IsolateESt10shared_ptrINS_12BackingStoreEE";

TakeStore findTakeStore() noexcept {
  if (::dlsym(RTLD_DEFAULT, sameLibraryName) == nullptr) return nullptr;
  return reinterpret_cast<TakeStore>(::dlsym(RTLD_DEFAULT, takeStoreName));
}

TakeStore takeStore() noexcept {
  static const TakeStore found = findTakeStore();
  return found;
}

}  // namespace

bool BackingStore::canBeShared() noexcept { return takeStore() != nullptr; }

BackingStore::BackingStore(void* arrayBuffer) { new (shared_) Store(takeStore()(arrayBuffer)); }

BackingStore::~BackingStore() {
  if (shared_[1] != nullptr) std::launder(reinterpret_cast<Store*>(shared_))->~Store();
}

}  // namespace rescind
