// The functions of src/binding.ts on sockets.
#pragma once

#include <napi.h>

namespace rescind {

class Environment;

void exportSockets(Napi::Env env, Napi::Object exports, Environment* environment);

}  // namespace rescind
