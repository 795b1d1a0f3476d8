#include "protocol/exchange/fragments.h"

#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace gdoi::exchange {
namespace {

/// A fragment by hand: ISAKMP header (RFC 2408 section 3.1) with next payload 132, generic header,
/// ID, number, flags, data ([MS-IKEE] section 2.2.3.1).
Bytes fragment(std::uint16_t id, std::uint8_t number, bool last, const Bytes& data) {
  Bytes octets(28);
  std::fill_n(octets.begin(), 8, std::uint8_t{0xaa});
  std::fill_n(octets.begin() + 8, 8, std::uint8_t{0xbb});
  octets[16]         = 132;
  octets[17]         = 0x10;
  octets[18]         = 2;
  const auto payload = 8 + data.size();
  octets[26]         = static_cast<std::uint8_t>((28 + payload) >> 8U);
  octets[27]         = static_cast<std::uint8_t>((28 + payload) & 0xffU);
  const Bytes head{0,
                   0,
                   static_cast<std::uint8_t>(payload >> 8U),
                   static_cast<std::uint8_t>(payload & 0xffU),
                   static_cast<std::uint8_t>(id >> 8U),
                   static_cast<std::uint8_t>(id & 0xffU),
                   number,
                   static_cast<std::uint8_t>(last ? 1 : 0)};
  octets.insert(octets.end(), head.begin(), head.end());
  octets.insert(octets.end(), data.begin(), data.end());
  return octets;
}

class Reassembly : public testing::Test {
 protected:
  std::optional<Bytes> add(const Bytes& octets, std::uint8_t host = 1) {
    Endpoint sender;
    sender.address[0] = host;
    wire::Tree tree;
    wire::decode(tables::schema(), octets, {}, tree);
    EXPECT_TRUE(tree.diagnostics().empty());
    return fragments_.add(sender, tree);
  }

  Fragments fragments_;
};

const Bytes kOne{1, 2, 3};
const Bytes kTwo{4, 5};
const Bytes kThree{6};
const Bytes kWhole{1, 2, 3, 4, 5, 6};

TEST_F(Reassembly, InAnyOrderAndWithDuplicates) {
  std::array<std::size_t, 3> order{0, 1, 2};
  const std::array parts{fragment(7, 1, false, kOne), fragment(7, 2, false, kTwo),
                         fragment(7, 3, true, kThree)};
  do {
    EXPECT_EQ(add(parts.at(order[0])), std::nullopt);
    EXPECT_EQ(add(parts.at(order[0])), std::nullopt);
    EXPECT_EQ(add(parts.at(order[1])), std::nullopt);
    EXPECT_EQ(add(parts.at(order[2])), kWhole);
    EXPECT_EQ(fragments_.waiting(), 0U);
  } while (std::ranges::next_permutation(order).found);
}

TEST_F(Reassembly, TellsSendersAndMessagesApart) {
  EXPECT_EQ(add(fragment(1, 1, false, kOne), 1), std::nullopt);
  EXPECT_EQ(add(fragment(1, 2, true, kTwo), 2), std::nullopt);
  EXPECT_EQ(add(fragment(2, 2, true, kTwo), 1), std::nullopt);
  EXPECT_EQ(fragments_.waiting(), 3U);
  EXPECT_EQ(add(fragment(1, 2, true, kTwo), 1), (Bytes{1, 2, 3, 4, 5}));
}

TEST_F(Reassembly, OneIdForAllMessages) {
  EXPECT_EQ(add(fragment(1, 1, false, kOne)), std::nullopt);
  // The rest of the first message was lost; the next one begins under the same ID.
  EXPECT_EQ(add(fragment(1, 1, false, kThree)), std::nullopt);
  EXPECT_EQ(add(fragment(1, 2, true, kTwo)), (Bytes{6, 4, 5}));
}

TEST_F(Reassembly, HoldsNoMoreThanItsLimits) {
  fragments_ = Fragments({.messages = 4, .octets = 10});
  for (std::uint16_t id = 0; id < 100; ++id) {
    EXPECT_EQ(add(fragment(id, 1, false, kOne)), std::nullopt);
    EXPECT_LE(fragments_.waiting(), 4U);
  }
  EXPECT_EQ(add(fragment(0, 2, true, kTwo)), std::nullopt) << "the first one was forgotten";
  EXPECT_EQ(add(fragment(99, 2, true, kTwo)), (Bytes{1, 2, 3, 4, 5}));
  EXPECT_EQ(add(fragment(200, 1, false, Bytes(11))), std::nullopt);
  EXPECT_EQ(add(fragment(200, 2, true, kTwo)), std::nullopt) << "too large to be kept";
}

TEST_F(Reassembly, RefusesWhatCannotBe) {
  EXPECT_EQ(add(fragment(1, 0, true, kOne)), std::nullopt) << "numbers begin at 1";
  EXPECT_EQ(add(fragment(1, 3, false, kOne)), std::nullopt);
  EXPECT_EQ(add(fragment(1, 1, false, kOne)), std::nullopt);
  EXPECT_EQ(add(fragment(1, 2, true, kTwo)), std::nullopt) << "there is one behind the last";
}

}  // namespace
}  // namespace gdoi::exchange
