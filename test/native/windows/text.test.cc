// UTF-8 with halves of surrogate pairs, there and back.
//
// sources: native/os/windows/text.cc

#include "os/windows/text.h"

#include "check.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

bool becomes(std::string_view narrow, std::wstring_view wide) {
  return wideText(narrow) == std::wstring(wide) && narrowText(wide) == narrow;
}

bool isNoText(std::string_view bytes) { return !wideText(bytes).has_value(); }

}  // namespace

int main() {
  test("text of every length comes and goes", [] {
    CHECK(becomes("", L""));
    CHECK(becomes("abc/\\ ~", L"abc/\\ ~"));
    CHECK(becomes("\xc3\xa4\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf", L"\x00e4\x07ff\x0800\xffff"));
    CHECK(becomes("\xf0\x90\x80\x80\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf", L"\xd800\xdc00\xd83d\xde00\xdbff\xdfff"));
  });

  test("halves of pairs survive", [] {
    CHECK(becomes("a\xed\xa0\x80z", L"a\xd800z"));
    CHECK(becomes("\xed\xb0\x80", L"\xdc00"));
    CHECK(becomes("\xed\xb0\x80\xed\xa0\xbd", L"\xdc00\xd83d"));
    CHECK(becomes("\xed\xa0\x80\xf0\x9f\x98\x80", L"\xd800\xd83d\xde00"));
  });

  test("bytes that are no text are none", [] {
    for (const char* bytes : {"\x80", "\xbf", "a\xff", "\xfe", "\xf8\x88\x80\x80\x80"}) CHECK(isNoText(bytes));
    // Cut off, or gone on with something else.
    for (const char* bytes : {"\xc3", "\xc3(", "\xe2\x82", "\xe2(\xa1", "\xf0\x9f\x98", "\xf0\x9f(\x80"}) {
      CHECK(isNoText(bytes));
    }
    // Longer than need be, and beyond the last character.
    for (const char* bytes : {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80"}) {
      CHECK(isNoText(bytes));
    }
  });

  return sumUp();
}
