// The completion block and the payload block behind it, filled to the brim.
//
// sources: native/os/socket_address.cc native/os/linux/unix_address.cc

#include "runtime/completion_writer.h"

#include "pool_harness.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

std::vector<std::byte> filled(std::size_t size, int value) {
  return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

std::string payloadOf(const Completion& completion, std::span<const std::byte> block, const HeldPayloads& held) {
  const bool inBlock = (completion.flags & CompletionFlag::payloadHeld) == 0;
  const std::byte* from = inBlock ? block.data() + completion.payloadOffset : held[completion.payloadOffset].data();
  return {reinterpret_cast<const char*>(from), completion.payloadLength};
}

}  // namespace

int main() {
  std::vector<Completion> block(8);
  alignas(8) std::byte payload[64];
  HeldPayloads held;
  test("payloads start on eight bytes and do not overlap", [&] {
    CompletionWriter out(block, payload, held);
    for (int count = 0; count < 4; count++) out.write({1, 1, 0, 0}, filled(5, count));
    for (int count = 0; count < 4; count++) {
      CHECK_SAME(block[count].payloadOffset % 8, 0);
      CHECK(payloadOf(block[count], payload, held) == std::string(5, static_cast<char>(count)));
    }
  });
  test("several payloads of one slot that do not fit are all kept", [&] {
    CompletionWriter out(block, payload, held);
    for (int count = 0; count < 8; count++) {
      CHECK(out.hasRoom());
      if (count % 2 == 0)
        out.write({7, 1, count, CompletionFlag::more}, filled(30, count));
      else
        out.writeOwned({7, 1, count, CompletionFlag::more}, filled(30, count));
    }
    CHECK(!out.hasRoom());
    CHECK_SAME(out.count(), 8);
    CHECK_SAME(held.size(), 6);
    for (int count = 0; count < 8; count++) {
      CHECK_SAME(block[count].result, count);
      CHECK((block[count].flags & CompletionFlag::more) != 0);
      CHECK(payloadOf(block[count], payload, held) == std::string(30, static_cast<char>(count)));
    }
  });
  test("a payload as large as the block fits, one byte more is kept outside", [&] {
    CompletionWriter exact(block, payload, held);
    exact.write({1, 1, 0, 0}, filled(64, 9));
    CHECK((block[0].flags & CompletionFlag::payloadHeld) == 0);
    exact.write({2, 1, 0, 0}, filled(1, 8));
    CHECK((block[1].flags & CompletionFlag::payloadHeld) != 0);
    CompletionWriter larger(block, payload, held);
    larger.write({1, 1, 0, 0}, filled(65, 7));
    CHECK((block[0].flags & CompletionFlag::payloadHeld) != 0);
    CHECK_SAME(held.size(), 1);
  });
  test("empty payloads take no room, whether there is memory behind them or not", [&] {
    CompletionWriter out(block, payload, held);
    out.write({1, 1, 0, 0}, std::span<const std::byte>());
    out.writeOwned({1, 1, 0, 0}, {});
    out.write({1, 1, 0, 0}, filled(64, 3));
    CHECK_SAME(held.size(), 0);
    CHECK_SAME(block[2].payloadLength, 64);
  });
  return sumUp();
}
