#include "napi/watch_binding.h"

#include "napi/environment.h"
#include "os/watch.h"

namespace rescind {
namespace {

// The runtime is open by then: watches are read by it.
Napi::Value openWatch(const Napi::CallbackInfo& info) {
  const int descriptor = watchOpen();
  auto& environment = *static_cast<Environment*>(info.Data());
  if (descriptor >= 0 && environment.isOpen()) environment.pump().router().noteOpened(descriptor);
  return Napi::Number::New(info.Env(), descriptor);
}

Napi::Value removeWatch(const Napi::CallbackInfo& info) {
  const auto handle = info[0].As<Napi::Number>().Int32Value();
  const auto watch = info[1].As<Napi::Number>().Int32Value();
  return Napi::Number::New(info.Env(), watchRemove(handle, watch));
}

}  // namespace

void exportWatch(Napi::Env env, Napi::Object exports, Environment* environment) {
  exports.Set("watchOpen", Napi::Function::New(env, openWatch, "watchOpen", environment));
  exports.Set("watchRemove", Napi::Function::New(env, removeWatch, "watchRemove"));
}

}  // namespace rescind
