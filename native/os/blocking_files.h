// Blocking forms of the file operations. Results are ≥ 0 or a negated error number.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "os/blocking_result.h"
#include "os/file_time.h"

namespace rescind::blocking {

// The offset that means the current position of the file.
inline constexpr std::int64_t currentPosition = -1;

[[nodiscard]] std::int32_t fileOpen(const char* path, int flags, std::uint32_t mode);
[[nodiscard]] std::int32_t fileRead(int file, void* memory, std::size_t length, std::int64_t offset) noexcept;
[[nodiscard]] std::int32_t fileWrite(int file, const void* memory, std::size_t length, std::int64_t offset) noexcept;
// `pairs` holds (address, length) pairs of float64.
[[nodiscard]] std::int32_t fileReadVector(int file, std::span<const char> pairs, std::int64_t offset);
[[nodiscard]] std::int32_t fileWriteVector(int file, std::span<const char> pairs, std::int64_t offset);
[[nodiscard]] std::int32_t fileSync(int file) noexcept;
[[nodiscard]] std::int32_t fileDataSync(int file) noexcept;
[[nodiscard]] std::int32_t fileStatus(int file, Bytes& payload);
[[nodiscard]] std::int32_t fileAllocate(int file, int mode, std::int64_t offset, std::int64_t length) noexcept;
[[nodiscard]] std::int32_t fileTruncate(int file, std::int64_t length) noexcept;
[[nodiscard]] std::int32_t fileChangeMode(int file, std::uint32_t mode) noexcept;
[[nodiscard]] std::int32_t fileChangeOwner(int file, std::uint32_t user, std::uint32_t group) noexcept;
[[nodiscard]] std::int32_t fileChangeTimes(int file, FileTime access, FileTime modify) noexcept;

// Opens, reads and closes a regular file. ENOTSUP for anything else and for what is larger than 512 MiB;
// ECANCELED when `cancelled` became true before the end.
[[nodiscard]] std::int32_t fileReadWhole(const char* path, int flags, const std::atomic<bool>& cancelled,
                                         Bytes& payload);

}  // namespace rescind::blocking
