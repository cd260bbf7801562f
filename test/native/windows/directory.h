// A directory of a test's own, and files in it by the calls of the system.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "os/blocking_paths.h"
#include "os/windows/system.h"
#include "os/windows/text.h"

namespace rescind::testing {

inline std::string textOf(const blocking::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Directory {
 public:
  Directory() {
    wchar_t temporary[MAX_PATH + 1];
    ::GetTempPathW(MAX_PATH, temporary);
    blocking::Bytes made;
    static_cast<void>(blocking::pathMakeTemporary((narrowText(temporary) + "rescind-").c_str(), made));
    path_ = textOf(made);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    // The tests remove what is in it.
    for (const std::string& name : names()) static_cast<void>(blocking::pathUnlink((*this / name).c_str()));
    static_cast<void>(blocking::pathRemoveDirectory(path_.c_str()));
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "\\" + name; }

  [[nodiscard]] std::string write(const std::string& name, const std::string& contents) const {
    const std::string path = *this / name;
    std::FILE* const file = ::_wfopen(wideText(path)->c_str(), L"wb");
    std::fwrite(contents.data(), 1, contents.size(), file);
    std::fclose(file);
    return path;
  }

  [[nodiscard]] std::string read(const std::string& name) const {
    std::string contents;
    std::FILE* const file = ::_wfopen(wideText(*this / name)->c_str(), L"rb");
    if (file == nullptr) return "(none)";
    for (int byte = std::fgetc(file); byte != EOF; byte = std::fgetc(file)) contents.push_back(static_cast<char>(byte));
    std::fclose(file);
    return contents;
  }

  [[nodiscard]] bool has(const std::string& name) const {
    return ::GetFileAttributesW(wideText(*this / name)->c_str()) != INVALID_FILE_ATTRIBUTES;
  }

  // Of all that is in it.
  [[nodiscard]] std::vector<std::string> names() const {
    const std::atomic<bool> cancelled = false;
    blocking::Bytes listing;
    static_cast<void>(blocking::pathReadDirectory(path_.c_str(), cancelled, listing));
    std::vector<std::string> found;
    const std::string text = textOf(listing);
    for (std::size_t at = 0; at < text.size();) {
      found.emplace_back(text.c_str() + at + 1);
      at += found.back().size() + 2;
    }
    return found;
  }

 private:
  std::string path_;
};

}  // namespace rescind::testing
