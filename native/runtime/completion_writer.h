// Writes completions into the shared blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "wire/layout.h"

namespace rescind {

struct Outcome {
  std::uint32_t slot;
  std::uint32_t generation;
  std::int32_t result;  // ≥ 0, or a negated errno
  std::uint32_t flags;  // CompletionFlag bits
  std::int32_t native = 0;
};

// Payloads of the completions in the block that did not fit beside them, until JavaScript fetches them by the
// index in their payloadOffset. A multishot operation may have several.
using HeldPayloads = std::vector<std::vector<std::byte>>;

class CompletionWriter {
 public:
  CompletionWriter(std::span<Completion> block, std::span<std::byte> payload, HeldPayloads& held) noexcept
      : block_(block), payload_(payload), held_(held) {
    held_.clear();
  }

  // Every write needs room; a lane asks before it consumes a completion.
  [[nodiscard]] bool hasRoom() const noexcept { return count_ < block_.size(); }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::span<const Completion> written() const noexcept { return block_.first(count_); }

  void write(const Outcome& outcome) noexcept { put(outcome, 0, 0); }

  // The payload is copied.
  void write(const Outcome& outcome, std::span<const std::byte> payload) {
    if (payload.size() > payload_.size() - payloadUsed_) {
      writeHeld(outcome, {payload.begin(), payload.end()});
      return;
    }
    // memcpy may not be given null, which an empty span may be.
    if (!payload.empty()) std::memcpy(payload_.data() + payloadUsed_, payload.data(), payload.size());
    put(outcome, payloadUsed_, payload.size());
    // Payloads hold 64-bit numbers: every one starts on eight bytes.
    payloadUsed_ = (payloadUsed_ + payload.size() + 7) & ~std::size_t{7};
    if (payloadUsed_ > payload_.size()) payloadUsed_ = payload_.size();
  }

  // For a payload with memory of its own already: copied into the block if it fits, kept otherwise.
  void writeOwned(const Outcome& outcome, std::vector<std::byte>&& payload) {
    if (payload.size() <= payload_.size() - payloadUsed_) {
      write(outcome, std::span<const std::byte>(payload));
    } else {
      writeHeld(outcome, std::move(payload));
    }
  }

 private:
  void writeHeld(Outcome outcome, std::vector<std::byte>&& payload) {
    outcome.flags |= CompletionFlag::payloadHeld;
    held_.push_back(std::move(payload));
    put(outcome, held_.size() - 1, held_.back().size());
  }

  void put(const Outcome& outcome, std::size_t payloadOffset, std::size_t payloadLength) noexcept {
    block_[count_++] = Completion{
        .slot = outcome.slot,
        .generation = outcome.generation,
        .result = outcome.result,
        .flags = outcome.flags,
        .payloadOffset = static_cast<std::uint32_t>(payloadOffset),
        .payloadLength = static_cast<std::uint32_t>(payloadLength),
        .native = outcome.native,
        .reserved = 0,
    };
  }

  std::span<Completion> block_;
  std::span<std::byte> payload_;
  HeldPayloads& held_;
  std::size_t count_ = 0;
  std::size_t payloadUsed_ = 0;
};

}  // namespace rescind
