// The short road: what the kernel can answer from its caches, without waiting for anything, is answered on the
// spot with plain system calls. Each of these is an attempt; an empty answer means that the operation goes its
// usual way, and that nothing has happened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "os/mount_watch.h"
#include "wire/layout.h"

namespace rescind {

struct CachedAnswer {
  std::int32_t result;  // ≥ 0
  std::vector<std::byte> payload;
};

class LocalDevices;

class CachedFiles {
 public:
  CachedFiles();
  ~CachedFiles();
  // Something better than a system call per batch to learn that mounts have changed.
  void watchMountsWith(std::unique_ptr<MountWatch> watch);
  // Whether the operation has a short road at all.
  [[nodiscard]] static bool knows(Operation operation) noexcept;
  // What a path names, as far as the caches know: a regular file of a local file system, or nothing in a directory
  // of one; neither when they do not know.
  struct Named {
    bool regular = false;
    bool absent = false;
    std::uint64_t size = 0;
  };
  [[nodiscard]] Named lookUp(std::span<const std::byte> path);
  // Whether a transfer of this open file may wait for somebody else's computer or program, in the call itself: a file
  // on a file system that is not local.
  [[nodiscard]] bool mayWait(int descriptor);
  // Whether it is a regular file of a local file system: a transfer of it waits for nobody.
  [[nodiscard]] bool isLocalFile(int descriptor);
  // What follows belongs to one batch: what is mounted is looked at once for all of it.
  void beginBatch() noexcept { fresh_ = false; }
  // A read from a position of an open file: bytes, 0 at its end; -EAGAIN when not all of them are in memory.
  [[nodiscard]] static std::int32_t read(const Descriptor& descriptor) noexcept;
  [[nodiscard]] std::optional<CachedAnswer> attempt(const Descriptor& descriptor, std::span<const std::byte> bytes);

 private:
  [[nodiscard]] std::optional<CachedAnswer> readWhole(const Descriptor& descriptor, std::span<const std::byte> path);
  [[nodiscard]] std::optional<CachedAnswer> open(const Descriptor& descriptor, std::span<const std::byte> path);
  [[nodiscard]] std::optional<CachedAnswer> statusOfPath(const Descriptor& descriptor, std::span<const std::byte> path);
  [[nodiscard]] std::optional<CachedAnswer> statusOfFile(const Descriptor& descriptor);

  [[nodiscard]] std::optional<CachedAnswer> readKnown(const char* path);
  [[nodiscard]] std::optional<CachedAnswer> readCached(int descriptor, std::size_t size);
  [[nodiscard]] bool isLocalDirectory(const std::string& path) const;
  void refresh();

  std::unique_ptr<LocalDevices> local_;
  bool fresh_ = false;
  std::uint64_t mountReadings_ = 0;
  // Hashes of absolute paths that were regular files of local file systems, each in the place its low bits name.
  std::vector<std::uint64_t> known_;
  // What a file is read into before its length is known for sure.
  std::unique_ptr<std::byte[]> scratch_;
};

}  // namespace rescind
