#include "os/windows/text.h"

#include <cstddef>
#include <cstdint>

namespace rescind {

namespace {

constexpr char32_t firstHigh = 0xd800;
constexpr char32_t firstLow = 0xdc00;
constexpr char32_t behindLow = 0xe000;
constexpr char32_t firstOfTwo = 0x10000;
constexpr char32_t behindLast = 0x110000;
constexpr char32_t none = 0xffffffff;

bool isHigh(char32_t unit) noexcept { return unit >= firstHigh && unit < firstLow; }
bool isLow(char32_t unit) noexcept { return unit >= firstLow && unit < behindLow; }

// The bytes of one character and the least number they may stand for: one that fits in fewer is no text.
struct Form {
  std::size_t length;
  char32_t bits;
  char32_t least;
};

Form formOf(std::uint8_t first) noexcept {
  if (first < 0x80) return {1, first, 0};
  if (first < 0xc0) return {0, 0, 0};
  if (first < 0xe0) return {2, first & 0x1fU, 0x80};
  if (first < 0xf0) return {3, first & 0x0fU, 0x800};
  if (first < 0xf8) return {4, first & 0x07U, firstOfTwo};
  return {0, 0, 0};
}

// The character `text` starts with, which is taken off it.
char32_t takeCharacter(std::string_view& text) noexcept {
  const Form form = formOf(static_cast<std::uint8_t>(text.front()));
  if (form.length == 0 || form.length > text.size()) return none;
  char32_t character = form.bits;
  for (const char each : text.substr(1, form.length - 1)) {
    const auto byte = static_cast<std::uint8_t>(each);
    if ((byte & 0xc0U) != 0x80U) return none;
    character = character << 6 | (byte & 0x3fU);
  }
  if (character < form.least || character >= behindLast) return none;
  text.remove_prefix(form.length);
  return character;
}

// A pair is one character of two units.
char32_t takeUnits(std::wstring_view& text) noexcept {
  const auto first = static_cast<char32_t>(text.front());
  text.remove_prefix(1);
  if (!isHigh(first) || text.empty() || !isLow(static_cast<char32_t>(text.front()))) return first;
  const auto second = static_cast<char32_t>(text.front());
  text.remove_prefix(1);
  return firstOfTwo + ((first - firstHigh) << 10) + (second - firstLow);
}

void appendBytes(std::string& to, char32_t character) {
  const auto byte = [&](char32_t value) { to.push_back(static_cast<char>(static_cast<std::uint8_t>(value))); };
  const auto rest = [&](int shift) { byte(0x80 | (character >> shift & 0x3f)); };
  if (character < 0x80) {
    byte(character);
  } else if (character < 0x800) {
    byte(0xc0 | character >> 6);
    rest(0);
  } else if (character < firstOfTwo) {
    byte(0xe0 | character >> 12);
    rest(6);
    rest(0);
  } else {
    byte(0xf0 | character >> 18);
    rest(12);
    rest(6);
    rest(0);
  }
}

void appendUnits(std::wstring& to, char32_t character) {
  if (character < firstOfTwo) {
    to.push_back(static_cast<wchar_t>(character));
    return;
  }
  to.push_back(static_cast<wchar_t>(firstHigh + ((character - firstOfTwo) >> 10)));
  to.push_back(static_cast<wchar_t>(firstLow + ((character - firstOfTwo) & 0x3ff)));
}

}  // namespace

std::optional<std::wstring> wideText(std::string_view text) {
  std::wstring wide;
  wide.reserve(text.size());
  while (!text.empty()) {
    const char32_t character = takeCharacter(text);
    if (character == none) return std::nullopt;
    appendUnits(wide, character);
  }
  return wide;
}

std::string narrowText(std::wstring_view text) {
  std::string narrow;
  narrow.reserve(text.size());
  while (!text.empty()) appendBytes(narrow, takeUnits(text));
  return narrow;
}

}  // namespace rescind
