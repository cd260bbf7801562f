// The inside of the completion port's lane. completion_port_lane.cc opens and closes, submit.cc takes operations in,
// transfers.cc, sockets.cc, stream_sends.cc, send_file.cc, datagrams.cc, accepts.cc and pipes.cc make their calls,
// cancel.cc asks for them to end, complete.cc brings them back.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "backend/backend.h"
#include "backend/cancel_repeats.h"
#include "backend/iocp/pending.h"
#include "backend/iocp/port.h"
#include "os/windows/winsock.h"

namespace rescind::iocp {

class CompletionPortLane final : public Lane {
 public:
  // Empty, or why the lane cannot be used.
  [[nodiscard]] std::string open(Waker& waker);

  void submit(const Batch& batch) noexcept override;
  [[nodiscard]] bool reap(CompletionWriter& out) noexcept override;
  [[nodiscard]] bool close() noexcept override;
  void leaveToKernel() noexcept override;
  [[nodiscard]] bool runs(Operation operation) const noexcept override;
  [[nodiscard]] bool keepsDeadline(const Descriptor&) const noexcept override { return false; }
  [[nodiscard]] int callAgainAfterMs() const noexcept override { return repeats_.dueInMs(); }
  void noteOpened(int descriptor) noexcept override;
  void noteClosed(int descriptor) noexcept override { handles_.erase(descriptor); }
  [[nodiscard]] LaneCounters counters() const noexcept override { return counters_; }
  [[nodiscard]] std::vector<std::string> features() const override;

 private:
  // A completion on its way to JavaScript.
  struct Ready {
    Outcome outcome;
    std::vector<std::byte> payload;
    // Whether the result is a descriptor nobody knows of yet.
    bool opened;
  };

  // submit.cc
  void begin(const Descriptor& descriptor, std::span<const std::byte> bytes);
  void call(Pending& pending, std::span<const std::byte> bytes);
  void takeTurn(Pending& pending);
  void start(Pending& pending);
  void runTurns();
  [[nodiscard]] bool isWithSystem(Request& request, HANDLE handle, bool succeeded, DWORD error) noexcept;

  // handles.cc
  [[nodiscard]] const std::shared_ptr<HandleState>& stateOf(int descriptor);
  [[nodiscard]] std::shared_ptr<HandleState> makeState(int descriptor) noexcept;
  [[nodiscard]] const SocketExtensions& extensionsFor(const HandleState& state);

  // transfers.cc
  void startTransfer(Pending& pending);
  void startPiece(Pending& pending);
  void transferEnded(Pending& pending, DWORD error, DWORD bytes);
  void startDirectoryWatch(Pending& pending);

  // sockets.cc
  void connect(Pending& pending, std::span<const std::byte> address);
  void connectStream(Pending& pending);
  void disconnect(Pending& pending);
  void startReceive(Pending& pending);
  void startSend(Pending& pending);
  void shutDown(Pending& pending);

  // stream_sends.cc
  void startStreamSend(Pending& pending);
  void sendStep(Pending& pending);
  void sendable(Pending& pending, DWORD error);

  // send_file.cc
  void startSendFile(Pending& pending);
  void sendFileEnded(Pending& pending, DWORD error, DWORD bytes);

  // datagrams.cc
  void startReceiveMessage(Pending& pending);
  void sendTo(Pending& pending, std::span<const std::byte> destination);
  void startSendMessage(Pending& pending);

  // accepts.cc
  void startAccepts(Pending& pending);
  [[nodiscard]] DWORD startAccept(Pending& pending, AcceptRequest& accept);
  [[nodiscard]] DWORD startSocketAccept(const HandleState& listener, AcceptRequest& accept);
  void acceptEnded(AcceptRequest& accept, DWORD error);
  void goOnAccepting(Pending& pending, AcceptRequest& accept);
  void endAccepts(Pending& pending);
  [[nodiscard]] int takeAccepted(HandleState& listener, AcceptRequest& accept);

  // pipes.cc
  void listenOnPipe(Pending& pending, std::span<const std::byte> path);
  [[nodiscard]] DWORD startPipeAccept(HandleState& listener, AcceptRequest& accept);
  [[nodiscard]] int takePipe(HandleState& listener, AcceptRequest& accept);
  void shutDownPipe(Pending& pending);

  // cancel.cc
  void cancelAll(std::span<const CancelRequest> requests);
  [[nodiscard]] Pending* markAsked(const CancelRequest& request);
  void ask(Pending& pending);
  void askOfClosing();
  void repeatCancels();
  void cancelEverything();

  // complete.cc
  void handleArrived();
  void discardReady() noexcept;
  void handle(OVERLAPPED* overlapped);
  void ended(Pending& pending, DWORD error, DWORD bytes);
  void conclude(Pending& pending, DWORD error, DWORD bytes);
  void succeed(Pending& pending, DWORD bytes, DWORD error);
  [[nodiscard]] std::vector<std::byte> senderOf(const Pending& pending, bool isPart) const;
  void finish(Pending& pending, const Outcome& outcome, std::vector<std::byte> payload = {}, bool opened = false);
  void finish(Pending& pending, std::int32_t result);
  void finishCancelled(Pending& pending);
  void fail(Pending& pending, DWORD error);

  Port port_;
  PendingTable table_;
  std::unordered_map<int, std::shared_ptr<HandleState>> handles_;
  // By family and kind: they are asked of the system once.
  std::map<std::pair<int, HandleKind>, SocketExtensions> extensions_;
  std::deque<Ready> ready_;
  Port::Entries arrived_;
  // Handles whose line has a new first.
  std::vector<std::shared_ptr<HandleState>> turns_;
  CancelRepeats repeats_;
  // Operations of a closing handle while they are gathered.
  std::vector<Pending*> askedOfClosing_;
  // Calls with the system.
  std::size_t inKernel_ = 0;
  LaneCounters counters_;
  bool closing_ = false;
};

}  // namespace rescind::iocp
