#include "napi/file_binding.h"

#include "napi/environment.h"
#include "os/file_positions.h"

namespace rescind {
namespace {

Napi::Value askPositions(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), refusedPositions(info[0].As<Napi::Number>().Int32Value()));
}

// The runtime is open by then: it has opened the file.
Napi::Value askLocal(const Napi::CallbackInfo& info) {
  auto& environment = *static_cast<Environment*>(info.Data());
  const int descriptor = info[0].As<Napi::Number>().Int32Value();
  return Napi::Boolean::New(info.Env(), environment.isOpen() && environment.pump().router().isLocalFile(descriptor));
}

}  // namespace

void exportFiles(Napi::Env env, Napi::Object exports, Environment* environment) {
  exports.Set("fileRefusedPositions", Napi::Function::New(env, askPositions, "fileRefusedPositions"));
  exports.Set("fileIsLocal", Napi::Function::New(env, askLocal, "fileIsLocal", environment));
}

}  // namespace rescind
