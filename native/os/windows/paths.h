// Paths as the system's functions take them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "os/windows/system.h"

namespace rescind {

// A path of the caller's in the system's words: absolute and with the prefix \\?\, as node:fs makes them. With it a
// path may have 32,767 characters, and every name is taken as it is: one that ends in a dot or a space, and the names
// of devices of old (NUL, COM1). Without it the system would see to `/`, `.` and `..`, so this side does. Paths that
// start with \\?\ or \\.\ are left alone.
class SystemPath {
 public:
  // UTF-8. Relative to the current directory of the process.
  explicit SystemPath(std::string_view path);

  // Whether there is one; otherwise why not.
  [[nodiscard]] explicit operator bool() const noexcept { return problem_ == 0; }
  [[nodiscard]] std::int32_t failed() const noexcept;

  [[nodiscard]] const wchar_t* get() const noexcept { return text_.c_str(); }
  [[nodiscard]] const std::wstring& text() const noexcept { return text_; }

 private:
  std::wstring text_;
  DWORD problem_ = 0;
};

// Without \\?\ and its kin, as people and programs write paths.
[[nodiscard]] std::wstring withoutPrefix(std::wstring_view path);

// Whether the path names a device or a pipe, as \\.\pipe\name and \\server\pipe\name do: opening such has an effect on
// who is at its other end.
[[nodiscard]] bool namesDevice(std::wstring_view systemPath) noexcept;

}  // namespace rescind
