// Made addresses: of the ranges that RFC 5737, 3849 and 6676 set aside, and each real one's own.

#include "anonymise/addresses.h"

#include <gmock/gmock.h>

#include <set>

namespace gdoi::anonymise {
namespace {

using testing::Each;
using testing::StartsWith;

Bytes ip(std::initializer_list<int> octets) {
  Bytes made;
  for (const auto octet : octets) {
    made.push_back(static_cast<std::uint8_t>(octet));
  }
  return made;
}

Bytes ip6(std::uint64_t high, std::uint64_t low) {
  Bytes made;
  append_uint(made, high, 8);
  append_uint(made, low, 8);
  return made;
}

TEST(Addresses, HostsOfOneNetworkStayTogetherInTheOrderInWhichTheyCome) {
  AddressMap map;
  EXPECT_EQ(ip_text(map.map_ip(ip({10, 1, 2, 200}))), "192.0.2.1");
  EXPECT_EQ(ip_text(map.map_ip(ip({10, 1, 2, 7}))), "192.0.2.2");
  EXPECT_EQ(ip_text(map.map_ip(ip({10, 1, 3, 7}))), "198.51.100.1");
  EXPECT_EQ(ip_text(map.map_ip(ip({10, 1, 2, 200}))), "192.0.2.1");
  EXPECT_EQ(ip_text(map.map_ip(ip({10, 1, 4, 7}))), "203.0.113.1");
  EXPECT_EQ(ip_text(map.map_ip(ip({10, 1, 5, 7}))), "198.18.0.1");
}

TEST(Addresses, EachHasItsOwnHoweverManyThereAre) {
  AddressMap map;
  std::set<Bytes> made;
  constexpr int kMany = 20'000;
  for (int i = 0; i < kMany; ++i) {
    made.insert(map.map_ip(ip({10, i >> 8, i & 0xff, 1})));
    made.insert(map.map_ip(ip({172, 16, i >> 8, i & 0xff})));
  }
  // 20,000 hosts of as many networks, more than all pools but the last have, and 20,000 of 79.
  EXPECT_EQ(made.size(), 2U * kMany);
}

TEST(Addresses, NoneBecomesOneThatIsInTheCapture) {
  AddressMap map;
  map.know(ip({192, 0, 2, 1}), true);
  map.know(ip({10, 0, 0, 1}), true);
  EXPECT_EQ(ip_text(map.map_ip(ip({10, 0, 0, 1}))), "198.51.100.1");
}

TEST(Addresses, WhatNamesNobodyStays) {
  AddressMap map;
  for (const auto& address : {ip({0, 0, 0, 0}), ip({127, 0, 0, 1}), ip({255, 255, 255, 255}),
                              ip({224, 0, 0, 1}), ip6(0, 1), ip6(0xff02000000000000, 1)}) {
    EXPECT_EQ(map.map_ip(address), address);
  }
  EXPECT_TRUE(map.all().empty());
}

TEST(Addresses, GroupsStayGroups) {
  AddressMap map;
  EXPECT_THAT(ip_text(map.map_ip(ip({239, 10, 1, 1}))), StartsWith("233.252.0."));
  EXPECT_EQ(ip_text(map.map_ip(ip6(0xff05000000000000, 0x1234567890))), "ff05::db8:0:1");
}

TEST(Addresses, Ipv6IsOfTheDocumentationPrefix) {
  AddressMap map;
  EXPECT_EQ(ip_text(map.map_ip(ip6(0x20010470aaaa0001, 5))), "2001:db8:0:1::1");
  EXPECT_EQ(ip_text(map.map_ip(ip6(0x20010470aaaa0001, 9))), "2001:db8:0:1::2");
  EXPECT_EQ(ip_text(map.map_ip(ip6(0xfe80000000000000, 9))), "fe80::1");
  // ::ffff:10.0.0.1
  EXPECT_EQ(map.map_ip(ip6(0, 0xffff0a000001)), ip6(0, 0xffffc0000201));
}

TEST(Addresses, NetworksKeepTheirMask) {
  AddressMap map;
  EXPECT_EQ(ip_text(map.map_ip(ip({10, 9, 8, 7}))), "192.0.2.1");
  EXPECT_EQ(ip_text(map.map_network(ip({10, 9, 8, 0}), ip({255, 255, 255, 0}))), "192.0.2.0");
  EXPECT_EQ(ip_text(map.map_network(ip({0, 0, 0, 0}), ip({0, 0, 0, 0}))), "0.0.0.0");
  const auto wide = map.map_network(ip({172, 16, 0, 0}), ip({255, 240, 0, 0}));
  EXPECT_EQ(wide[0] >> 4, 0xf);
  EXPECT_EQ((wide[1] & 0x0f) | wide[2] | wide[3], 0);
  EXPECT_NE(map.map_network(ip({172, 32, 0, 0}), ip({255, 240, 0, 0})), wide);
  EXPECT_EQ(ip_text(map.map_network(ip({10, 9, 8, 7}), ip({255, 255, 255, 255}))), "192.0.2.1");
}

// captures/README.md, departure 2: gdoid writes the addresses of its SA TEKs turned round.
TEST(Addresses, WhatIsTurnedRoundIsTurnedRoundAgain) {
  AddressMap map;
  map.know(ip({239, 1, 2, 3}), true);
  const auto made = map.map_ip(ip({239, 1, 2, 3}));
  EXPECT_EQ(map.map_ip(ip({3, 2, 1, 239})), Bytes(made.rbegin(), made.rend()));
}

TEST(Addresses, EthernetAddressesAreLocalOnes) {
  AddressMap map;
  const auto first = map.map_ethernet(ip({0x00, 0x1b, 0x21, 1, 2, 3}), {});
  EXPECT_EQ(first[0] & 3, 2);
  EXPECT_EQ(map.map_ethernet(ip({0x00, 0x1b, 0x21, 1, 2, 3}), {}), first);
  EXPECT_NE(map.map_ethernet(ip({0x00, 0x1b, 0x21, 1, 2, 4}), {}), first);
  EXPECT_EQ(map.map_ethernet(ip({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), {}), Bytes(6, 0xff));
  // RFC 1112 section 6.4
  EXPECT_EQ(map.map_ethernet(ip({0x01, 0x00, 0x5e, 10, 1, 1}), ip({233, 252, 0, 1})),
            ip({0x01, 0x00, 0x5e, 0x7c, 0, 1}));
}

}  // namespace
}  // namespace gdoi::anonymise
