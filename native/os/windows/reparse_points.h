// Links, as the file system keeps them: reparse points with a tag that says of which kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "os/windows/system.h"

namespace rescind {

// Whether a reparse point of this kind is shown as a link. Those of other kinds, files of a cloud or without a copy of
// their own, are what they seem to be.
[[nodiscard]] bool isLinkTag(DWORD tag) noexcept;

// What a link says, by the record the file system has of it; nothing when it is none.
[[nodiscard]] std::wstring linkTarget(std::string_view record);

// The record of a junction to an absolute path, or nothing when that is too long.
[[nodiscard]] std::string junctionRecord(std::wstring_view target);

// What the link says that is open. Result: 0, or EINVAL when it is none, which also the mount point of a volume is not.
[[nodiscard]] std::int32_t readLink(HANDLE link, std::wstring& target);

// Makes a junction to an absolute path of an empty directory that is open to be written. Result: 0 or a negated number.
[[nodiscard]] std::int32_t makeJunction(HANDLE directory, std::wstring_view target);

}  // namespace rescind
