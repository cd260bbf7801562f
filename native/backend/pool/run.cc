#include "backend/pool/run.h"

#include <new>

#include "os/blocking_copy.h"
#include "os/blocking_files.h"
#include "os/blocking_handles.h"
#include "os/blocking_names.h"
#include "os/blocking_paths.h"
#include "os/close_descriptor.h"
#include "os/error_numbers.h"
#include "wire/elsewhere.h"

namespace rescind {

namespace {

using blocking::Links;
using blocking::LinkType;
using blocking::PipeMode;

void* memoryOf(const Descriptor& descriptor) noexcept {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(descriptor.address));
}

std::int64_t offsetOf(const Descriptor& descriptor) noexcept { return static_cast<std::int64_t>(descriptor.offset); }

std::uint32_t unsignedOf(std::int32_t argument) noexcept { return static_cast<std::uint32_t>(argument); }

FileTime accessTimeOf(const Descriptor& descriptor) noexcept {
  return {static_cast<std::int64_t>(descriptor.address), descriptor.argument0};
}

FileTime modifyTimeOf(const Descriptor& descriptor) noexcept {
  return {static_cast<std::int64_t>(descriptor.offset), descriptor.argument1};
}

Links linksOf(std::uint32_t length) noexcept { return length == 1 ? Links::keep : Links::follow; }

LinkType linkTypeOf(std::int32_t argument) noexcept { return static_cast<LinkType>(argument); }

PipeMode pipeModeOf(std::int32_t argument) noexcept { return argument == 1 ? PipeMode::messages : PipeMode::bytes; }

std::int32_t copy(Task& task) {
  const Descriptor& to = task.descriptor;
  const auto outcome = blocking::pathCopy(task.path(), task.secondPath(), to.argument0, task.cancelRequested);
  task.leftTraces = outcome.changedExisting;
  return outcome.result;
}

// No default: the compiler names an operation that ops.def has and this does not.
std::int32_t resultOf(Task& task) {
  const Descriptor& it = task.descriptor;
  switch (it.operation) {
    case Operation::noop:
      return 0;
    case Operation::handleClose:
      return blocking::handleClose(it.handle);
    case Operation::fileOpen:
      return blocking::fileOpen(task.path(), it.argument0, unsignedOf(it.argument1));
    case Operation::fileRead:
      return blocking::fileRead(it.handle, memoryOf(it), it.length, offsetOf(it));
    case Operation::fileWrite:
      return blocking::fileWrite(it.handle, memoryOf(it), it.length, offsetOf(it));
    case Operation::fileReadVector:
      return blocking::fileReadVector(it.handle, task.text, offsetOf(it));
    case Operation::fileWriteVector:
      return blocking::fileWriteVector(it.handle, task.text, offsetOf(it));
    case Operation::fileSync:
      return blocking::fileSync(it.handle);
    case Operation::fileDataSync:
      return blocking::fileDataSync(it.handle);
    case Operation::fileStatus:
      return blocking::fileStatus(it.handle, task.payload);
    case Operation::fileAllocate:
      return blocking::fileAllocate(it.handle, it.argument0, offsetOf(it), static_cast<std::int64_t>(it.address));
    case Operation::fileTruncate:
      return blocking::fileTruncate(it.handle, offsetOf(it));
    case Operation::fileChangeMode:
      return blocking::fileChangeMode(it.handle, unsignedOf(it.argument0));
    case Operation::fileChangeOwner:
      return blocking::fileChangeOwner(it.handle, unsignedOf(it.argument0), unsignedOf(it.argument1));
    case Operation::fileChangeTimes:
      return blocking::fileChangeTimes(it.handle, accessTimeOf(it), modifyTimeOf(it));
    case Operation::fileReadWhole:
      return blocking::fileReadWhole(task.path(), it.argument0, task.cancelRequested, task.payload);
    case Operation::pathStatus:
      return blocking::pathStatus(task.path(), it.argument0 == 1 ? Links::follow : Links::keep, task.payload);
    case Operation::pathUnlink:
      return blocking::pathUnlink(task.path());
    case Operation::pathRemoveDirectory:
      return blocking::pathRemoveDirectory(task.path());
    case Operation::pathRename:
      return blocking::pathRename(task.path(), task.secondPath());
    case Operation::pathMakeDirectory:
      return blocking::pathMakeDirectory(task.path(), unsignedOf(it.argument0));
    case Operation::pathSymlink:
      return blocking::pathSymlink(task.path(), task.secondPath(), linkTypeOf(it.argument0));
    case Operation::pathLink:
      return blocking::pathLink(task.path(), task.secondPath());
    case Operation::pathReadDirectory:
      return blocking::pathReadDirectory(task.path(), task.cancelRequested, task.payload);
    case Operation::pathReadLink:
      return blocking::pathReadLink(task.path(), task.payload);
    case Operation::pathRealPath:
      return blocking::pathRealPath(task.path(), task.payload);
    case Operation::pathAccess:
      return blocking::pathAccess(task.path(), it.argument0);
    case Operation::pathChangeMode:
      return blocking::pathChangeMode(task.path(), unsignedOf(it.argument0));
    case Operation::pathChangeOwner:
      return blocking::pathChangeOwner(task.path(), unsignedOf(it.argument0), unsignedOf(it.argument1),
                                       linksOf(it.length));
    case Operation::pathChangeTimes:
      return blocking::pathChangeTimes(task.path(), accessTimeOf(it), modifyTimeOf(it), linksOf(it.length));
    case Operation::pathMakeTemporary:
      return blocking::pathMakeTemporary(task.path(), task.payload);
    case Operation::pathCopy:
      return copy(task);
    case Operation::pathStatusFilesystem:
      return blocking::pathStatusFilesystem(task.path(), task.payload);
    case Operation::watchAdd:
      return blocking::watchAdd(it.handle, task.path(), unsignedOf(it.argument0));
    case Operation::directoryWatchOpen:
      return blocking::directoryWatchOpen(task.path());
    case Operation::socketOpen:
      return blocking::socketOpen(it.argument0, it.argument1);
    case Operation::pipeConnect:
      return blocking::pipeConnect(task.path(), pipeModeOf(it.argument0), task.cancelRequested);
    case Operation::addressLookup:
      return blocking::addressLookup(task.path(), it.argument0, it.argument1, task.payload);
    case Operation::entryLookup:
      return blocking::entryLookup(
          {static_cast<blocking::Entry>(it.argument0), task.path(), task.secondPath(), it.argument1}, task.payload);
    // The timer thread completes these.
    case Operation::timer:
    // The pool has no column for the others.
    case Operation::skip:
#define OP(name, code, uring, epoll, iocp, ioring, pool) RESCIND_ELSEWHERE(name, pool)
#include "wire/ops.def"
#undef OP
      break;
  }
  return -error::notImplemented;
}

bool makesDescriptor(Operation operation) noexcept {
  switch (operation) {
    case Operation::fileOpen:
    case Operation::socketOpen:
    case Operation::pipeConnect:
    case Operation::directoryWatchOpen:
      return true;
    default:
      return false;
  }
}

}  // namespace

void run(Task& task) noexcept {
  try {
    task.result = resultOf(task);
    if (task.result < 0) task.native = blocking::lastNativeError();
  } catch (const std::bad_alloc&) {
    task.payload = {};
    task.result = -error::noMemory;
  }
}

void discard(const Task& task) noexcept {
  if (makesDescriptor(task.descriptor.operation) && task.result >= 0) closeDescriptor(task.result);
}

}  // namespace rescind
