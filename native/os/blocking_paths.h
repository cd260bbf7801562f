// Blocking forms of the operations on paths. Results are ≥ 0 or a negated error number.
#pragma once

#include <atomic>
#include <cstdint>

#include "os/blocking_result.h"
#include "os/file_time.h"

namespace rescind::blocking {

// Whether the last link of a path is the subject itself, or what it points at.
enum class Links { follow, keep };

// Windows has symbolic links of two types, and junctions; elsewhere there is one. ops.def has the numbers.
enum class LinkType { ofTarget = 0, file = 1, directory = 2, junction = 3 };

[[nodiscard]] std::int32_t pathStatus(const char* path, Links links, Bytes& payload);
[[nodiscard]] std::int32_t pathUnlink(const char* path);
[[nodiscard]] std::int32_t pathRemoveDirectory(const char* path);
[[nodiscard]] std::int32_t pathRename(const char* from, const char* to);
[[nodiscard]] std::int32_t pathMakeDirectory(const char* path, std::uint32_t mode);
[[nodiscard]] std::int32_t pathSymlink(const char* target, const char* path, LinkType type);
[[nodiscard]] std::int32_t pathLink(const char* existing, const char* path);
[[nodiscard]] std::int32_t pathAccess(const char* path, int mode);
[[nodiscard]] std::int32_t pathChangeMode(const char* path, std::uint32_t mode);
[[nodiscard]] std::int32_t pathChangeOwner(const char* path, std::uint32_t user, std::uint32_t group, Links links);
[[nodiscard]] std::int32_t pathChangeTimes(const char* path, FileTime access, FileTime modify, Links links);
// Payload: for each entry its type (DT_*), its name, NUL; the result counts them. ECANCELED when `cancelled`
// became true before the end.
[[nodiscard]] std::int32_t pathReadDirectory(const char* path, const std::atomic<bool>& cancelled, Bytes& payload);
// Payload: the target. Result: its length, here and in the two below.
[[nodiscard]] std::int32_t pathReadLink(const char* path, Bytes& payload);
[[nodiscard]] std::int32_t pathRealPath(const char* path, Bytes& payload);
[[nodiscard]] std::int32_t pathMakeTemporary(const char* prefix, Bytes& payload);
// Payload: 8 uint64, see ops.def.
[[nodiscard]] std::int32_t pathStatusFilesystem(const char* path, Bytes& payload);

}  // namespace rescind::blocking
