// The functions of src/binding.ts on sockets.
#pragma once

#include <napi.h>

namespace rescind {

void exportSockets(Napi::Env env, Napi::Object exports);

}  // namespace rescind
