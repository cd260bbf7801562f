#include "napi/binding.h"

#include <array>
#include <cstring>
#include <string>
#include <utility>

#include "napi/environment.h"
#include "os/system_name.h"
#include "wire/layout.h"

namespace rescind {

namespace {

Environment& environmentOf(const Napi::CallbackInfo& info) { return *static_cast<Environment*>(info.Data()); }

template <typename Element>
std::span<Element> spanOf(const Napi::CallbackInfo& info, std::size_t index, std::vector<napi_value>& memory) {
  auto buffer = info[index].As<Napi::ArrayBuffer>();
  memory.push_back(buffer);
  return {static_cast<Element*>(buffer.Data()), buffer.ByteLength() / sizeof(Element)};
}

// open(deliver, submission, cancel, completion, staging, payload, control): settings are in the control block. Reading
// properties of an object would be calls of JavaScript, which all fail in a worker that is being terminated.
void open(const Napi::CallbackInfo& info) {
  std::vector<napi_value> memory;
  Blocks shared;
  shared.submission = spanOf<const Descriptor>(info, 1, memory);
  shared.cancel = spanOf<const CancelRequest>(info, 2, memory);
  shared.completion = spanOf<Completion>(info, 3, memory);
  shared.staging = spanOf<const std::byte>(info, 4, memory).data();
  shared.payload = spanOf<std::byte>(info, 5, memory);
  shared.control = spanOf<std::int32_t>(info, 6, memory).data();
  const auto setting = [&shared](Control word) { return static_cast<std::uint32_t>(shared.control[word]); };
  const LaneSettings lanes{
      .entries = setting(Control::settingEntries),
      .completionEntries = setting(Control::settingCompletionEntries),
      .poolThreads = setting(Control::settingPoolThreads),
      .allowUring = setting(Control::settingAllowUring) != 0,
  };
  const Budget budget{std::chrono::microseconds(setting(Control::settingBudgetMicroseconds)),
                      setting(Control::settingBudgetOperations)};
  // Where it fails, the exception is pending already.
  static_cast<void>(environmentOf(info).open(shared, lanes, budget, info[0], std::move(memory)));
}

// The one call per flush, kept to the bare interface: nothing is read from or made in JavaScript.
napi_value tick(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  auto* environment = static_cast<Environment*>(data);
  environment->pump().tick();
  environment->settleLoopHandles();
  return nullptr;
}

// The call per read that memory may answer.
napi_value attemptRead(napi_env env, napi_callback_info info) {
  void* data = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  static_cast<Environment*>(data)->pump().attemptRead();
  return nullptr;
}

Napi::Value describe(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Environment& environment = environmentOf(info);
  auto result = Napi::Object::New(env);
  auto lanes = Napi::Array::New(env);
  auto features = Napi::Array::New(env);
  if (environment.isOpen()) {
    for (const LaneStatus& status : environment.pump().router().statuses()) {
      auto lane = Napi::Object::New(env);
      lane.Set("name", status.name);
      lane.Set("used", status.used);
      lane.Set("reason", status.reason);
      lanes.Set(lanes.Length(), lane);
    }
    for (const std::string& word : environment.pump().router().features()) features.Set(features.Length(), word);
  }
  if (environment.pins().holdsBackingStores()) features.Set(features.Length(), "pinned-buffers");
  result.Set("lanes", lanes);
  result.Set("kernel", systemName());
  result.Set("features", features);
  return result;
}

// counters(into): src/runtime/stats.ts names them in this order.
void counters(const Napi::CallbackInfo& info) {
  Environment& environment = environmentOf(info);
  if (!environment.isOpen()) return;
  const LaneCounters lanes = environment.pump().router().counters();
  const PumpCounters& pump = environment.pump().counters();
  const std::array<std::uint64_t, 10> values = {
      lanes.submitted,       lanes.completed,     lanes.systemCalls, lanes.cancelRequests, pump.ticks,
      pump.inlineDeliveries, pump.loopDeliveries, pump.largestBatch, pump.budgetExhausted, pump.readAtOnce,
  };
  auto into = info[0].As<Napi::Float64Array>();
  for (std::size_t index = 0; index < values.size() && index < into.ElementLength(); ++index) {
    into[index] = static_cast<double>(values[index]);
  }
}

// pin(buffer, view)
Napi::Value pin(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), environmentOf(info).pins().pin(info.Env(), info[0], info[1]));
}

// registerBuffer(buffer)
Napi::Value registerBuffer(const Napi::CallbackInfo& info) {
  Environment& environment = environmentOf(info);
  return Napi::Number::New(info.Env(), environment.pins().enlist(info.Env(), info[0], environment.pump().router()));
}

// takePayload(index): copied into a buffer of JavaScript's, since hosts with a memory cage take no other.
Napi::Value takePayload(const Napi::CallbackInfo& info) {
  HeldPayloads& held = environmentOf(info).pump().heldPayloads();
  const std::size_t index = info[0].As<Napi::Number>().Uint32Value();
  if (index >= held.size()) return info.Env().Undefined();
  const std::vector<std::byte> bytes = std::exchange(held[index], {});
  return Napi::Buffer<std::byte>::Copy(info.Env(), bytes.data(), bytes.size());
}

}  // namespace

void exportRuntime(Napi::Env env, Napi::Object exports, Environment* environment) {
  exports.Set("wireVersion", wireVersion);
  auto sizes = Napi::Object::New(env);
  sizes.Set("descriptor", static_cast<double>(sizeof(Descriptor)));
  sizes.Set("completion", static_cast<double>(sizeof(Completion)));
  sizes.Set("cancel", static_cast<double>(sizeof(CancelRequest)));
  exports.Set("sizes", sizes);
  exports.Set("open", Napi::Function::New(env, open, "open", environment));
  exports.Set("info", Napi::Function::New(env, describe, "info", environment));
  exports.Set("counters", Napi::Function::New(env, counters, "counters", environment));
  exports.Set("pin", Napi::Function::New(env, pin, "pin", environment));
  exports.Set("registerBuffer", Napi::Function::New(env, registerBuffer, "registerBuffer", environment));
  exports.Set("takePayload", Napi::Function::New(env, takePayload, "takePayload", environment));
  napi_value function;
  napi_create_function(env, "tick", NAPI_AUTO_LENGTH, tick, environment, &function);
  exports.Set("tick", Napi::Value(env, function));
  napi_create_function(env, "attemptRead", NAPI_AUTO_LENGTH, attemptRead, environment, &function);
  exports.Set("attemptRead", Napi::Value(env, function));
}

}  // namespace rescind
