#include "backend/uring/probe.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "wire/elsewhere.h"

namespace rescind::uring {

namespace {

// The entry each operation is submitted as; -1 for those that have none.
int opcodeOf(Operation operation) noexcept {
  switch (operation) {
    case Operation::noop:
      return IORING_OP_NOP;
    case Operation::timer:
      return IORING_OP_TIMEOUT;
    case Operation::handleClose:
      return IORING_OP_CLOSE;
    case Operation::fileOpen:
    case Operation::fileReadWhole:
    case Operation::fileWriteWhole:
      return IORING_OP_OPENAT;
    case Operation::fileRead:
      return IORING_OP_READ;
    case Operation::fileWrite:
      return IORING_OP_WRITE;
    case Operation::fileReadVector:
      return IORING_OP_READV;
    case Operation::fileWriteVector:
      return IORING_OP_WRITEV;
    case Operation::fileSync:
    case Operation::fileDataSync:
      return IORING_OP_FSYNC;
    case Operation::fileStatus:
    case Operation::pathStatus:
      return IORING_OP_STATX;
    case Operation::fileAllocate:
      return IORING_OP_FALLOCATE;
    case Operation::fileTruncate:
      return opFileTruncate;
    case Operation::pathUnlink:
    case Operation::pathRemoveDirectory:
      return IORING_OP_UNLINKAT;
    case Operation::pathRename:
      return IORING_OP_RENAMEAT;
    case Operation::pathMakeDirectory:
      return IORING_OP_MKDIRAT;
    case Operation::pathSymlink:
      return IORING_OP_SYMLINKAT;
    case Operation::pathLink:
      return IORING_OP_LINKAT;
    case Operation::socketOpen:
      return IORING_OP_SOCKET;
    case Operation::socketConnect:
      return IORING_OP_CONNECT;
    case Operation::socketAccept:
      return IORING_OP_ACCEPT;
    case Operation::socketReceive:
      return IORING_OP_RECV;
    case Operation::socketSend:
      return IORING_OP_SEND;
    case Operation::socketShutdown:
      return IORING_OP_SHUTDOWN;
    case Operation::socketReceiveMessage:
      return IORING_OP_RECVMSG;
    case Operation::socketSendMessage:
    case Operation::socketSendVector:
      return IORING_OP_SENDMSG;
    case Operation::readable:
      return IORING_OP_POLL_ADD;
    case Operation::skip:
#define OP(name, code, uring, epoll, iocp, ioring, pool) RESCIND_ELSEWHERE(name, uring)
#include "wire/ops.def"
#undef OP
      return -1;
  }
  return -1;
}

std::string kernelSwitch() {
  std::ifstream file("/proc/sys/kernel/io_uring_disabled");
  std::string value;
  file >> value;
  return value;
}

}  // namespace

std::string Capabilities::probe(const Ring& ring) {
  // NODROP and EXT_ARG came by Linux 5.11; without them completions can be lost and waits have no time-out.
  constexpr std::uint32_t needed = IORING_FEAT_NODROP | IORING_FEAT_FAST_POLL | IORING_FEAT_EXT_ARG |
                                   IORING_FEAT_RW_CUR_POS | IORING_FEAT_SUBMIT_STABLE;
  if ((ring.features() & needed) != needed) {
    return "this kernel's io_uring is too old (Linux 5.11 or later is needed)";
  }
  constexpr std::size_t most = 256;
  const std::size_t size = sizeof(io_uring_probe) + most * sizeof(io_uring_probe_op);
  const auto memory = std::make_unique<std::byte[]>(size);
  auto* answer = reinterpret_cast<io_uring_probe*>(memory.get());
  if (const int result = registerWith(ring.descriptor(), IORING_REGISTER_PROBE, answer, most); result < 0) {
    return std::string("io_uring does not answer which operations it knows: ") + std::strerror(-result);
  }
  for (std::size_t index = 0; index < answer->ops_len; ++index) {
    if ((answer->ops[index].flags & IO_URING_OP_SUPPORTED) != 0) opcodes_.set(answer->ops[index].op);
  }
  if (!supports(IORING_OP_ASYNC_CANCEL) || !supports(IORING_OP_LINK_TIMEOUT) || !supports(IORING_OP_READ)) {
    return "this kernel's io_uring lacks cancel, deadlines or plain reads (Linux 5.6 brought them)";
  }
  // Multishot accept and cancels by descriptor came with the socket operation, in 5.19; nothing else tells of them.
  multishotAccept_ = cancelByDescriptor_ = supports(IORING_OP_SOCKET);
  return {};
}

bool Capabilities::runs(Operation operation) const noexcept {
  const int opcode = opcodeOf(operation);
  return opcode >= 0 && supports(static_cast<std::uint8_t>(opcode));
}

std::vector<std::string> Capabilities::words(const Ring& ring) const {
  std::vector<std::string> words;
  const auto add = [&words](bool present, const char* word) {
    if (present) words.emplace_back(word);
  };
  add((ring.flags() & IORING_SETUP_SINGLE_ISSUER) != 0, "single-issuer");
  add((ring.flags() & IORING_SETUP_COOP_TASKRUN) != 0, "cooperative-task-run");
  add(multishotAccept_, "multishot-accept");
  add(supports(IORING_OP_SEND_ZC), "zero-copy-send");
  add(supports(opFileTruncate), "truncate");
  add(supports(IORING_OP_SOCKET), "socket");
  words.push_back("submission-entries=" + std::to_string(ring.entries()));
  words.push_back("completion-entries=" + std::to_string(ring.completionEntries()));
  return words;
}

std::string setupFailure(int error) {
  switch (-error) {
    case ENOSYS:
      return "the kernel has no io_uring, or a sandbox (seccomp, gVisor) hides it (ENOSYS)";
    case EPERM: {
      const std::string value = kernelSwitch();
      if (value == "1" || value == "2") return "kernel.io_uring_disabled is " + value + " (EPERM)";
      return "a sandbox forbids io_uring, as the default seccomp profiles of container engines do (EPERM)";
    }
    case ENOMEM:
      return "no memory for the ring: RLIMIT_MEMLOCK or the memory limit of the container (ENOMEM)";
    case EMFILE:
    case ENFILE:
      return "no descriptor left for the ring";
    default:
      return std::string("io_uring_setup failed: ") + std::strerror(-error);
  }
}

}  // namespace rescind::uring
