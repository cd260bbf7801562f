// What the kernel tells of a ring: /proc/self/fdinfo.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include "backend/uring/uring_lane.h"

namespace rescind::testing {

inline std::ifstream informationOf(const Lane& lane) {
  return std::ifstream("/proc/self/fdinfo/" + std::to_string(lane.readinessDescriptor()));
}

// The registered files of a ring, which are lines like "  257: name".
inline int registeredIn(const Lane& lane) {
  std::ifstream lines = informationOf(lane);
  bool inList = false;
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool entry = line.find(": ") != std::string::npos && line.find_first_not_of(' ') > 0;
    if (line.starts_with("UserFiles:"))
      inList = true;
    else if (inList && !entry)
      break;
    else if (inList && line.find("<none>") == std::string::npos)
      count++;
  }
  return count;
}

// The entries it has been given so far.
inline std::uint32_t entriesOf(const Lane& lane) {
  std::ifstream lines = informationOf(lane);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("SqTail:")) return static_cast<std::uint32_t>(std::stoul(line.substr(7)));
  }
  return 0;
}

}  // namespace rescind::testing
