#include "backend/uring/prepare.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstring>

#include "os/linux/status.h"
#include "os/socket_address.h"
#include "wire/elsewhere.h"
#include "wire/pieces.h"

namespace rescind::uring {

namespace {

std::uint64_t addressOf(const void* memory) noexcept { return reinterpret_cast<std::uint64_t>(memory); }

std::uint64_t callerMemory(const Descriptor& descriptor) noexcept {
  return static_cast<std::uint64_t>(descriptor.address);
}

// -1 is the current position, for the kernel all ones.
std::uint64_t fileOffset(const Descriptor& descriptor) noexcept {
  return descriptor.offset < 0 ? ~std::uint64_t{0} : static_cast<std::uint64_t>(descriptor.offset);
}

Borrowed& borrow(PendingTable& table, Pending& pending) {
  if (!pending.borrowed) pending.borrowed = table.borrow();
  return *pending.borrowed;
}

void preparePath(const Descriptor&, std::span<const std::byte> bytes, Borrowed& borrowed, io_uring_sqe& entry,
                 std::uint8_t opcode) {
  entry.opcode = opcode;
  entry.fd = AT_FDCWD;
  entry.addr = addressOf(keepText(borrowed, bytes));
}

// Two paths with a NUL between them.
int preparePaths(std::span<const std::byte> bytes, Borrowed& borrowed, io_uring_sqe& entry, std::uint8_t opcode) {
  const auto separator = std::find(bytes.begin(), bytes.end(), std::byte{0});
  if (separator == bytes.end()) return -EINVAL;
  const char* first = keepText(borrowed, bytes);
  entry.opcode = opcode;
  entry.addr = addressOf(first);
  entry.off = addressOf(first + (separator - bytes.begin()) + 1);
  return 0;
}

void prepareTransfer(const Descriptor& descriptor, io_uring_sqe& entry, std::uint8_t opcode) {
  entry.opcode = opcode;
  entry.fd = descriptor.handle;
  entry.addr = callerMemory(descriptor);
  entry.len = descriptor.length;
  entry.off = fileOffset(descriptor);
}

// The wire gives (address, length) pairs of float64; the kernel wants iovec, kept behind the operation.
std::size_t keepVectors(Borrowed& borrowed, std::span<const std::byte> bytes) {
  const std::size_t count = bytes.size() / (2 * sizeof(double));
  borrowed.heap = std::make_unique<char[]>(count * sizeof(iovec));
  auto* vectors = reinterpret_cast<iovec*>(borrowed.heap.get());
  for (std::size_t index = 0; index < count; ++index) {
    double pair[2];
    std::memcpy(pair, bytes.data() + index * sizeof(pair), sizeof(pair));
    vectors[index].iov_base = reinterpret_cast<void*>(static_cast<std::uintptr_t>(pair[0]));
    vectors[index].iov_len = static_cast<std::size_t>(pair[1]);
  }
  return count;
}

void prepareVectors(const Descriptor& descriptor, std::span<const std::byte> bytes, Borrowed& borrowed,
                    io_uring_sqe& entry, std::uint8_t opcode) {
  entry.opcode = opcode;
  entry.fd = descriptor.handle;
  entry.len = static_cast<std::uint32_t>(keepVectors(borrowed, bytes));
  entry.addr = addressOf(borrowed.heap.get());
  entry.off = fileOffset(descriptor);
}

void prepareSync(const Descriptor& descriptor, io_uring_sqe& entry, std::uint32_t flags) {
  entry.opcode = IORING_OP_FSYNC;
  entry.fd = descriptor.handle;
  entry.fsync_flags = flags;
}

void prepareOpen(const Descriptor& descriptor, std::span<const std::byte> bytes, Borrowed& borrowed,
                 io_uring_sqe& entry) {
  preparePath(descriptor, bytes, borrowed, entry, IORING_OP_OPENAT);
  entry.len = static_cast<std::uint32_t>(descriptor.argument1);
  entry.open_flags = static_cast<std::uint32_t>(descriptor.argument0) | O_CLOEXEC;
}

void prepareStatus(const char* path, int directory, int flags, Borrowed& borrowed, io_uring_sqe& entry) {
  entry.opcode = IORING_OP_STATX;
  entry.fd = directory;
  entry.addr = addressOf(path);
  entry.len = statusMask;
  entry.statx_flags = static_cast<std::uint32_t>(flags);
  entry.off = addressOf(&borrowed.status);
}

void prepareAllocate(const Descriptor& descriptor, io_uring_sqe& entry) {
  entry.opcode = IORING_OP_FALLOCATE;
  entry.fd = descriptor.handle;
  entry.len = static_cast<std::uint32_t>(descriptor.argument0);
  entry.off = static_cast<std::uint64_t>(descriptor.offset);
  entry.addr = static_cast<std::uint64_t>(descriptor.address);
}

void prepareSocket(const Descriptor& descriptor, io_uring_sqe& entry) {
  entry.opcode = IORING_OP_SOCKET;
  entry.fd = descriptor.argument0 == 4 ? AF_INET : descriptor.argument0 == 6 ? AF_INET6 : AF_UNIX;
  entry.off = static_cast<std::uint64_t>((descriptor.argument1 == 2 ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC);
}

int prepareConnect(const Descriptor& descriptor, std::span<const std::byte> bytes, Borrowed& borrowed,
                   io_uring_sqe& entry) {
  borrowed.peer.length = decodeWireAddress(bytes, borrowed.peer.address);
  if (borrowed.peer.length == 0) return -EAFNOSUPPORT;
  entry.opcode = IORING_OP_CONNECT;
  entry.fd = descriptor.handle;
  entry.addr = addressOf(&borrowed.peer.address);
  entry.off = borrowed.peer.length;
  return 0;
}

void prepareAccept(const Descriptor& descriptor, io_uring_sqe& entry) {
  entry.opcode = IORING_OP_ACCEPT;
  entry.fd = descriptor.handle;
  entry.accept_flags = SOCK_CLOEXEC;
  if ((descriptor.flags & DescriptorFlag::multishot) != 0) entry.ioprio = IORING_ACCEPT_MULTISHOT;
}

void prepareReceive(const Descriptor& descriptor, io_uring_sqe& entry) {
  entry.opcode = IORING_OP_RECV;
  entry.fd = descriptor.handle;
  entry.addr = callerMemory(descriptor);
  entry.len = descriptor.length;
  entry.msg_flags = static_cast<std::uint32_t>(descriptor.argument0);
}

void prepareSend(const Descriptor& descriptor, Pending& pending, io_uring_sqe& entry) {
  prepareReceive(descriptor, entry);
  const bool zeroCopy = (descriptor.flags & DescriptorFlag::zeroCopy) != 0;
  entry.opcode = zeroCopy ? IORING_OP_SEND_ZC : IORING_OP_SEND;
  entry.msg_flags |= MSG_NOSIGNAL;
  pending.awaitsNotification = false;
}

void prepareMessage(const Descriptor& descriptor, Borrowed& borrowed, io_uring_sqe& entry, std::uint8_t opcode) {
  Borrowed::Message& message = borrowed.message;
  message.header = {};
  message.vector = {reinterpret_cast<void*>(static_cast<std::uintptr_t>(descriptor.address)), descriptor.length};
  message.header.msg_iov = &message.vector;
  message.header.msg_iovlen = 1;
  entry.opcode = opcode;
  entry.fd = descriptor.handle;
  entry.addr = addressOf(&message.header);
  entry.len = 1;
  entry.msg_flags = static_cast<std::uint32_t>(descriptor.argument0);
}

void prepareReceiveMessage(const Descriptor& descriptor, Borrowed& borrowed, io_uring_sqe& entry) {
  prepareMessage(descriptor, borrowed, entry, IORING_OP_RECVMSG);
  borrowed.message.header.msg_name = &borrowed.message.address;
  borrowed.message.header.msg_namelen = sizeof(borrowed.message.address);
}

int prepareSendMessage(const Descriptor& descriptor, std::span<const std::byte> destination, Borrowed& borrowed,
                       io_uring_sqe& entry) {
  prepareMessage(descriptor, borrowed, entry, IORING_OP_SENDMSG);
  entry.msg_flags |= MSG_NOSIGNAL;
  if (destination.empty()) return 0;
  const std::uint32_t length = decodeWireAddress(destination, borrowed.message.address);
  if (length == 0) return -EAFNOSUPPORT;
  borrowed.message.header.msg_name = &borrowed.message.address;
  borrowed.message.header.msg_namelen = length;
  return 0;
}

int prepareSendVector(const Descriptor& descriptor, std::span<const std::byte> bytes, Borrowed& borrowed,
                      io_uring_sqe& entry) {
  const Pieces pieces = splitPieces(bytes, descriptor.length);
  const int result = prepareSendMessage(descriptor, pieces.destination, borrowed, entry);
  borrowed.message.header.msg_iovlen = keepVectors(borrowed, pieces.pairs);
  borrowed.message.header.msg_iov = reinterpret_cast<iovec*>(borrowed.heap.get());
  return result;
}

void prepareTimer(const Descriptor& descriptor, Borrowed& borrowed, io_uring_sqe& entry) {
  const auto nanoseconds = static_cast<long long>(descriptor.offset * 1e6);
  borrowed.interval.tv_sec = nanoseconds / 1000000000;
  borrowed.interval.tv_nsec = nanoseconds % 1000000000;
  entry.opcode = IORING_OP_TIMEOUT;
  entry.addr = addressOf(&borrowed.interval);
  entry.len = 1;
}

}  // namespace

bool kernelKeepsDeadline(const Descriptor& descriptor) noexcept {
  if ((descriptor.flags & DescriptorFlag::mayBlock) != 0) return false;
  switch (descriptor.operation) {
    case Operation::noop:
    case Operation::timer:
    case Operation::fileRead:
    case Operation::fileWrite:
    case Operation::fileReadVector:
    case Operation::fileWriteVector:
    case Operation::socketConnect:
    case Operation::socketAccept:
    case Operation::socketReceive:
    case Operation::socketSend:
    case Operation::socketReceiveMessage:
    case Operation::socketSendMessage:
    case Operation::socketSendVector:
    case Operation::readable:
      return true;
    default:
      return false;
  }
}

void prepareLaneReceive(bool fromRing, bool multishot, PendingTable& table, Pending& pending, io_uring_sqe& entry) {
  entry.opcode = IORING_OP_RECV;
  entry.fd = pending.handle;
  if (fromRing) {
    entry.flags |= IOSQE_BUFFER_SELECT;
    entry.buf_group = BufferRing::group;
    // A multishot receive takes whole buffers; zero is the kernel's word for that.
    entry.len = multishot ? 0 : std::min(pending.length, BufferRing::bufferBytes);
    if (multishot) entry.ioprio = IORING_RECV_MULTISHOT;
    return;
  }
  Borrowed& borrowed = borrow(table, pending);
  entry.len = std::min(pending.length, BufferRing::bufferBytes);
  borrowed.heap = std::make_unique<char[]>(entry.len);
  entry.addr = addressOf(borrowed.heap.get());
}

int prepare(const Descriptor& descriptor, std::span<const std::byte> bytes, PendingTable& table, Pending& pending,
            io_uring_sqe& entry) {
  // To a worker of the kernel's at once. A first attempt on this thread would open a FIFO with O_NONBLOCK, which
  // succeeds, unlike open(2), and would wait for the server of some file systems.
  if ((descriptor.flags & DescriptorFlag::mayBlock) != 0) entry.flags |= IOSQE_ASYNC;
  switch (descriptor.operation) {
    case Operation::noop:
      entry.opcode = IORING_OP_NOP;
      return 0;
    case Operation::timer:
      prepareTimer(descriptor, borrow(table, pending), entry);
      return 0;
    case Operation::handleClose:
      entry.opcode = IORING_OP_CLOSE;
      entry.fd = descriptor.handle;
      return 0;
    case Operation::fileOpen:
      prepareOpen(descriptor, bytes, borrow(table, pending), entry);
      return 0;
    case Operation::fileRead:
      prepareTransfer(descriptor, entry, IORING_OP_READ);
      return 0;
    case Operation::fileWrite:
      prepareTransfer(descriptor, entry, IORING_OP_WRITE);
      return 0;
    case Operation::fileReadVector:
      prepareVectors(descriptor, bytes, borrow(table, pending), entry, IORING_OP_READV);
      return 0;
    case Operation::fileWriteVector:
      prepareVectors(descriptor, bytes, borrow(table, pending), entry, IORING_OP_WRITEV);
      return 0;
    case Operation::fileSync:
      prepareSync(descriptor, entry, 0);
      return 0;
    case Operation::fileDataSync:
      prepareSync(descriptor, entry, IORING_FSYNC_DATASYNC);
      return 0;
    case Operation::fileStatus: {
      Borrowed& borrowed = borrow(table, pending);
      prepareStatus(keepText(borrowed, {}), descriptor.handle, AT_EMPTY_PATH, borrowed, entry);
      return 0;
    }
    case Operation::fileAllocate:
      prepareAllocate(descriptor, entry);
      return 0;
    case Operation::fileTruncate:
      entry.opcode = opFileTruncate;
      entry.fd = descriptor.handle;
      entry.off = static_cast<std::uint64_t>(descriptor.offset);
      return 0;
    case Operation::pathStatus: {
      Borrowed& borrowed = borrow(table, pending);
      const int flags = descriptor.argument0 == 0 ? AT_SYMLINK_NOFOLLOW : 0;
      prepareStatus(keepText(borrowed, bytes), AT_FDCWD, flags, borrowed, entry);
      return 0;
    }
    case Operation::pathUnlink:
      preparePath(descriptor, bytes, borrow(table, pending), entry, IORING_OP_UNLINKAT);
      return 0;
    case Operation::pathRemoveDirectory:
      preparePath(descriptor, bytes, borrow(table, pending), entry, IORING_OP_UNLINKAT);
      entry.unlink_flags = AT_REMOVEDIR;
      return 0;
    case Operation::pathRename: {
      const int result = preparePaths(bytes, borrow(table, pending), entry, IORING_OP_RENAMEAT);
      entry.fd = AT_FDCWD;
      entry.len = static_cast<std::uint32_t>(AT_FDCWD);
      return result;
    }
    case Operation::pathMakeDirectory:
      preparePath(descriptor, bytes, borrow(table, pending), entry, IORING_OP_MKDIRAT);
      entry.len = static_cast<std::uint32_t>(descriptor.argument0);
      return 0;
    case Operation::pathSymlink: {
      const int result = preparePaths(bytes, borrow(table, pending), entry, IORING_OP_SYMLINKAT);
      entry.fd = AT_FDCWD;
      return result;
    }
    case Operation::pathLink: {
      const int result = preparePaths(bytes, borrow(table, pending), entry, IORING_OP_LINKAT);
      entry.fd = AT_FDCWD;
      entry.len = static_cast<std::uint32_t>(AT_FDCWD);
      return result;
    }
    case Operation::socketOpen:
      prepareSocket(descriptor, entry);
      return 0;
    case Operation::socketConnect:
      return prepareConnect(descriptor, bytes, borrow(table, pending), entry);
    case Operation::socketAccept:
      prepareAccept(descriptor, entry);
      return 0;
    case Operation::socketReceive:
      prepareReceive(descriptor, entry);
      return 0;
    case Operation::socketSend:
      prepareSend(descriptor, pending, entry);
      return 0;
    case Operation::socketShutdown:
      entry.opcode = IORING_OP_SHUTDOWN;
      entry.fd = descriptor.handle;
      entry.len = static_cast<std::uint32_t>(descriptor.argument0);
      return 0;
    case Operation::socketReceiveMessage:
      prepareReceiveMessage(descriptor, borrow(table, pending), entry);
      return 0;
    case Operation::socketSendMessage:
      return prepareSendMessage(descriptor, bytes, borrow(table, pending), entry);
    case Operation::socketSendVector:
      return prepareSendVector(descriptor, bytes, borrow(table, pending), entry);
    case Operation::readable:
      entry.opcode = IORING_OP_POLL_ADD;
      entry.fd = descriptor.handle;
      entry.poll32_events = POLLIN | POLLRDHUP;
      return 0;
    // What the ring has no entry for; the router never sends it here.
    case Operation::skip:
    case Operation::fileReadWhole:  // chains, see chain.h
    case Operation::fileWriteWhole:
#define OP(name, code, uring, epoll, iocp, ioring, pool) RESCIND_ELSEWHERE(name, uring)
#include "wire/ops.def"
#undef OP
      return -ENOSYS;
  }
  return -ENOSYS;
}

}  // namespace rescind::uring
