// The addon's state in one JavaScript environment: the pump, its handles on the event loop, and its end.
//
// The end: the environment's cleanup hook closes the pump (cancel all, drain, close the ring), then the loop
// handles; their memory, and this object's, lives until the last of them has closed. When something could not
// be drained, the memory it was lent is never freed.
#pragma once

#include <node_api.h>

#include <memory>
#include <optional>
#include <vector>

#include "backend/backend.h"
#include "napi/event_loop.h"
#include "napi/pins.h"
#include "runtime/pump.h"

namespace rescind {

class Environment final : public Waker {
 public:
  // Owned by the environment's cleanup; null when the environment is ending already.
  static Environment* create(napi_env env);

  // Opens the pump once. Returns false with a JavaScript exception pending.
  [[nodiscard]] bool open(const Blocks& blocks, const LaneSettings& lanes, const Budget& budget, napi_value deliver,
                          std::vector<napi_value> memory);

  [[nodiscard]] bool isOpen() const noexcept { return pump_.has_value(); }
  [[nodiscard]] Pump& pump() noexcept { return *pump_; }
  [[nodiscard]] Pins& pins() noexcept { return pins_; }

  // After the pump has run outside the loop's callbacks: whether the process stays alive, when to call again.
  void settleLoopHandles() noexcept;

  void wake() noexcept override;

 private:
  explicit Environment(napi_env env) : env_(env) {}
  ~Environment() override = default;

  // Opaque memory of a libuv handle.
  struct LoopHandle {
    std::unique_ptr<std::byte[]> memory;
    [[nodiscard]] uv_handle_s* get() const noexcept { return reinterpret_cast<uv_handle_s*>(memory.get()); }
  };

  uv_handle_s* add(LoopHandleType type);
  void startLoopHandles(uv_loop_s* loop);
  void deliver() noexcept;
  void armTimer() noexcept;
  void end(napi_async_cleanup_hook_handle hook) noexcept;
  static void onClosed(uv_handle_s* handle);

  napi_env env_;
  std::optional<Pump> pump_;
  Pins pins_;
  napi_ref deliver_ = nullptr;
  napi_ref receiver_ = nullptr;
  napi_async_context context_ = nullptr;
  std::vector<napi_ref> memory_;
  std::vector<LoopHandle> handles_;
  uv_handle_s* async_ = nullptr;
  uv_handle_s* timer_ = nullptr;
  int armedMs_ = -1;
  bool referenced_ = false;
  bool ending_ = false;
  std::size_t closing_ = 0;
  napi_async_cleanup_hook_handle hook_ = nullptr;
};

}  // namespace rescind
