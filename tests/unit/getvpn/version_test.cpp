#include "protocol/getvpn/version.h"

#include <gtest/gtest.h>

#include <string>

namespace gdoi::getvpn {
namespace {

TEST(Version, ReadsAsMajorMinorMini) {
  EXPECT_EQ(Version{0x01000001}.text(), "1.0.1");  // "ver 0x1000001" of TAC note 215514
  EXPECT_EQ(Version{0x0100001b}.text(), "1.0.27");
  EXPECT_EQ(Version{0x02030405}.text(), "2.3.1029");
  EXPECT_EQ(Version{0}.text(), "0.0.0");
  EXPECT_EQ(Version{0xffffffff}.text(), "255.255.65535");
}

TEST(Version, IsReadFromText) {
  EXPECT_EQ(Version::parse("1.0.4"), Version{0x01000004});
  EXPECT_EQ(Version::parse("1.0.17"), Version{0x01000011});
  EXPECT_EQ(Version::parse("0.0.0"), Version{0});
  EXPECT_EQ(Version::parse("255.255.65535"), Version{0xffffffff});
}

class NoVersion : public testing::TestWithParam<const char*> {};

TEST_P(NoVersion, IsRefused) {
  EXPECT_FALSE(Version::parse(GetParam()).has_value());
}

INSTANTIATE_TEST_SUITE_P(Version, NoVersion,
                         testing::Values("", "1", "1.0", "1.0.", ".0.4", "1..4", "1.0.4.0",
                                         "1.0.4 ", " 1.0.4", "1.0.04", "01.0.4", "1.00.4", "+1.0.4",
                                         "1.0.-4", "256.0.1", "1.256.1", "1.0.65536",
                                         "1.0.4294967297", "0x1000004", "1,0,4", "1.0.4a",
                                         "v1.0.4"));

TEST(Version, NewerIsGreater) {
  EXPECT_LT(Version{0x01000009}, Version{0x01000011});
  EXPECT_LT(Version{0x0100ffff}, Version{0x01010000});
}

}  // namespace
}  // namespace gdoi::getvpn
