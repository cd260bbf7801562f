// A temporary directory of a test, and what tests ask about files without going through the lane.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace rescind::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    char path[] = "/tmp/rescind-pool-XXXXXX";
    if (::mkdtemp(path) == nullptr) std::abort();
    path_ = path;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    if (std::system(("rm -rf " + path_).c_str()) != 0) std::abort();
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

  std::string file(const std::string& name, const std::string& contents) const {
    std::ofstream(*this / name, std::ios::binary) << contents;
    return *this / name;
  }
  std::string fifo(const std::string& name) const {
    if (::mkfifo((*this / name).c_str(), 0600) != 0) std::abort();
    return *this / name;
  }

 private:
  std::string path_;
};

inline std::string contentsOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline bool exists(const std::string& path) {
  struct stat status;
  return ::lstat(path.c_str(), &status) == 0;
}

inline struct stat statusOf(const std::string& path) {
  struct stat status = {};
  static_cast<void>(::lstat(path.c_str(), &status));
  return status;
}

inline std::string twoPaths(const std::string& first, const std::string& second) { return first + '\0' + second; }

// Entries of a directory of /proc that counts something of this process.
inline int countOf(const char* path) {
  DIR* directory = ::opendir(path);
  if (directory == nullptr) return -1;
  int count = 0;
  while (::readdir(directory) != nullptr) count++;
  ::closedir(directory);
  return count;
}

// Lets the thread go that waits to open this FIFO for reading.
inline void releaseFifo(const std::string& path) {
  for (int attempt = 0; attempt < 1000; attempt++) {
    const int writer = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (writer >= 0) {
      ::close(writer);
      return;
    }
    ::usleep(2000);
  }
}

}  // namespace rescind::testing
