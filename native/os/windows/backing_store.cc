#include "os/backing_store.h"

#include <cstddef>

#include "os/windows/system.h"

namespace rescind {

namespace {

// std::shared_ptr<v8::BackingStore> v8::ArrayBuffer::GetBackingStore(), as Microsoft's compilers spell and call it:
// `this` comes first, then where the returned object goes.
constexpr const char* takeStoreName = "?GetBackingStore@ArrayBuffer@v8@@QEAA?AV?$shared_ptr@VBackingStore@v8@@@std@@XZ";
using TakeStore = void* (*)(void* buffer, void** shared);

// v8::ArrayBuffer::New(Isolate*, std::shared_ptr<BackingStore>). The library's namespace is `std` in Microsoft's
// library alone: another's is a name within it (libc++: std::__1), and has another layout.
constexpr const char* sameLibraryName =
    "?New@ArrayBuffer@v8@@SA?AV?$Local@VArrayBuffer@v8@@@2@PEAVIsolate@2@V?$shared_ptr@VBackingStore@v8@@@std@@@Z";

// What counts the owners in Microsoft's library (its header <memory>, _Ref_count_base, whose layout all versions since
// Visual Studio 2015 share, as they promise).
struct Counts;
struct CountFunctions {
  void (*destroy)(Counts* self);     // the object: its last owner is gone
  void (*deleteSelf)(Counts* self);  // these counts: nobody looks at them any more
};
struct Counts {
  const CountFunctions* functions;
  volatile long uses;
  volatile long lookers;  // weak owners, and one for all the others
};
static_assert(offsetof(Counts, uses) == 8 && offsetof(Counts, lookers) == 12);

// Of the program: whoever loads the addon, whatever its name.
FARPROC hostFunction(const char* name) noexcept { return ::GetProcAddress(::GetModuleHandleW(nullptr), name); }

TakeStore findTakeStore() noexcept {
  if (hostFunction(sameLibraryName) == nullptr) return nullptr;
  return reinterpret_cast<TakeStore>(reinterpret_cast<void (*)()>(hostFunction(takeStoreName)));
}

TakeStore takeStore() noexcept {
  static const TakeStore found = findTakeStore();
  return found;
}

}  // namespace

bool BackingStore::canBeShared() noexcept { return takeStore() != nullptr; }

BackingStore::BackingStore(void* arrayBuffer) { takeStore()(arrayBuffer, shared_); }

BackingStore::~BackingStore() {
  auto* const counts = static_cast<Counts*>(shared_[1]);
  if (counts == nullptr || ::InterlockedDecrement(&counts->uses) != 0) return;
  counts->functions->destroy(counts);
  if (::InterlockedDecrement(&counts->lookers) == 0) counts->functions->deleteSelf(counts);
}

}  // namespace rescind
