#include "os/blocking_paths.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "os/linux/blocking_result.h"
#include "os/linux/status.h"
#include "os/linux/timespec.h"

namespace rescind::blocking {

namespace {

int flagsOf(Links links) noexcept { return links == Links::keep ? AT_SYMLINK_NOFOLLOW : 0; }

std::int32_t giveText(const char* text, std::size_t length, Bytes& payload) {
  append(payload, text, length);
  return static_cast<std::int32_t>(length);
}

bool isDots(const char* name) noexcept { return std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0; }

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

struct Free {
  void operator()(char* text) const noexcept { ::free(text); }
};

}  // namespace

std::int32_t pathStatus(const char* path, Links links, Bytes& payload) {
  struct statx status;
  const std::int32_t result = resultOf(::statx(AT_FDCWD, path, flagsOf(links), statusMask, &status));
  if (result < 0) return result;
  const StatusPayload fields = statusPayload(status);
  append(payload, &fields, sizeof fields);
  return 0;
}

std::int32_t pathUnlink(const char* path) { return resultOf(::unlink(path)); }

std::int32_t pathRemoveDirectory(const char* path) { return resultOf(::rmdir(path)); }

std::int32_t pathRename(const char* from, const char* to) { return resultOf(::rename(from, to)); }

std::int32_t pathMakeDirectory(const char* path, mode_t mode) { return resultOf(::mkdir(path, mode)); }

std::int32_t pathSymlink(const char* target, const char* path, LinkType) { return resultOf(::symlink(target, path)); }

std::int32_t pathLink(const char* existing, const char* path) { return resultOf(::link(existing, path)); }

std::int32_t pathAccess(const char* path, int mode) { return resultOf(::access(path, mode)); }

std::int32_t pathChangeMode(const char* path, mode_t mode) { return resultOf(::chmod(path, mode)); }

std::int32_t pathChangeOwner(const char* path, uid_t user, gid_t group, Links links) {
  return resultOf(::fchownat(AT_FDCWD, path, user, group, flagsOf(links)));
}

std::int32_t pathChangeTimes(const char* path, FileTime access, FileTime modify, Links links) {
  const timespec times[2] = {timespecOf(access), timespecOf(modify)};
  return resultOf(::utimensat(AT_FDCWD, path, times, flagsOf(links)));
}

std::int32_t pathReadDirectory(const char* path, const std::atomic<bool>& cancelled, Bytes& payload) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path));
  if (directory == nullptr) return -errno;
  std::int32_t entries = 0;
  std::int32_t error = 0;
  for (;;) {
    if (cancelled.load(std::memory_order_relaxed)) error = -ECANCELED;
    // readdir tells its end from an error by errno alone.
    errno = 0;
    const dirent* entry = error == 0 ? ::readdir(directory.get()) : nullptr;
    if (entry == nullptr) break;
    if (isDots(entry->d_name)) continue;
    payload.push_back(static_cast<std::byte>(entry->d_type));
    append(payload, entry->d_name, std::strlen(entry->d_name) + 1);
    entries++;
  }
  if (error == 0) error = -errno;
  if (error == 0) return entries;
  payload.clear();
  return error;
}

std::int32_t pathReadLink(const char* path, Bytes& payload) {
  // A length as large as the room may be a truncated one: ask again with more.
  for (std::size_t room = 256;; room *= 2) {
    payload.resize(room);
    const ssize_t length = ::readlink(path, reinterpret_cast<char*>(payload.data()), room);
    if (length >= 0 && static_cast<std::size_t>(length) == room) continue;
    const std::int32_t result = resultOf(length);
    payload.resize(result < 0 ? 0 : static_cast<std::size_t>(result));
    return result;
  }
}

std::int32_t pathRealPath(const char* path, Bytes& payload) {
  const std::unique_ptr<char, Free> real(::realpath(path, nullptr));
  if (real == nullptr) return -errno;
  return giveText(real.get(), std::strlen(real.get()), payload);
}

std::int32_t pathMakeTemporary(const char* prefix, Bytes& payload) {
  std::string path = std::string(prefix) + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return -errno;
  return giveText(path.data(), path.size(), payload);
}

std::int32_t pathStatusFilesystem(const char* path, Bytes& payload) {
  struct statfs status;
  const std::int32_t result = resultOf(::statfs(path, &status));
  if (result < 0) return result;
  const std::uint64_t fields[8] = {
      static_cast<std::uint64_t>(status.f_type),
      static_cast<std::uint64_t>(status.f_bsize),
      static_cast<std::uint64_t>(status.f_frsize),
      status.f_blocks,
      status.f_bfree,
      status.f_bavail,
      status.f_files,
      status.f_ffree,
  };
  append(payload, fields, sizeof fields);
  return 0;
}

}  // namespace rescind::blocking
