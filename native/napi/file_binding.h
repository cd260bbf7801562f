// What JavaScript asks of an open file at once.
#pragma once

#include <napi.h>

namespace rescind {

class Environment;

void exportFiles(Napi::Env env, Napi::Object exports, Environment* environment);

}  // namespace rescind
