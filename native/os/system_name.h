// What the kernel calls itself.
#pragma once

#include <string>

namespace rescind {

// "Linux 6.18.0", "Windows 10.0.22631".
[[nodiscard]] std::string systemName();

}  // namespace rescind
