// watchOpen and watchRemove for JavaScript.
#pragma once

#include <napi.h>

namespace rescind {

void exportWatch(Napi::Env env, Napi::Object exports);

}  // namespace rescind
