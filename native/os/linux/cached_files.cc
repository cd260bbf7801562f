#include "os/cached_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "os/linux/local_devices.h"
#include "os/linux/read_now.h"
#include "os/linux/status.h"
#include "os/linux/unique_fd.h"

namespace rescind {

namespace {

// Larger files are not copied on the JS thread.
constexpr std::size_t mostBytes = 64 * 1024;

// Paths remembered to be local regular files.
constexpr std::size_t knownPaths = 4096;

// Opens what can be found without waiting: all of the path is in the kernel's cache (RESOLVE_CACHED, Linux 5.12).
UniqueFd openCached(const char* path, int flags, std::uint64_t resolve = 0) noexcept {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_CACHED | resolve;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how))));
}

// What the kernel knows of an open file, without asking a server.
bool statusNow(int descriptor, struct statx& status) noexcept {
  return ::statx(descriptor, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, statusMask, &status) == 0;
}

// A NUL-terminated copy of a path; empty when it is too long to bother.
class PathText {
 public:
  explicit PathText(std::span<const std::byte> bytes) noexcept {
    fits_ = bytes.size() < text_.size();
    if (!fits_) return;
    std::memcpy(text_.data(), bytes.data(), bytes.size());
    text_[bytes.size()] = '\0';
  }
  [[nodiscard]] bool fits() const noexcept { return fits_; }
  [[nodiscard]] const char* get() const noexcept { return text_.data(); }
  [[nodiscard]] std::string directory() const {
    const std::string_view text = text_.data();
    const std::size_t end = text.find_last_of('/');
    if (end == std::string_view::npos) return ".";
    return std::string(text.substr(0, end == 0 ? 1 : end));
  }

 private:
  std::array<char, 1024> text_;
  bool fits_;
};

std::vector<std::byte> bytesOf(const struct statx& status) {
  const StatusPayload payload = statusPayload(status);
  const auto bytes = std::as_bytes(std::span(&payload, 1));
  return {bytes.begin(), bytes.end()};
}

bool isLocal(const struct statx& status, const LocalDevices& local) {
  return local.contains(makedev(status.stx_dev_major, status.stx_dev_minor));
}

bool isLocalRegular(const struct statx& status, const LocalDevices& local) {
  return S_ISREG(status.stx_mode) && isLocal(status, local);
}

}  // namespace

CachedFiles::CachedFiles() : local_(std::make_unique<LocalDevices>()) {}
CachedFiles::~CachedFiles() = default;

void CachedFiles::watchMountsWith(std::unique_ptr<MountWatch> watch) { local_->watchWith(std::move(watch)); }

bool CachedFiles::knows(Operation operation) noexcept {
  return operation == Operation::fileReadWhole || operation == Operation::fileOpen ||
         operation == Operation::pathStatus || operation == Operation::fileStatus;
}

CachedFiles::Named CachedFiles::lookUp(std::span<const std::byte> bytes) {
  refresh();
  const PathText path(bytes);
  if (!path.fits()) return {};
  const UniqueFd found = openCached(path.get(), O_PATH);
  if (!found) return {.absent = errno == ENOENT && isLocalDirectory(path.directory())};
  struct statx status;
  if (!statusNow(found.get(), status) || !isLocalRegular(status, *local_)) return {};
  return {.regular = true, .size = status.stx_size};
}

bool CachedFiles::isLocalDirectory(const std::string& path) const {
  const UniqueFd found = openCached(path.c_str(), O_PATH);
  struct statx status;
  return found && statusNow(found.get(), status) && isLocal(status, *local_);
}

bool CachedFiles::mayWait(int descriptor) {
  refresh();
  struct statx status;
  if (!statusNow(descriptor, status)) return true;
  return (S_ISREG(status.stx_mode) || S_ISDIR(status.stx_mode)) && !isLocal(status, *local_);
}

std::int32_t CachedFiles::read(const Descriptor& descriptor) noexcept {
  auto* into = reinterpret_cast<void*>(static_cast<std::uintptr_t>(descriptor.address));
  const long length = readNow(descriptor.handle, into, descriptor.length, static_cast<std::int64_t>(descriptor.offset));
  const bool whole = length == 0 || length == static_cast<long>(descriptor.length);
  return whole ? static_cast<std::int32_t>(length) : -EAGAIN;
}

bool CachedFiles::isLocalFile(int descriptor) {
  refresh();
  struct statx status;
  return statusNow(descriptor, status) && isLocalRegular(status, *local_);
}

std::optional<CachedAnswer> CachedFiles::attempt(const Descriptor& descriptor, std::span<const std::byte> bytes) {
  refresh();
  switch (descriptor.operation) {
    case Operation::fileReadWhole:
      return readWhole(descriptor, bytes);
    case Operation::fileOpen:
      return open(descriptor, bytes);
    case Operation::pathStatus:
      return statusOfPath(descriptor, bytes);
    case Operation::fileStatus:
      return statusOfFile(descriptor);
    default:
      return std::nullopt;
  }
}

void CachedFiles::refresh() {
  if (fresh_) return;
  fresh_ = true;
  const std::uint64_t readings = local_->refresh();
  if (readings == mountReadings_) return;
  mountReadings_ = readings;
  known_.assign(knownPaths, 0);
}

// All of a file whose pages are in memory; empty when some are not or the file is changing.
std::optional<CachedAnswer> CachedFiles::readCached(int descriptor, std::size_t size) {
  // One byte more than the size shows that the end is the end.
  if (!scratch_) scratch_ = std::make_unique_for_overwrite<std::byte[]>(mostBytes + 1);
  const long length = readNow(descriptor, scratch_.get(), size + 1, 0);
  if (length < 0 || static_cast<std::size_t>(length) != size) return std::nullopt;
  return CachedAnswer{static_cast<std::int32_t>(size), {scratch_.get(), scratch_.get() + size}};
}

// A path that was a local regular file when it was opened before, with no mount changed since, is looked at by
// name: one call instead of three, and without an effect on whatever it may have become, a FIFO with a writer waiting.
std::optional<CachedAnswer> CachedFiles::readKnown(const char* path) {
  struct statx status;
  constexpr int flags = AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW;
  if (::syscall(SYS_statx, AT_FDCWD, path, flags, STATX_TYPE | STATX_SIZE, &status) != 0) return std::nullopt;
  if (status.stx_size > mostBytes || !isLocalRegular(status, *local_)) return std::nullopt;
  const UniqueFd file = openCached(path, O_RDONLY | O_NONBLOCK, RESOLVE_NO_SYMLINKS);
  if (!file) return std::nullopt;
  return readCached(file.get(), status.stx_size);
}

// O_PATH first: it opens nothing, so it shows what the path names before an open could have an effect (a FIFO)
// or wait (a file of a FUSE server).
std::optional<CachedAnswer> CachedFiles::readWhole(const Descriptor& descriptor, std::span<const std::byte> bytes) {
  const PathText path(bytes);
  if (!path.fits() || descriptor.argument0 != O_RDONLY) return std::nullopt;
  const std::uint64_t hash = std::hash<std::string_view>{}(path.get());
  std::uint64_t& place = known_[hash % knownPaths];
  if (place == hash) {
    if (auto answer = readKnown(path.get())) return answer;
    place = 0;
  }
  const UniqueFd found = openCached(path.get(), O_PATH);
  struct statx status;
  if (!found || !statusNow(found.get(), status) || status.stx_size > mostBytes || !isLocalRegular(status, *local_)) {
    return std::nullopt;
  }
  const UniqueFd file = openCached(path.get(), O_RDONLY | O_NONBLOCK);
  if (!file) return std::nullopt;
  auto answer = readCached(file.get(), status.stx_size);
  // A relative path names another file after a chdir().
  if (answer && path.get()[0] == '/') place = hash;
  return answer;
}

std::optional<CachedAnswer> CachedFiles::open(const Descriptor& descriptor, std::span<const std::byte> bytes) {
  const PathText path(bytes);
  constexpr int changing = O_CREAT | O_TRUNC | O_TMPFILE | O_DIRECTORY | O_PATH;
  if (!path.fits() || (descriptor.argument0 & changing) != 0) return std::nullopt;
  const UniqueFd found = openCached(path.get(), O_PATH | (descriptor.argument0 & O_NOFOLLOW));
  struct statx status;
  if (!found || !statusNow(found.get(), status) || !isLocalRegular(status, *local_)) return std::nullopt;
  // Somebody may have a lease on it (fcntl(2)): an open would wait until it is given back.
  UniqueFd file = openCached(path.get(), descriptor.argument0 | O_NONBLOCK);
  if (!file) return std::nullopt;
  if ((descriptor.argument0 & O_NONBLOCK) == 0 && ::fcntl(file.get(), F_SETFL, descriptor.argument0) != 0)
    return std::nullopt;
  return CachedAnswer{file.release(), {}};
}

std::optional<CachedAnswer> CachedFiles::statusOfPath(const Descriptor& descriptor, std::span<const std::byte> bytes) {
  const PathText path(bytes);
  if (!path.fits()) return std::nullopt;
  const UniqueFd found = openCached(path.get(), O_PATH | (descriptor.argument0 == 0 ? O_NOFOLLOW : 0));
  if (!found) return std::nullopt;
  Descriptor opened = descriptor;
  opened.handle = found.get();
  return statusOfFile(opened);
}

std::optional<CachedAnswer> CachedFiles::statusOfFile(const Descriptor& descriptor) {
  struct statx status;
  if (!statusNow(descriptor.handle, status)) return std::nullopt;
  if (!isLocal(status, *local_)) return std::nullopt;
  return CachedAnswer{0, bytesOf(status)};
}

}  // namespace rescind
