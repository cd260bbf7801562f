// The event loop's handles this addon uses. libuv is part of the node binary; its functions are declared here
// and its structures stay opaque, sized by uv_handle_size().
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
struct uv_loop_s;
struct uv_handle_s;

using uv_poll_callback = void (*)(uv_handle_s*, int status, int events);
using uv_handle_callback = void (*)(uv_handle_s*);

std::size_t uv_handle_size(int type);
void uv_handle_set_data(uv_handle_s* handle, void* data);
void* uv_handle_get_data(const uv_handle_s* handle);
void uv_ref(uv_handle_s* handle);
void uv_unref(uv_handle_s* handle);
void uv_close(uv_handle_s* handle, uv_handle_callback callback);
int uv_is_closing(const uv_handle_s* handle);

int uv_poll_init(uv_loop_s* loop, uv_handle_s* handle, int descriptor);
int uv_poll_start(uv_handle_s* handle, int events, uv_poll_callback callback);
int uv_async_init(uv_loop_s* loop, uv_handle_s* handle, uv_handle_callback callback);
int uv_async_send(uv_handle_s* handle);
int uv_check_init(uv_loop_s* loop, uv_handle_s* handle);
int uv_check_start(uv_handle_s* handle, uv_handle_callback callback);
int uv_timer_init(uv_loop_s* loop, uv_handle_s* handle);
int uv_timer_start(uv_handle_s* handle, uv_handle_callback callback, std::uint64_t timeout, std::uint64_t repeat);
int uv_timer_stop(uv_handle_s* handle);
}

namespace rescind {

// Numbers of uv_handle_type, part of libuv's ABI since 1.0.
enum class LoopHandleType : int { async = 1, check = 2, poll = 8, timer = 13 };
inline constexpr int loopReadable = 1;

}  // namespace rescind
