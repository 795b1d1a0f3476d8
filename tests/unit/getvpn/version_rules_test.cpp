#include "protocol/base/hex.h"
#include "protocol/getvpn/version.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace gdoi::getvpn {
namespace {

Bytes hex(std::string_view digits) {
  return from_hex(digits).value();
}

VersionRules with(VersionRule rule) {
  VersionRules rules;
  rules.add(std::move(rule));
  return rules;
}

VersionRule rule(std::string_view prefix, std::size_t offset, Encoding encoding,
                 Unmask unmask = Unmask::kNone) {
  return {.name     = "lab",
          .prefix   = hex(prefix),
          .offset   = offset,
          .encoding = encoding,
          .unmask   = unmask,
          .source   = "two captures"};
}

std::string output_of(const char* command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command, "r"), pclose);
  std::array<char, 128> text{};
  return pipe != nullptr && std::fgets(text.data(), text.size(), pipe.get()) != nullptr
             ? text.data()
             : "";
}

TEST(SyntheticVendorId, BeginsWithTheMd5OfItsText) {
  const auto md5 = output_of("printf 'GDOI-REPLAY SYNTHETIC GETVPN VERSION' | openssl md5 -r");
  ASSERT_GE(md5.size(), 32U) << "needs the openssl command line";
  EXPECT_EQ(to_hex(synthetic_prefix()), md5.substr(0, 32));
}

TEST(SyntheticVendorId, CarriesTheVersionAndSaysThatItIsSynthetic) {
  const auto vendor_id = synthetic_vendor_id(Version{0x01000004});
  EXPECT_EQ(to_hex(vendor_id), "1518a84459caf7b48e9c5e69e4cad58901000004");
  const auto reading = VersionRules().read(vendor_id, {});
  ASSERT_TRUE(reading.version.has_value());
  EXPECT_EQ(reading.version->version.text(), "1.0.4");
  EXPECT_EQ(reading.version->from, VersionSource::kRule);
  EXPECT_TRUE(reading.version->synthetic);
  EXPECT_NE(reading.version->source.find("not Cisco's"), std::string::npos);
  EXPECT_NE(reading.name.find("synthetic"), std::string::npos);
  EXPECT_TRUE(reading.candidates.empty());
}

TEST(SyntheticVendorId, HasNoVersionWhereItIsCut) {
  const auto reading = VersionRules().read(hex("1518a84459caf7b48e9c5e69e4cad589010000"), {});
  EXPECT_FALSE(reading.version.has_value());
}

TEST(Rules, ReadEachEncodingAtItsOffset) {
  const auto u32 = with(rule("a1a2", 4, Encoding::kU32BigEndian));
  EXPECT_EQ(u32.read(hex("a1a2ffff01000011ee"), {}).version->version.text(), "1.0.17");
  const auto octets = with(rule("a1a2", 2, Encoding::kThreeOctets));
  EXPECT_EQ(octets.read(hex("a1a2010012"), {}).version->version, Version{0x01000012});
  const auto ascii = with(rule("a1a2", 3, Encoding::kAscii));
  EXPECT_EQ(ascii.read(hex("a1a220312e302e3137"), {}).version->version.text(), "1.0.17");
}

TEST(Rules, SayWhereTheVersionComesFrom) {
  const auto reading = with(rule("a1a2", 2, Encoding::kThreeOctets)).read(hex("a1a2010012"), {});
  EXPECT_EQ(reading.version->rule, "lab");
  EXPECT_EQ(reading.version->source, "two captures");
  EXPECT_FALSE(reading.version->synthetic);
  EXPECT_FALSE(reading.version->unmasked);
  EXPECT_EQ(reading.name, "");
  EXPECT_TRUE(reading.candidates.empty()) << "what a rule reads is no candidate";
}

TEST(Rules, AsciiEndsAtTheFirstOctetThatIsNeitherDigitNorDot) {
  const auto ascii = with(rule("a1", 1, Encoding::kAscii));
  EXPECT_EQ(ascii.read(hex("a1312e302e313700"), {}).version->version.text(), "1.0.17");
  EXPECT_EQ(ascii.read(hex("a1312e302e3137206f6b"), {}).version->version.text(), "1.0.17");
  EXPECT_FALSE(ascii.read(hex("a1312e30"), {}).version) << "1.0";
  EXPECT_FALSE(ascii.read(hex("a1312e302e31372e"), {}).version) << "1.0.17.";
  EXPECT_FALSE(ascii.read(hex("a1312e302e303137"), {}).version) << "1.0.017";
  EXPECT_FALSE(ascii.read(hex("a120312e302e3137"), {}).version) << "begins with a blank";
  EXPECT_FALSE(ascii.read(hex("a1"), {}).version);
}

TEST(Rules, DoNotMatchAVendorIdShorterThanThePrefix) {
  const auto rules = with(rule("a1a2a3a401000004", 4, Encoding::kU32BigEndian));
  EXPECT_TRUE(rules.read(hex("a1a2a3a401000004"), {}).version.has_value());
  EXPECT_FALSE(rules.read(hex("a1a2a3a4010000"), {}).version.has_value());
  EXPECT_FALSE(rules.read({}, {}).version.has_value());
}

TEST(Rules, DoNotMatchAnOffsetBeyondTheEnd) {
  const auto vendor_id = hex("a1a2010000");
  for (const std::size_t offset : {std::size_t{2}, std::size_t{5}, std::size_t{6}, SIZE_MAX}) {
    EXPECT_FALSE(with(rule("a1", offset, Encoding::kU32BigEndian)).read(vendor_id, {}).version);
  }
  EXPECT_FALSE(with(rule("a1", 3, Encoding::kThreeOctets)).read(vendor_id, {}).version);
  EXPECT_FALSE(with(rule("a1", SIZE_MAX, Encoding::kAscii)).read(vendor_id, {}).version);
}

TEST(Rules, UnmaskWithTheSendersCookieBeforePrefixAndVersion) {
  // b1b2b3b4 01000017 XOR 0102030405060708 = b0b0b0b0 0406071f
  const auto rules   = with(rule("b1b2b3b4", 4, Encoding::kU32BigEndian, Unmask::kXorSenderCookie));
  const auto cookie  = hex("0102030405060708");
  const auto reading = rules.read(hex("b0b0b0b00406071f"), cookie);
  ASSERT_TRUE(reading.version.has_value());
  EXPECT_EQ(reading.version->version.text(), "1.0.23");
  EXPECT_TRUE(reading.version->unmasked);
  EXPECT_FALSE(rules.read(hex("b0b0b0b00406071f"), {}).version) << "no cookie";
  EXPECT_FALSE(rules.read(hex("b1b2b3b401000017"), cookie).version) << "not masked";
}

TEST(Rules, TheFirstThatMatchesCounts) {
  auto rules  = with(rule("a1", 1, Encoding::kThreeOctets));
  auto second = rule("a1", 4, Encoding::kThreeOctets);
  second.name = "other";
  rules.add(second);
  EXPECT_EQ(rules.read(hex("a1010004010005"), {}).version->version.text(), "1.0.4");
  EXPECT_EQ(rules.rules().size(), 3U) << "the built-in rule stays first";
  EXPECT_TRUE(rules.rules().front().synthetic);
}

TEST(Candidates, LastFourOctets) {
  const auto reading = VersionRules().read(hex("deadbeefcafe0011223301000011"), {});
  EXPECT_FALSE(reading.version.has_value()) << "a candidate is no version";
  ASSERT_EQ(reading.candidates.size(), 1U);
  EXPECT_EQ(reading.candidates[0].version.text(), "1.0.17");
  EXPECT_EQ(reading.candidates[0].from, VersionSource::kCandidate);
  EXPECT_EQ(reading.candidates[0].rule, "last four octets");
  EXPECT_NE(reading.candidates[0].source.find("no rule confirms"), std::string::npos);
  EXPECT_FALSE(reading.candidates[0].unmasked);
  EXPECT_FALSE(reading.candidates[0].synthetic);
}

TEST(Candidates, LastThreeOctets) {
  const auto reading = VersionRules().read(hex("deadbeefcafe00112233ff0100ff"), {});
  ASSERT_EQ(reading.candidates.size(), 1U);
  EXPECT_EQ(reading.candidates[0].version.text(), "1.0.255");
  EXPECT_EQ(reading.candidates[0].rule, "last three octets");
}

TEST(Candidates, UnmaskedWithTheSendersCookie) {
  // a1a2a3a4 01000004 XOR 1122334455667788 = b08090e0 5466778c
  const auto reading = VersionRules().read(hex("b08090e05466778c"), hex("1122334455667788"));
  ASSERT_EQ(reading.candidates.size(), 1U);
  EXPECT_EQ(reading.candidates[0].version.text(), "1.0.4");
  EXPECT_TRUE(reading.candidates[0].unmasked);
  EXPECT_EQ(reading.candidates[0].rule, "last four octets, unmasked with the sender's cookie");
  EXPECT_TRUE(VersionRules().read(hex("b08090e05466778c"), {}).candidates.empty());
}

TEST(Candidates, RawAndUnmaskedAreBothShownWhereTheyDiffer) {
  // 01000004 XOR 00000001 = 01000005
  const auto reading = VersionRules().read(hex("a1a2a3a401000004"), hex("0000000000000001"));
  ASSERT_EQ(reading.candidates.size(), 2U);
  EXPECT_EQ(reading.candidates[0].version.text(), "1.0.4");
  EXPECT_FALSE(reading.candidates[0].unmasked);
  EXPECT_EQ(reading.candidates[1].version.text(), "1.0.5");
  EXPECT_TRUE(reading.candidates[1].unmasked);
}

TEST(Candidates, ATailThatTheMaskDoesNotReachIsShownOnce) {
  const auto reading =
      VersionRules().read(hex("deadbeefcafe001101000011"), hex("1122334455667788"));
  ASSERT_EQ(reading.candidates.size(), 1U);
  EXPECT_FALSE(reading.candidates[0].unmasked);
}

class NoCandidate : public testing::TestWithParam<const char*> {};

TEST_P(NoCandidate, IsShownForIt) {
  EXPECT_TRUE(VersionRules().read(hex(GetParam()), {}).candidates.empty());
}

INSTANTIATE_TEST_SUITE_P(Candidates, NoCandidate,
                         testing::Values("",                              // nothing
                                         "01", "0100",                    // too short
                                         "deadbeefcafe0011223301000000",  // mini 0
                                         "deadbeefcafe0011ff010000",      // mini 0 in three octets
                                         "deadbeefcafe001102000004",      // major 2
                                         "deadbeefcafe001100000004",      // major 0
                                         "deadbeefcafe0011ff010104",      // minor 1
                                         "deadbeefcafe001101000104",      // mini 260
                                         "deadbeefcafe001104000001",      // little-endian
                                         "deadbeefcafe00110100000400"));  // not at the end

TEST(Candidates, TheShortestVendorIdsThatCanHoldOne) {
  EXPECT_EQ(VersionRules().read(hex("010004"), {}).candidates.size(), 1U);
  EXPECT_EQ(VersionRules().read(hex("01000004"), {}).candidates.size(), 1U);
}

}  // namespace
}  // namespace gdoi::getvpn
