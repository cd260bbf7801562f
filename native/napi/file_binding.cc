#include "napi/file_binding.h"

#include "os/file_positions.h"

namespace rescind {
namespace {

Napi::Value askPositions(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), refusedPositions(info[0].As<Napi::Number>().Int32Value()));
}

}  // namespace

void exportFiles(Napi::Env env, Napi::Object exports) {
  exports.Set("fileRefusedPositions", Napi::Function::New(env, askPositions, "fileRefusedPositions"));
}

}  // namespace rescind
