#include "napi/pins.h"

#include <dlfcn.h>

#include <cerrno>

#include "backend/route/router.h"

namespace rescind {

namespace {

// v8::ArrayBuffer::GetBackingStore(), a member function that returns through memory: called like a free
// function that takes `this` first.
constexpr const char* takeStoreName = "_ZN2v811ArrayBuffer15GetBackingStoreEv";

// v8::ArrayBuffer::New(Isolate*, std::shared_ptr<BackingStore>): the name spells the C++ library the host was
// built with, and is there only when it is ours.
constexpr const char* sameLibraryName = "_ZN2v811ArrayBuffer3NewEPNS_7IsolateESt10shared_ptrINS_12BackingStoreEE";

}  // namespace

Pins::Pins() {
  if (::dlsym(RTLD_DEFAULT, sameLibraryName) == nullptr) return;
  takeStore_ = reinterpret_cast<TakeStore>(::dlsym(RTLD_DEFAULT, takeStoreName));
}

double Pins::pin(napi_env env, napi_value buffer, napi_value view) {
  void* data = nullptr;
  std::size_t length = 0;
  if (napi_get_typedarray_info(env, view, nullptr, &length, &data, nullptr, nullptr) != napi_ok) return 0;
  bool isArrayBuffer = false;
  napi_is_arraybuffer(env, buffer, &isArrayBuffer);
  // A SharedArrayBuffer cannot be transferred away: whoever holds the object holds the memory.
  if (isArrayBuffer && takeStore_ != nullptr) {
    auto* pin = new Pin{takeStore_(buffer), policy_, -1};
    if (napi_add_finalizer(env, buffer, pin, release, nullptr, nullptr) != napi_ok) delete pin;
  }
  return static_cast<double>(reinterpret_cast<std::uintptr_t>(data));
}

int Pins::enlist(napi_env env, napi_value buffer, Router& router) {
  void* data = nullptr;
  std::size_t length = 0;
  // Without the store the memory could go while it is still registered, and its address be another's.
  if (takeStore_ == nullptr || napi_get_arraybuffer_info(env, buffer, &data, &length) != napi_ok) return -ENOTSUP;
  const int registration = router.registerMemory(data, length);
  if (registration < 0) return registration;
  policy_->router = &router;
  auto* pin = new Pin{takeStore_(buffer), policy_, registration};
  if (napi_add_finalizer(env, buffer, pin, release, nullptr, nullptr) != napi_ok) {
    release(env, pin, nullptr);
    return -ENOMEM;
  }
  return 0;
}

void Pins::keepForEver() noexcept { policy_->keep = true; }

void Pins::release(napi_env, void* data, void*) {
  auto* pin = static_cast<Pin*>(data);
  if (pin->policy->keep) return;
  if (pin->registration >= 0 && pin->policy->router != nullptr)
    pin->policy->router->unregisterMemory(pin->registration);
  delete pin;
}

}  // namespace rescind
