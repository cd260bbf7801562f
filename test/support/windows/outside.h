// What the functions of the tests' addon have in common.
#pragma once

#include <napi.h>

#include <string>

#include "os/windows/handles.h"

namespace rescind::outside {

using Napi::CallbackInfo;
using Napi::Value;

inline int integer(const CallbackInfo& info, std::size_t index) { return info[index].As<Napi::Number>().Int32Value(); }

inline Value number(const CallbackInfo& info, int value) { return Napi::Number::New(info.Env(), value); }

inline Value failed(const CallbackInfo& info, const char* call, DWORD error) {
  const std::string message = std::string(call) + " says " + std::to_string(error);
  Napi::Error::New(info.Env(), message).ThrowAsJavaScriptException();
  return info.Env().Undefined();
}

inline bool isSocket(HANDLE handle) noexcept {
  int type = 0;
  int length = sizeof type;
  const auto socket = reinterpret_cast<SOCKET>(handle);
  return ::getsockopt(socket, SOL_SOCKET, SO_TYPE, reinterpret_cast<char*>(&type), &length) == 0;
}

inline void add(Napi::Env env, Napi::Object exports, const char* name, Value (*function)(const CallbackInfo&)) {
  exports.Set(name, Napi::Function::New(env, function, name));
}

void exportHandles(Napi::Env env, Napi::Object exports);
void exportPipes(Napi::Env env, Napi::Object exports);

}  // namespace rescind::outside
