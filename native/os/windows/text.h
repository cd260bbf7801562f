// Text between UTF-8, which paths and names arrive and leave in, and the system's UTF-16.
//
// A name of a file may hold half of a surrogate pair, which UTF-8 has no bytes for. Such a half travels as the three
// bytes its number would have (WTF-8), so that every name survives the way there and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rescind {

// Nothing when the bytes are no text.
[[nodiscard]] std::optional<std::wstring> wideText(std::string_view text);

[[nodiscard]] std::string narrowText(std::wstring_view text);

}  // namespace rescind
