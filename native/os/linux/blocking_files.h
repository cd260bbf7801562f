// Blocking forms of the file operations. Results are ≥ 0 or a negated errno.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <atomic>
#include <cstdint>
#include <span>

#include "os/linux/blocking_result.h"

namespace rescind::blocking {

// The offset that means the current position of the file.
inline constexpr off_t currentPosition = -1;

[[nodiscard]] std::int32_t fileOpen(const char* path, int flags, mode_t mode) noexcept;
[[nodiscard]] std::int32_t fileRead(int file, void* memory, std::size_t length, off_t offset) noexcept;
[[nodiscard]] std::int32_t fileWrite(int file, const void* memory, std::size_t length, off_t offset) noexcept;
// `pairs` holds (address, length) pairs of float64.
[[nodiscard]] std::int32_t fileReadVector(int file, std::span<const char> pairs, off_t offset);
[[nodiscard]] std::int32_t fileWriteVector(int file, std::span<const char> pairs, off_t offset);
[[nodiscard]] std::int32_t fileSync(int file) noexcept;
[[nodiscard]] std::int32_t fileDataSync(int file) noexcept;
[[nodiscard]] std::int32_t fileStatus(int file, Bytes& payload);
[[nodiscard]] std::int32_t fileAllocate(int file, int mode, off_t offset, off_t length) noexcept;
[[nodiscard]] std::int32_t fileTruncate(int file, off_t length) noexcept;
[[nodiscard]] std::int32_t fileChangeMode(int file, mode_t mode) noexcept;
[[nodiscard]] std::int32_t fileChangeOwner(int file, uid_t user, gid_t group) noexcept;
[[nodiscard]] std::int32_t fileChangeTimes(int file, const timespec& access, const timespec& modify) noexcept;

// Opens, reads and closes a regular file. ENOTSUP for anything else and for what is larger than 512 MiB;
// ECANCELED when `cancelled` became true before the end.
[[nodiscard]] std::int32_t fileReadWhole(const char* path, int flags, const std::atomic<bool>& cancelled,
                                         Bytes& payload);

}  // namespace rescind::blocking
