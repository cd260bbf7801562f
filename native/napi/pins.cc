#include "napi/pins.h"

#include "backend/route/router.h"
#include "os/error_numbers.h"

namespace rescind {

double Pins::pin(napi_env env, napi_value buffer, napi_value view) {
  void* data = nullptr;
  std::size_t length = 0;
  if (napi_get_typedarray_info(env, view, nullptr, &length, &data, nullptr, nullptr) != napi_ok) return 0;
  bool isArrayBuffer = false;
  napi_is_arraybuffer(env, buffer, &isArrayBuffer);
  // A SharedArrayBuffer cannot be transferred away: whoever holds the object holds the memory.
  if (isArrayBuffer && holdsBackingStores()) {
    auto* pin = new Pin{BackingStore(buffer), policy_, -1};
    if (napi_add_finalizer(env, buffer, pin, release, nullptr, nullptr) != napi_ok) delete pin;
  }
  return static_cast<double>(reinterpret_cast<std::uintptr_t>(data));
}

int Pins::enlist(napi_env env, napi_value buffer, Router& router) {
  void* data = nullptr;
  std::size_t length = 0;
  // Without the store the memory could go while it is still registered, and its address be another's.
  if (!holdsBackingStores() || napi_get_arraybuffer_info(env, buffer, &data, &length) != napi_ok) {
    return -error::notSupported;
  }
  const int registration = router.registerMemory(data, length);
  if (registration < 0) return registration;
  policy_->router = &router;
  auto* pin = new Pin{BackingStore(buffer), policy_, registration};
  if (napi_add_finalizer(env, buffer, pin, release, nullptr, nullptr) != napi_ok) {
    release(env, pin, nullptr);
    return -error::noMemory;
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
