// Which octets of a message are let through, and what becomes of names.

#include "anonymise/fields.h"
#include "protocol/tables/registry.h"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace gdoi::anonymise {
namespace {

using testing::EndsWith;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::string text_of(const Bytes& octets) {
  return {octets.begin(), octets.end()};
}

// Whoever adds a field decides here whether it may name somebody.
TEST(Rules, OfAllOctetsOnlyTheseAreLetThrough) {
  std::set<std::string> kept;
  for (wire::RowId id = 0; id < tables::kRows.size(); ++id) {
    const auto& row = tables::kRows[id];
    if (wire::is_leaf(row.kind) && !wire::is_number(row.kind) && rule_of(id) == Rule::kKeep) {
      kept.insert(std::string(row.filter));
    }
  }
  EXPECT_THAT(
      kept, UnorderedElementsAre("ispi", "rspi", "marker", "enc.data", "key_exchange.data", "nonce",
                                 "vid_bytes", "spi", "delete.spi", "sak.spi", "sak.extra",
                                 "ike.attr.group_prime", "ike.attr.group_generator_one",
                                 "ike.attr.group_generator_two", "ike.attr.group_curve_a",
                                 "ike.attr.group_curve_b", "ike.attr.group_order",
                                 "id.data.ipv4_mask", "id.data.ipv6_mask"));
}

TEST(Rules, EveryKeyIsMadeUp) {
  std::size_t keys = 0;
  for (wire::RowId id = 0; id < tables::kRows.size(); ++id) {
    if (tables::kRows[id].show == wire::Show::kSecret) {
      ++keys;
      EXPECT_TRUE(rule_of(id) == Rule::kSecret || rule_of(id) == Rule::kKek)
          << tables::kRows[id].filter;
    }
  }
  EXPECT_GT(keys, 8U);
}

class Names : public testing::Test {
 protected:
  std::string name(const std::string& real) { return text_of(names.map_name(bytes_of(real))); }

  AddressMap addresses;
  NameMap names{addresses};
};

TEST_F(Names, HostsOfOneDomainStayInOne) {
  const auto first  = name("gm1.corp.example.com");
  const auto second = name("gm2.corp.example.com");
  const auto ks     = name("ks.corp.example.com");
  EXPECT_THAT(first, EndsWith(".test"));
  EXPECT_EQ(first.substr(first.find('.')), second.substr(second.find('.')));
  EXPECT_EQ(first.substr(first.find('.')), ks.substr(ks.find('.')));
  EXPECT_NE(first, second);
  EXPECT_THAT(first, SizeIs(20));
  EXPECT_EQ(name("GM1.Corp.example.COM"), first);
  EXPECT_EQ(name("joe@corp.example.com").substr(3),
            first.substr(first.find('.')).replace(0, 1, "@"));
}

TEST_F(Names, ManyShortOnesStayApart) {
  std::set<std::string> made;
  for (char a = 'a'; a <= 'z'; ++a) {
    made.insert(name(std::string(1, a)));
    for (char b = 'a'; b <= 'z'; ++b) {
      made.insert(name({a, b}));
    }
  }
  EXPECT_THAT(made, SizeIs(26 + 26 * 26));
}

TEST_F(Names, AGroupNumberStaysInItsByteOrder) {
  const Bytes big{0, 0, 4, 0xd2};
  const Bytes little{0xd2, 4, 0, 0};
  const auto made = names.map_key_id(big);
  EXPECT_NE(made, big);
  EXPECT_EQ(names.map_key_id(little), Bytes(made.rbegin(), made.rend()));
  EXPECT_NE(names.map_key_id(Bytes{0, 0, 4, 0xd3}), made);
}

TEST_F(Names, WhatIsNoDerIsNotLetThrough) {
  const Bytes cut{0x30, 0x20, 0x31, 'a', 'b'};
  EXPECT_EQ(names.map_der(cut), Bytes(cut.size()));
}

}  // namespace
}  // namespace gdoi::anonymise
