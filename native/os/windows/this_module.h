// The addon as a module of the process.
#pragma once

namespace rescind {

// Until the process ends.
void keepThisModuleLoaded() noexcept;

}  // namespace rescind
