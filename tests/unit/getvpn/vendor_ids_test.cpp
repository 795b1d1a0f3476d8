#include "protocol/getvpn/vendor_ids.h"

#include "protocol/base/hex.h"
#include "protocol/getvpn/version.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace gdoi::getvpn {
namespace {

Bytes hex(std::string_view digits) {
  return from_hex(digits).value();
}

constexpr std::string_view kMaskedName = "Cisco IOS vendor ID (masked with the cookie)";

struct Named {
  const char* digits;
  const char* name;
};

class KnownId : public testing::TestWithParam<Named> {};

TEST_P(KnownId, HasItsNameWithAndWithoutACookie) {
  const auto octets = hex(GetParam().digits);
  EXPECT_EQ(vendor_id_name(octets, {}), GetParam().name);
  EXPECT_EQ(vendor_id_name(octets, hex("e47a591fd057587f")), GetParam().name);
  EXPECT_EQ(VersionRules().read(octets, {}).name, GetParam().name);
}

TEST_P(KnownId, HasNoNameOnceCut) {
  auto octets = hex(GetParam().digits);
  octets.resize(octets.size() - 1);
  EXPECT_EQ(vendor_id_name(octets, {}), "");
}

TEST_P(KnownId, IsNeverACandidate) {
  const auto reading = VersionRules().read(hex(GetParam().digits), hex("e47a591fd057587f"));
  EXPECT_TRUE(reading.candidates.empty());
  EXPECT_FALSE(reading.version.has_value());
}

// The NAT-T rows are the MD5 of the string in their name, by `openssl md5`.
INSTANTIATE_TEST_SUITE_P(
    VendorIds, KnownId,
    testing::Values(
        Named{"12f5f28c457168a9702d9fe274cc0100", "Cisco Unity"},
        Named{"12f5f28c457168a9702d9fe274cc0204", "Cisco Unity"},
        Named{"afcad71368a1f1c96b8696fc77570100", "Dead Peer Detection (RFC 3706)"},
        Named{"09002689dfd6b712", "XAUTH"},
        Named{"4048b7d56ebce88525e7de7f00d6c2d3", "IKE fragmentation"},
        Named{"4a131c81070358455c5728f20e95452f", "NAT traversal (RFC 3947)"},
        Named{"4485152d18b6bbcd0be8a8469579ddcc", "NAT traversal (draft-ietf-ipsec-nat-t-ike-00)"},
        Named{"cd60464335df21f87cfdb2fc68b6a448", "NAT traversal (draft-ietf-ipsec-nat-t-ike-02)"},
        Named{"90cb80913ebb696e086381b5ec427b1f",
              "NAT traversal (draft-ietf-ipsec-nat-t-ike-02, with a line feed)"},
        Named{"7d9419a65310ca6f2c179d9215529d56", "NAT traversal (draft-ietf-ipsec-nat-t-ike-03)"},
        Named{"434953434f2d44454c4554452d524541534f4e", "CISCO-DELETE-REASON"},
        Named{"464c455856504e2d535550504f52544544", "FLEXVPN-SUPPORTED"},
        Named{"434953434f56504e2d5245562d3032", "CISCOVPN-REV-02"},
        Named{"4855415745492d494b45763144534350", "HUAWEI-IKEv1DSCP"}));

TEST(VendorIds, FragmentationMayCarryFourMoreOctetsAndNoOtherNumber) {
  const std::string prefix = "4048b7d56ebce88525e7de7f00d6c2d3";
  EXPECT_EQ(vendor_id_name(hex(prefix + "80000000"), {}), "IKE fragmentation");
  EXPECT_EQ(vendor_id_name(hex(prefix + "80"), {}), "");
  EXPECT_EQ(vendor_id_name(hex(prefix + "8000000000"), {}), "");
}

TEST(VendorIds, ALongerVendorIdIsAnotherOne) {
  EXPECT_EQ(vendor_id_name(hex("09002689dfd6b71200"), {}), "");
  EXPECT_EQ(vendor_id_name(hex("12f5f28c457168a9702d9fe274cc010000"), {}), "");
}

TEST(VendorIds, EveryEntryHasASourceAndAPrefixThatFits) {
  for (const auto& known : known_vendor_ids()) {
    EXPECT_FALSE(known.source.empty()) << known.name;
    ASSERT_TRUE(from_hex(known.prefix).has_value()) << known.name;
    EXPECT_LE(known.prefix.size() / 2, known.size) << known.name;
    EXPECT_TRUE(std::ranges::none_of(known.prefix, [](char c) { return c >= 'A' && c <= 'F'; }));
  }
}

struct Masked {
  const char* cookie;
  const char* vendor_id;
};

class MaskedPair : public testing::TestWithParam<Masked> {};

TEST_P(MaskedPair, IsTheCiscoIosVendorId) {
  const auto cookie    = hex(GetParam().cookie);
  const auto vendor_id = hex(GetParam().vendor_id);
  EXPECT_TRUE(is_masked_cisco_ios(vendor_id, cookie));
  const auto reading = VersionRules().read(vendor_id, cookie);
  EXPECT_EQ(reading.name, kMaskedName);
  EXPECT_TRUE(reading.masked_cisco_ios);
  EXPECT_EQ(to_hex(reading.unmasked),
            "f5c7a71d00010000" + std::string(GetParam().vendor_id).substr(16));
  EXPECT_FALSE(reading.version.has_value());
  EXPECT_TRUE(reading.candidates.empty());
}

TEST_P(MaskedPair, IsUnknownWithoutTheSendersCookie) {
  const auto vendor_id = hex(GetParam().vendor_id);
  for (const auto& cookie : {Bytes{}, hex("0102030405060708"), hex(GetParam().cookie + 2)}) {
    const auto reading = VersionRules().read(vendor_id, cookie);
    EXPECT_EQ(reading.name, "");
    EXPECT_FALSE(reading.masked_cisco_ios);
  }
}

TEST_P(MaskedPair, IsReboundToAnotherCookie) {
  const auto live     = hex("0102030405060708");
  const auto unmasked = xor_with_cookie(hex(GetParam().vendor_id), hex(GetParam().cookie));
  const auto rebound  = xor_with_cookie(unmasked, live);
  EXPECT_TRUE(is_masked_cisco_ios(rebound, live));
  EXPECT_EQ(to_hex(rebound).substr(16), std::string(GetParam().vendor_id).substr(16));
}

// Cookies and vendor IDs of Cisco peers in the captures of tcpdump's and zeek-spicy-ipsec's test
// suites and of the Wireshark wiki.
INSTANTIATE_TEST_SUITE_P(
    VendorIds, MaskedPair,
    testing::Values(Masked{"e47a591fd057587f", "11bdfe02d056587f2c18125972c32401"},
                    Masked{"a00b8ef0902bb8ec", "55cc29ed902ab8ec53b1df867c610929"},
                    Masked{"e47a591f78c99d7f", "11bdfe0278c89d7fb2add831d38cc76d"},
                    Masked{"a00b8ef0ea9ff883", "55cc29edea9ef883ec3bfd05ce835cc7"},
                    Masked{"683381fefa4dd808", "9df426e3fa4cd8085fa586643f46fdc8"},
                    Masked{"cf02326f14a95b93", "3ac5957214a85b93db6a509869fdb330"},
                    Masked{"18a109f89219e8df", "ed66aee59218e8dfbe01a135a2ad8994"}));

// openssl md5 of "GDOI-REPLAY LIVENESS PROBE"
TEST(VendorIds, OurProbeIsNamed) {
  const auto probe = from_hex("5a4e188b5e137b4673719746b776c128");
  ASSERT_TRUE(probe);
  EXPECT_EQ(vendor_id_name(*probe, {}),
            "gdoi-replay probe: is the key server alive? No registration follows");
}

TEST(VendorIds, OnlySixteenOctetsAreTheMaskedCiscoId) {
  const auto cookie = hex("e47a591fd057587f");
  EXPECT_FALSE(is_masked_cisco_ios(hex("11bdfe02d056587f"), cookie));
  EXPECT_FALSE(is_masked_cisco_ios(hex("11bdfe02d056587f2c18125972c324"), cookie));
  EXPECT_FALSE(is_masked_cisco_ios(hex("11bdfe02d056587f2c18125972c3240100"), cookie));
}

TEST(VendorIds, OneRoutersMaskedCookieIsNotNamed) {
  EXPECT_EQ(vendor_id_name(hex("3e984048"), {}), "");
  EXPECT_EQ(vendor_id_name(hex("3e98404800000000"), {}), "");
  EXPECT_EQ(vendor_id_name(hex("3e984048000000000000000000000000"), {}), "");
}

TEST(VendorIds, UnmaskingNeedsEightOctetsOnBothSides) {
  EXPECT_TRUE(xor_with_cookie(hex("01020304050607"), hex("1111111111111111")).empty());
  EXPECT_TRUE(xor_with_cookie(hex("0102030405060708"), hex("11111111111111")).empty());
  EXPECT_TRUE(xor_with_cookie(hex("0102030405060708"), {}).empty());
  EXPECT_EQ(to_hex(xor_with_cookie(hex("000102030405060708"), hex("ffffffffffffffff"))),
            "fffefdfcfbfaf9f808");
}

}  // namespace
}  // namespace gdoi::getvpn
