#include "protocol/exchange/floating.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace gdoi::exchange {
namespace {

/// An ISAKMP header (RFC 2408 section 3.1) with this cookie, version and exchange type.
Bytes header(std::uint8_t cookie, std::uint8_t version, std::uint8_t exchange) {
  Bytes octets(28);
  std::fill_n(octets.begin(), 8, cookie);
  octets[17] = version;
  octets[18] = exchange;
  octets[27] = 28;
  return octets;
}

Bytes marked(const Bytes& message) {
  Bytes octets(4);
  octets.insert(octets.end(), message.begin(), message.end());
  return octets;
}

Packet packet(const Bytes& payload, std::uint16_t port) {
  Packet made;
  made.source.port      = 61'234;
  made.destination.port = port;
  made.payload          = payload;
  return made;
}

TEST(Floating, KnowsThePhase1sThatBeganOnAPortOfGdoi) {
  Floating floating;
  const auto first = header(0xaa, 0x10, 2);
  const auto here  = marked(header(0xaa, 0x10, 5));
  EXPECT_FALSE(floating.carries_on(packet(here, 4500)));
  EXPECT_TRUE(floating.note(packet(first, 848)));
  EXPECT_FALSE(floating.note(packet(first, 848))) << "a repeated message begins nothing";
  EXPECT_TRUE(floating.carries_on(packet(here, 4500)));
  EXPECT_TRUE(floating.admits(packet(here, 4500), true));
  const auto other = marked(header(0xbb, 0x10, 2));
  EXPECT_FALSE(floating.carries_on(packet(other, 4500))) << "another's phase 1";
  EXPECT_TRUE(floating.admits(packet(other, 4500), false)) << "the user asked for the port";
}

TEST(Floating, LeavesEspAloneAndWhatIsTooShort) {
  Floating floating;
  EXPECT_TRUE(floating.note(packet(header(0xaa, 0x10, 4), 848)));
  const auto bare = header(0xaa, 0x10, 5);
  EXPECT_FALSE(floating.carries_on(packet(bare, 4500))) << "no marker: ESP";
  for (std::size_t size = 0; size < 32; ++size) {
    auto cut = marked(bare);
    cut.resize(size);
    EXPECT_FALSE(floating.carries_on(packet(cut, 4500))) << size;
    EXPECT_FALSE(floating.note(packet(cut, 848))) << size;
  }
}

// A PUSH has the KEK's SPI where others have cookies (RFC 6407 section 4); 35 is PUSH-ACK in IKEv1
// and IKE_AUTH in IKEv2 (RFC 7296 section 3.1).
TEST(Floating, KnowsExchangesThatOnlyGdoiHas) {
  const Floating floating;
  for (const auto exchange : {std::uint8_t{32}, std::uint8_t{33}, std::uint8_t{35}}) {
    const auto ours  = marked(header(1, 0x10, exchange));
    const auto ikev2 = marked(header(1, 0x20, exchange));
    EXPECT_TRUE(floating.carries_on(packet(ours, 4500)));
    EXPECT_FALSE(floating.carries_on(packet(ikev2, 4500)));
  }
  const auto between = marked(header(1, 0x10, 34));
  EXPECT_FALSE(floating.carries_on(packet(between, 4500)));
}

}  // namespace
}  // namespace gdoi::exchange
