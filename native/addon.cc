// The addon's entry: one Environment per JavaScript environment, no state beside it.

#include <napi.h>

#include "napi/binding.h"
#include "napi/environment.h"
#include "napi/file_binding.h"
#include "napi/socket_binding.h"
#include "napi/watch_binding.h"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  rescind::Environment* environment = rescind::Environment::create(env);
  if (environment == nullptr) {
    Napi::Error::New(env, "rescind cannot start in an environment that is ending").ThrowAsJavaScriptException();
    return exports;
  }
  rescind::exportRuntime(env, exports, environment);
  rescind::exportFiles(env, exports, environment);
  rescind::exportSockets(env, exports, environment);
  rescind::exportWatch(env, exports, environment);
  return exports;
}

}  // namespace

NODE_API_MODULE(rescind, initialize)
