// Names in the pool lane: threads of their own, a few for each zone, so that a name server that never answers holds up
// nothing but its own names.
//
// sources: native/backend/pool/*.cc native/os/*.cc native/os/linux/*.cc

#include "backend/pool/zones.h"

#include "pool_directory.h"
#include "pool_harness.h"
#include "pool_interpose.h"
#include "pool_waiting.h"

using namespace rescind;
using namespace rescind::testing;

namespace {

constexpr int ofZone = 8;

Ask lookupOf(const std::string& host) { return {.operation = Operation::addressLookup, .bytes = host}; }

void zones() {
  test("a zone is what the last two labels of a name say, however it is written", [] {
    CHECK(zoneOf("example.org") == "example.org");
    CHECK(zoneOf("a.b.WWW.Example.ORG.") == "example.org");
    CHECK(zoneOf("localhost") == "localhost");
    CHECK(zoneOf(".org") == ".org");
    CHECK(zoneOf("a.org") == "a.org");
    CHECK(zoneOf("x..org") == ".org");
    CHECK(zoneOf("...") == "");
    CHECK(zoneOf(std::string("www.example.org\0more.test", 25)) == "example.org");
  });
}

void sharing() {
  test("names that hang take a few threads for each zone, and hold up neither other names nor files", [] {
    Pump pump(1);
    CHECK_SAME(pump.run(lookupOf("127.0.0.1")).result, 1);
    std::vector<std::uint32_t> hung;
    for (int index = 0; index < 64; index++) hung.push_back(pump.stage(lookupOf(std::to_string(index) + ".hang.test")));
    pump.flush();
    CHECK(soon([] { return hungResolvers() == ofZone; }));
    for (int index = 0; index < 50; index++) {
      CHECK_SAME(pump.run(lookupOf("127.0.0.1")).result, 1);
      CHECK_SAME(pump.run({.operation = Operation::noop}).result, 0);
    }
    CHECK_SAME(hungResolvers(), ofZone);
    for (int index = 0; index < 20; index++) hung.push_back(pump.stage(lookupOf("hang.too")));
    pump.flush();
    CHECK(soon([] { return hungResolvers() == 2 * ofZone; }));
    // The last of a line was never asked for; of one that runs, the answer is waited for, and no other takes its place.
    pump.cancel(hung.back());
    pump.cancel(hung.front());
    pump.flush();
    CHECK(pump.wait(hung.back()).cancelled());
    hung.pop_back();
    CHECK_SAME(pump.run(lookupOf("127.0.0.1")).result, 1);
    CHECK_SAME(hungResolvers(), 2 * ofZone);
    letResolversGo();
    for (const std::uint32_t slot : hung) CHECK_SAME(pump.wait(slot).result, -3001);
  });
  test("files that hang hold up no name", [] {
    Pump pump(2);
    TemporaryDirectory directory;
    const std::string fifo = directory.fifo("f");
    std::vector<std::uint32_t> opens;
    for (int index = 0; index < 6; index++) opens.push_back(pump.stage(openOf(fifo)));
    pump.flush();
    CHECK(hanging(2));
    CHECK_SAME(pump.run(lookupOf("127.0.0.1")).result, 1);
    const int writer = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
    for (const std::uint32_t slot : opens) ::close(pump.wait(slot).result);
    ::close(writer);
  });
  test("names of one zone are asked for in order, eight at a time, and leave nothing behind", [] {
    Pump pump(1);
    std::vector<std::uint32_t> slots;
    for (int index = 0; index < 300; index++) slots.push_back(pump.stage(lookupOf("127.0.0.1")));
    pump.flush();
    for (const std::uint32_t slot : slots) CHECK_SAME(pump.wait(slot).result, 1);
    CHECK(poolThreads() <= ofZone + 1);
  });
}

}  // namespace

int main() {
  zones();
  sharing();
  return sumUp();
}
