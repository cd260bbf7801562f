#include "os/windows/reparse_points.h"

#include <cstddef>
#include <cstring>

#include "os/windows/errors.h"
#include "os/windows/paths.h"

namespace rescind {

namespace {

// The records are those of REPARSE_DATA_BUFFER, which only the headers for drivers have (Microsoft, ntifs.h).
struct Header {
  ULONG tag;
  USHORT length;  // of what follows
  USHORT reserved;
};

// Of a symbolic link and of a junction: where two names lie in the text behind it. A symbolic link has four bytes of
// flags in between.
struct Names {
  USHORT targetOffset;
  USHORT targetLength;
  USHORT shownOffset;
  USHORT shownLength;
};
constexpr std::size_t symbolicLinkFlags = sizeof(ULONG);

constexpr DWORD mostBytes = MAXIMUM_REPARSE_DATA_BUFFER_SIZE;
// IO_REPARSE_TAG_APPEXECLINK: how the store's programs are found on the search path.
constexpr DWORD programLinkTag = 0x8000001B;
// How names start that the kernel looks up as they are.
constexpr std::wstring_view kernelPrefix = L"\\??\\";
constexpr std::wstring_view kernelSharePrefix = L"\\??\\UNC\\";

std::wstring textAt(std::string_view bytes, std::size_t offset, std::size_t length) {
  if (offset > bytes.size() || length > bytes.size() - offset) return {};
  std::wstring text(length / sizeof(wchar_t), L'\0');
  std::memcpy(text.data(), bytes.data() + offset, text.size() * sizeof(wchar_t));
  return text;
}

bool startsWithDrive(std::wstring_view path) noexcept {
  const wchar_t letter = path.empty() ? L'\0' : static_cast<wchar_t>(path[0] | 0x20);
  return letter >= L'a' && letter <= L'z' && path.size() >= 3 && path[1] == L':' && path[2] == L'\\';
}

std::wstring targetOf(std::string_view bytes, std::size_t between) {
  Names names;
  if (bytes.size() < sizeof names + between) return {};
  std::memcpy(&names, bytes.data(), sizeof names);
  return textAt(bytes.substr(sizeof names + between), names.targetOffset, names.targetLength);
}

std::wstring symbolicLinkTarget(std::string_view bytes) {
  std::wstring target = targetOf(bytes, symbolicLinkFlags);
  if (target.starts_with(kernelSharePrefix)) return L"\\\\" + target.substr(kernelSharePrefix.size());
  const bool hasDrive =
      target.starts_with(kernelPrefix) && startsWithDrive(std::wstring_view(target).substr(kernelPrefix.size()));
  return hasDrive ? target.substr(kernelPrefix.size()) : target;
}

// Without a drive it is where a volume is mounted: a directory, not a link.
std::wstring junctionTarget(std::string_view bytes) {
  const std::wstring target = targetOf(bytes, 0);
  if (!target.starts_with(kernelPrefix)) return {};
  const std::wstring path = target.substr(kernelPrefix.size());
  return startsWithDrive(path) ? path : std::wstring();
}

// A count, and then as many texts that end with NUL: the third is the program.
std::wstring programTarget(std::string_view bytes) {
  ULONG count = 0;
  if (bytes.size() < sizeof count) return {};
  std::memcpy(&count, bytes.data(), sizeof count);
  if (count < 3) return {};
  const std::wstring texts = textAt(bytes, sizeof count, bytes.size() - sizeof count);
  std::size_t at = 0;
  for (int skipped = 0; skipped < 2; ++skipped) {
    at = texts.find(L'\0', at);
    if (at == std::wstring::npos) return {};
    ++at;
  }
  const std::wstring program = texts.substr(at, texts.find(L'\0', at) - at);
  return startsWithDrive(program) ? program : std::wstring();
}

void appendTo(std::string& bytes, const void* from, std::size_t length) {
  bytes.append(static_cast<const char*>(from), length);
}

}  // namespace

bool isLinkTag(DWORD tag) noexcept {
  return tag == IO_REPARSE_TAG_SYMLINK || tag == IO_REPARSE_TAG_MOUNT_POINT || tag == programLinkTag;
}

std::wstring linkTarget(std::string_view record) {
  Header header;
  if (record.size() < sizeof header) return {};
  std::memcpy(&header, record.data(), sizeof header);
  const std::string_view rest = record.substr(sizeof header);
  if (header.tag == IO_REPARSE_TAG_SYMLINK) return symbolicLinkTarget(rest);
  if (header.tag == IO_REPARSE_TAG_MOUNT_POINT) return junctionTarget(rest);
  return header.tag == programLinkTag ? programTarget(rest) : std::wstring();
}

std::int32_t readLink(HANDLE link, std::wstring& target) {
  std::string record(mostBytes, '\0');
  DWORD length = 0;
  const BOOL got =
      ::DeviceIoControl(link, FSCTL_GET_REPARSE_POINT, nullptr, 0, record.data(), mostBytes, &length, nullptr);
  if (got == FALSE) return lastFailure();
  record.resize(length);
  target = linkTarget(record);
  return target.empty() ? failure(ERROR_SYMLINK_NOT_SUPPORTED) : 0;
}

std::string junctionRecord(std::wstring_view target) {
  const std::wstring shown = withoutPrefix(target);
  const std::wstring kernelName = std::wstring(kernelPrefix).append(shown);
  // Each text has a NUL behind it, which its length does not count.
  const std::size_t shownBytes = shown.size() * sizeof(wchar_t);
  const std::size_t nameBytes = kernelName.size() * sizeof(wchar_t);
  const std::size_t dataBytes = sizeof(Names) + nameBytes + shownBytes + 2 * sizeof(wchar_t);
  if (sizeof(Header) + dataBytes > mostBytes) return {};
  const Header header = {IO_REPARSE_TAG_MOUNT_POINT, static_cast<USHORT>(dataBytes), 0};
  const Names names = {0, static_cast<USHORT>(nameBytes), static_cast<USHORT>(nameBytes + sizeof(wchar_t)),
                       static_cast<USHORT>(shownBytes)};
  std::string record;
  appendTo(record, &header, sizeof header);
  appendTo(record, &names, sizeof names);
  appendTo(record, kernelName.c_str(), nameBytes + sizeof(wchar_t));
  appendTo(record, shown.c_str(), shownBytes + sizeof(wchar_t));
  return record;
}

std::int32_t makeJunction(HANDLE directory, std::wstring_view target) {
  std::string record = junctionRecord(target);
  if (record.empty()) return failure(ERROR_FILENAME_EXCED_RANGE);
  DWORD ignored = 0;
  const BOOL made = ::DeviceIoControl(directory, FSCTL_SET_REPARSE_POINT, record.data(),
                                      static_cast<DWORD>(record.size()), nullptr, 0, &ignored, nullptr);
  return made != FALSE ? 0 : lastFailure();
}

}  // namespace rescind
