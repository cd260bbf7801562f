// Paths in the system's words: what node:path's resolve() and toNamespacedPath() make of them.
//
// sources: native/os/windows/paths.cc native/os/windows/text.cc native/os/windows/errors.cc

#include "os/windows/paths.h"

#include "check.h"
#include "os/windows/errors.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

bool same(const char* what, const std::wstring& found, const std::wstring& expected) {
  if (found == expected) return true;
  std::printf("  %s: %ls, not %ls\n", what, found.c_str(), expected.c_str());
  return false;
}

bool becomes(const char* given, const std::wstring& expected) {
  const SystemPath path(given);
  return path && same(given, path.text(), expected);
}

}  // namespace

int main() {
  test("absolute paths get the prefix, one separator and no dots", [] {
    CHECK(becomes("C:\\a\\b", L"\\\\?\\C:\\a\\b"));
    CHECK(becomes("c:/a//b/./../d/", L"\\\\?\\c:\\a\\d"));
    CHECK(becomes("C:\\..\\..\\a", L"\\\\?\\C:\\a"));
    CHECK(becomes("C:\\", L"\\\\?\\C:\\"));
    CHECK(becomes("C:/a/..", L"\\\\?\\C:\\"));
    CHECK(becomes("C:/a/b/../..", L"\\\\?\\C:\\"));
  });

  test("names are taken as they are", [] {
    CHECK(becomes("C:/NUL", L"\\\\?\\C:\\NUL"));
    CHECK(becomes("C:/a. /b...", L"\\\\?\\C:\\a. \\b..."));
    CHECK(becomes("C:/a:b/...", L"\\\\?\\C:\\a:b\\..."));
    CHECK(becomes("C:/\xed\xa0\x80", L"\\\\?\\C:\\\xd800"));
  });

  test("shares have their own prefix, and are their own root", [] {
    CHECK(becomes("\\\\server\\share", L"\\\\?\\UNC\\server\\share\\"));
    CHECK(becomes("//server/share/a/../../b", L"\\\\?\\UNC\\server\\share\\b"));
    CHECK(becomes("//server///share//a", L"\\\\?\\UNC\\server\\share\\a"));
  });

  test("relative ones are of the current directory, and of that of a drive", [] {
    CHECK(::SetCurrentDirectoryW(L"C:\\windows\\system32") != FALSE);
    CHECK(becomes("a/b", L"\\\\?\\C:\\windows\\system32\\a\\b"));
    CHECK(becomes(".", L"\\\\?\\C:\\windows\\system32"));
    CHECK(becomes("../x", L"\\\\?\\C:\\windows\\x"));
    CHECK(becomes("../../../../x", L"\\\\?\\C:\\x"));
    CHECK(becomes("/x", L"\\\\?\\C:\\x"));
    CHECK(becomes("\\\\server", L"\\\\?\\C:\\server"));
    CHECK(becomes("\\\\", L"\\\\?\\C:\\"));
    CHECK(becomes("C:x", L"\\\\?\\C:\\windows\\system32\\x"));
    CHECK(becomes("C:", L"\\\\?\\C:\\windows\\system32"));
    CHECK(becomes("Q:x", L"\\\\?\\Q:\\x"));
    CHECK(becomes("1:x", L"\\\\?\\C:\\windows\\system32\\1:x"));
  });

  test("what names a device, or has the prefix, is left alone", [] {
    for (const char* path :
         {"\\\\.\\pipe\\x", "\\\\?\\C:\\a\\..\\b", "//./NUL", "\\\\?\\UNC\\a\\b\\..", "\\\\?\\Volume{1}\\"}) {
      CHECK(becomes(path, std::wstring(path, path + std::string_view(path).size())));
    }
  });

  test("what cannot be one says why", [] {
    CHECK_SAME(SystemPath("").failed(), -error::noEntry);
    CHECK_SAME(SystemPath("C:/\xff").failed(), -error::noEntry);
    const std::string name(32'766 - std::string_view("\\\\?\\C:\\").size(), 'x');
    CHECK(static_cast<bool>(SystemPath("C:/" + name)));
    CHECK(!SystemPath("C:/" + name + "x"));
    CHECK_SAME(SystemPath("C:/" + name + "x").failed(), -error::nameTooLong);
  });

  test("the prefix comes off again", [] {
    CHECK(same("drive", withoutPrefix(L"\\\\?\\C:\\a"), L"C:\\a"));
    CHECK(same("share", withoutPrefix(L"\\\\?\\UNC\\server\\share\\a"), L"\\\\server\\share\\a"));
    CHECK(same("volume", withoutPrefix(L"\\\\?\\Volume{1}\\a"), L"\\\\?\\Volume{1}\\a"));
    CHECK(same("none", withoutPrefix(L"C:\\a"), L"C:\\a"));
  });

  test("devices and pipes are told from files", [] {
    for (const char* path : {"C:/pipe/x", "//server/share/pipe", "\\\\?\\Volume{1}\\x"}) {
      CHECK(!namesDevice(SystemPath(path).text()));
    }
    for (const char* path :
         {"\\\\.\\pipe\\x", "//./NUL", "//server/PIPE/x", "\\\\?\\pipe\\x", "\\\\?\\GLOBALROOT\\x"}) {
      CHECK(namesDevice(SystemPath(path).text()));
    }
  });

  return sumUp();
}
