// watchOpen and watchRemove for JavaScript.
#pragma once

#include <napi.h>

namespace rescind {

class Environment;

void exportWatch(Napi::Env env, Napi::Object exports, Environment* environment);

}  // namespace rescind
