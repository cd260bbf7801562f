// What the addon exports besides sockets and watches.
#pragma once

#include <napi.h>

namespace rescind {

class Environment;

void exportRuntime(Napi::Env env, Napi::Object exports, Environment* environment);

}  // namespace rescind
