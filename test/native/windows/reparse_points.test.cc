// Records of links, which Wine's file systems do not have.
//
// sources: native/os/windows/reparse_points.cc native/os/windows/paths.cc native/os/windows/text.cc
// sources: native/os/windows/errors.cc

#include "os/windows/reparse_points.h"

#include <cstring>

#include "check.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

constexpr DWORD symbolicLink = 0xA000000C;
constexpr DWORD mountPoint = 0xA0000003;
constexpr DWORD programLink = 0x8000001B;
constexpr DWORD cloudFile = 0x9000001A;

template <typename Number>
void append(std::string& to, Number number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append(std::string& to, std::wstring_view text) {
  to.append(reinterpret_cast<const char*>(text.data()), text.size() * sizeof(wchar_t));
}

std::string header(DWORD tag) {
  std::string record;
  append(record, tag);
  append(record, DWORD{0});
  return record;
}

// What is shown comes first, as the system itself writes it.
std::string linkRecord(DWORD tag, std::wstring_view target) {
  const std::wstring_view shown = L"shown";
  const auto shownBytes = static_cast<USHORT>(shown.size() * sizeof(wchar_t));
  std::string record = header(tag);
  append(record, shownBytes);
  append(record, static_cast<USHORT>(target.size() * sizeof(wchar_t)));
  append(record, USHORT{0});
  append(record, shownBytes);
  if (tag == symbolicLink) append(record, DWORD{1});
  append(record, shown);
  append(record, target);
  return record;
}

std::string programRecord(DWORD count, std::wstring_view texts) {
  std::string record = header(programLink);
  append(record, count);
  append(record, texts);
  return record;
}

}  // namespace

int main() {
  test("symbolic links say what they were given", [] {
    CHECK(linkTarget(linkRecord(symbolicLink, L"..\\a")) == L"..\\a");
    CHECK(linkTarget(linkRecord(symbolicLink, L"\\??\\C:\\a")) == L"C:\\a");
    CHECK(linkTarget(linkRecord(symbolicLink, L"\\??\\UNC\\server\\share")) == L"\\\\server\\share");
    CHECK(linkTarget(linkRecord(symbolicLink, L"\\??\\Volume{1}\\")) == L"\\??\\Volume{1}\\");
  });

  test("junctions say where they lead, mounted volumes are none", [] {
    CHECK(linkTarget(linkRecord(mountPoint, L"\\??\\C:\\a")) == L"C:\\a");
    CHECK(linkTarget(linkRecord(mountPoint, L"\\??\\Volume{1}\\")).empty());
    CHECK(linkTarget(linkRecord(mountPoint, L"C:\\a")).empty());
  });

  test("programs of the store say where they are", [] {
    const std::wstring texts(L"package\0entry\0C:\\program.exe\0\0", 31);
    CHECK(linkTarget(programRecord(3, texts)) == L"C:\\program.exe");
    CHECK(linkTarget(programRecord(2, texts)).empty());
    CHECK(linkTarget(programRecord(3, std::wstring(L"package\0entry", 13))).empty());
    CHECK(linkTarget(programRecord(3, std::wstring(L"a\0b\0relative\0", 13))).empty());
  });

  test("other records, and cut off ones, are no links", [] {
    CHECK(linkTarget(linkRecord(cloudFile, L"x")).empty());
    const std::string whole = linkRecord(symbolicLink, L"target");
    for (std::size_t length = 0; length < whole.size(); ++length) CHECK(linkTarget(whole.substr(0, length)).empty());
    CHECK(!linkTarget(whole).empty());
    CHECK(isLinkTag(symbolicLink) && isLinkTag(mountPoint) && isLinkTag(programLink) && !isLinkTag(cloudFile));
  });

  test("the record of a junction says its target", [] {
    const std::string record = junctionRecord(L"\\\\?\\C:\\some\\place");
    CHECK(linkTarget(record) == L"C:\\some\\place");
    USHORT length = 0;
    std::memcpy(&length, record.data() + 4, sizeof length);
    CHECK_SAME(length, record.size() - 8);
    CHECK(junctionRecord(L"\\\\?\\C:\\" + std::wstring(9000, L'x')).empty());
  });

  return sumUp();
}
