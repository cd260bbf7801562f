#include "napi/watch_binding.h"

#include "os/linux/watch.h"

namespace rescind {
namespace {

Napi::Value openWatch(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), watchOpen()); }

Napi::Value removeWatch(const Napi::CallbackInfo& info) {
  const auto handle = info[0].As<Napi::Number>().Int32Value();
  const auto watch = info[1].As<Napi::Number>().Int32Value();
  return Napi::Number::New(info.Env(), watchRemove(handle, watch));
}

}  // namespace

void exportWatch(Napi::Env env, Napi::Object exports) {
  exports.Set("watchOpen", Napi::Function::New(env, openWatch, "watchOpen"));
  exports.Set("watchRemove", Napi::Function::New(env, removeWatch, "watchRemove"));
}

}  // namespace rescind
