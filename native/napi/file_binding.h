// What JavaScript asks of an open file at once.
#pragma once

#include <napi.h>

namespace rescind {

void exportFiles(Napi::Env env, Napi::Object exports);

}  // namespace rescind
