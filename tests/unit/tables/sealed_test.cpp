#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

/// A tree that is used again must hold what a new one holds, whatever stood in it before.
namespace gdoi::wire {
namespace {

constexpr std::array<std::uint8_t, 4> kExchanges{2, 5, 32, 33};
constexpr std::array<std::uint8_t, 3> kVersions{0x10, 0x20, 0x11};
constexpr std::size_t kBlock = 8;

std::uint32_t below(std::mt19937& random, std::uint32_t limit) {
  return static_cast<std::uint32_t>(random() % limit);
}

/// An ISAKMP message: mostly encrypted and right, sometimes clear or wrong in one place.
Bytes message(std::mt19937& random) {
  Bytes octets(16);
  for (auto& octet : octets) {
    octet = static_cast<std::uint8_t>(below(random, 255) + 1);
  }
  if (below(random, 10) == 0) {
    std::fill_n(octets.begin(), 4, std::uint8_t{0});  // as a non-ESP marker begins
  }
  octets.push_back(below(random, 4) == 0 ? 1 : 8);
  octets.push_back(kVersions[below(random, 8) == 0 ? below(random, kVersions.size()) : 0]);
  octets.push_back(kExchanges[below(random, kExchanges.size())]);
  octets.push_back(below(random, 6) == 0 ? 0 : 1);
  append_uint(octets, random(), 4);
  const auto body = below(random, 5) == 0 ? below(random, 12) : 8 * below(random, 40);
  const auto lie  = below(random, 8) == 0 ? below(random, 7) : 3;
  append_uint(octets, 28 + body + lie - 3, 4);
  for (std::uint32_t i = 0; i < body; ++i) {
    octets.push_back(static_cast<std::uint8_t>(random()));
  }
  if (below(random, 20) == 0) {
    octets.resize(below(random, static_cast<std::uint32_t>(octets.size())));
  }
  return octets;
}

void expect_same(const Tree& again, const Tree& fresh) {
  ASSERT_EQ(again.nodes().size(), fresh.nodes().size());
  for (NodeId id = 0; id < fresh.nodes().size(); ++id) {
    const auto& one   = again.node(id);
    const auto& other = fresh.node(id);
    EXPECT_EQ(one.row, other.row);
    EXPECT_EQ(one.buffer, other.buffer);
    EXPECT_EQ(one.depth, other.depth);
    EXPECT_EQ(one.offset, other.offset);
    EXPECT_EQ(one.length, other.length);
    EXPECT_EQ(one.end, other.end);
    EXPECT_EQ(one.tag, other.tag);
  }
  ASSERT_EQ(again.diagnostics().size(), fresh.diagnostics().size());
  for (std::size_t i = 0; i < fresh.diagnostics().size(); ++i) {
    EXPECT_EQ(again.diagnostics()[i].code, fresh.diagnostics()[i].code);
    EXPECT_EQ(again.diagnostics()[i].node, fresh.diagnostics()[i].node);
    EXPECT_EQ(again.diagnostics()[i].offset, fresh.diagnostics()[i].offset);
  }
}

// The plaintext too, which is decoded by what the header said.
TEST(Sealed, ATreeUsedAgainIsThatOfANewOne) {
  // The same messages every time. NOLINTNEXTLINE(cert-msc32-c,cert-msc51-cpp)
  std::mt19937 random(20'261'124);
  Tree again;
  for (int i = 0; i < 20'000; ++i) {
    const auto octets = message(random);
    const bool nat    = below(random, 4) == 0;
    Tree fresh;
    decode(tables::schema(), octets, {nat}, again);
    decode(tables::schema(), octets, {nat}, fresh);
    EXPECT_TRUE(covers(again));
    if (octets.size() > 28 && below(random, 3) == 0) {
      const Bytes plain(octets.begin() + 28, octets.end());
      decode_plaintext(tables::schema(), Secret(Bytes(plain)), kBlock, again);
      decode_plaintext(tables::schema(), Secret(Bytes(plain)), kBlock, fresh);
    }
    expect_same(again, fresh);
    ASSERT_FALSE(HasFailure()) << "message " << i;
  }
}

}  // namespace
}  // namespace gdoi::wire
