// Times of files: the system counts units of 100 ns since 1601.
#pragma once

#include <cstdint>
#include <optional>

#include "os/file_time.h"
#include "os/windows/system.h"

namespace rescind {

inline constexpr std::int64_t timeUnitsPerSecond = 10'000'000;
inline constexpr std::int64_t timeUnitsBefore1970 = 116'444'736'000'000'000;

inline FileTime fileTimeOf(LARGE_INTEGER time) noexcept {
  const std::int64_t units = time.QuadPart - timeUnitsBefore1970;
  // Rounded down, for the time before 1970.
  std::int64_t seconds = units / timeUnitsPerSecond;
  if (units % timeUnitsPerSecond < 0) seconds--;
  return {seconds, static_cast<std::int32_t>((units - seconds * timeUnitsPerSecond) * 100)};
}

// Nothing for a time the system cannot keep: before 1601, or about 29,000 years after it.
inline std::optional<FILETIME> systemTimeOf(FileTime time) noexcept {
  constexpr std::int64_t latest = (INT64_MAX - timeUnitsBefore1970) / timeUnitsPerSecond - 1;
  constexpr std::int64_t earliest = -timeUnitsBefore1970 / timeUnitsPerSecond;
  if (time.seconds < earliest || time.seconds > latest) return std::nullopt;
  const std::int64_t units = time.seconds * timeUnitsPerSecond + time.nanoseconds / 100 + timeUnitsBefore1970;
  // 0 asks SetFileTime to leave the time as it is.
  if (units <= 0) return std::nullopt;
  return FILETIME{static_cast<DWORD>(units), static_cast<DWORD>(units >> 32)};
}

}  // namespace rescind
