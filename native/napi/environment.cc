#include "napi/environment.h"

#include <utility>

namespace rescind {

namespace {

Environment& environmentOf(const uv_handle_s* handle) noexcept {
  return *static_cast<Environment*>(uv_handle_get_data(handle));
}

}  // namespace

Environment* Environment::create(napi_env env) {
  auto* environment = new Environment(env);
  const auto end = [](napi_async_cleanup_hook_handle hook, void* data) { static_cast<Environment*>(data)->end(hook); };
  if (napi_add_async_cleanup_hook(env, end, environment, &environment->hook_) != napi_ok) {
    delete environment;
    return nullptr;
  }
  return environment;
}

bool Environment::open(const Blocks& blocks, const LaneSettings& lanes, const Budget& budget, napi_value deliver,
                       std::vector<napi_value> memory) {
  if (isOpen() || ending_) {
    napi_throw_error(env_, nullptr, "the pump of this environment is open already");
    return false;
  }
  uv_loop_s* loop = nullptr;
  if (napi_get_uv_event_loop(env_, &loop) != napi_ok) {
    napi_throw_error(env_, nullptr, "this environment has no event loop");
    return false;
  }
  napi_value receiver;
  napi_value name;
  napi_create_object(env_, &receiver);
  napi_create_string_utf8(env_, "rescind", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env_, receiver, name, &context_);
  napi_create_reference(env_, receiver, 1, &receiver_);
  napi_create_reference(env_, deliver, 1, &deliver_);
  for (napi_value block : memory) napi_create_reference(env_, block, 1, &memory_.emplace_back());

  // The pool may wake us as soon as it exists, so the loop's handle comes first.
  async_ = add(LoopHandleType::async);
  uv_async_init(loop, async_, [](uv_handle_s* handle) { environmentOf(handle).deliver(); });
  uv_unref(async_);
  pump_.emplace(blocks, lanes, budget, *this);
  startLoopHandles(loop);
  return true;
}

uv_handle_s* Environment::add(LoopHandleType type) {
  LoopHandle& handle = handles_.emplace_back();
  handle.memory = std::make_unique<std::byte[]>(uv_handle_size(static_cast<int>(type)));
  uv_handle_set_data(handle.get(), this);
  return handle.get();
}

void Environment::startLoopHandles(uv_loop_s* loop) {
  for (const int descriptor : pump_->router().readinessDescriptors()) {
    uv_handle_s* poll = add(LoopHandleType::poll);
    uv_poll_init(loop, poll, descriptor);
    uv_poll_start(poll, loopReadable, [](uv_handle_s* handle, int, int) { environmentOf(handle).deliver(); });
    uv_unref(poll);
  }
  uv_handle_s* check = add(LoopHandleType::check);
  uv_check_init(loop, check);
  uv_check_start(check, [](uv_handle_s* handle) { environmentOf(handle).pump_->endTurn(); });
  uv_unref(check);
  timer_ = add(LoopHandleType::timer);
  uv_timer_init(loop, timer_);
  uv_unref(timer_);
}

void Environment::wake() noexcept {
  // Also from threads of the pool; the lane stops calling before the handle is closed.
  uv_async_send(async_);
}

// From the loop: brings completions to JavaScript and runs the continuations behind them.
void Environment::deliver() noexcept {
  if (ending_) return;
  armedMs_ = -1;
  if (pump_->collect()) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
    napi_value function;
    napi_value receiver;
    napi_get_reference_value(env_, deliver_, &function);
    napi_get_reference_value(env_, receiver_, &receiver);
    const napi_status status = napi_make_callback(env_, context_, receiver, function, 0, nullptr, nullptr);
    // While a worker is terminated every call fails, and its operations end with the environment.
    if (status == napi_pending_exception) {
      napi_value exception;
      if (napi_get_and_clear_last_exception(env_, &exception) == napi_ok) napi_fatal_exception(env_, exception);
    }
    napi_close_handle_scope(env_, scope);
  }
  if (!ending_) settleLoopHandles();
}

void Environment::settleLoopHandles() noexcept {
  const bool referenced = pump_->isReferenced();
  if (referenced != referenced_) {
    referenced_ = referenced;
    if (referenced)
      uv_ref(async_);
    else
      uv_unref(async_);
  }
  armTimer();
}

void Environment::armTimer() noexcept {
  const int dueMs = pump_->router().callAgainAfterMs();
  if (dueMs < 0) {
    if (armedMs_ >= 0) uv_timer_stop(timer_);
    armedMs_ = -1;
    return;
  }
  if (armedMs_ >= 0 && armedMs_ <= dueMs) return;
  armedMs_ = dueMs;
  uv_timer_start(
      timer_, [](uv_handle_s* handle) { environmentOf(handle).deliver(); }, static_cast<std::uint64_t>(dueMs), 0);
}

void Environment::end(napi_async_cleanup_hook_handle hook) noexcept {
  ending_ = true;
  hook_ = hook;
  pins_.forgetRouter();
  if (pump_ && !pump_->close()) pins_.keepForEver();
  if (context_ != nullptr) napi_async_destroy(env_, context_);
  closing_ = handles_.size();
  if (closing_ == 0) {
    napi_remove_async_cleanup_hook(hook_);
    delete this;
    return;
  }
  for (const LoopHandle& handle : handles_) uv_close(handle.get(), onClosed);
}

void Environment::onClosed(uv_handle_s* handle) {
  Environment& environment = environmentOf(handle);
  if (--environment.closing_ > 0) return;
  napi_remove_async_cleanup_hook(environment.hook_);
  delete &environment;
}

}  // namespace rescind
