#include "protocol/base/hex.h"

#include "protocol/base/secret.h"

#include <gtest/gtest.h>

namespace gdoi {
namespace {

TEST(Hex, RoundTripsEveryOctet) {
  Bytes all;
  for (unsigned value = 0; value < 256; ++value) {
    all.push_back(static_cast<std::uint8_t>(value));
  }
  const auto text = to_hex(all);
  EXPECT_EQ(text.substr(0, 8), "00010203");
  EXPECT_EQ(text.substr(text.size() - 4), "feff");
  EXPECT_EQ(from_hex(text), all);
}

TEST(Hex, TakesEitherCase) {
  EXPECT_EQ(from_hex("aAfF"), (Bytes{0xaa, 0xff}));
}

TEST(Hex, RefusesOddLengthsAndOtherCharacters) {
  EXPECT_EQ(from_hex("abc"), std::nullopt);
  EXPECT_EQ(from_hex("0g"), std::nullopt);
  EXPECT_EQ(from_hex("0x12"), std::nullopt);
  EXPECT_EQ(from_hex(" 12 "), std::nullopt);
}

TEST(Bytes, NumbersAreBigEndian) {
  Bytes out;
  append_uint(out, 848, 2);
  append_uint(out, 0x01020304, 4);
  EXPECT_EQ(to_hex(out), "035001020304");
  EXPECT_EQ(to_uint(out), 0x035001020304U);
}

TEST(Bytes, WidthsBeyondEightOctetsArePaddedWithZeros) {
  Bytes out;
  append_uint(out, 0xff, 10);
  EXPECT_EQ(to_hex(out), "000000000000000000ff");
}

TEST(Secret, MovesLeaveNothingBehind) {
  Secret first(Bytes{1, 2, 3});
  const Secret second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the promise
  EXPECT_EQ(to_bytes(second.view()), (Bytes{1, 2, 3}));
}

TEST(Secret, WipeClearsTheOctets) {
  Bytes octets{1, 2, 3};
  wipe(octets);
  EXPECT_EQ(octets, (Bytes{0, 0, 0}));
}

TEST(Secret, ConstantTimeCompareTellsDifferenceAndLength) {
  EXPECT_TRUE(equal_constant_time(Bytes{1, 2}, Bytes{1, 2}));
  EXPECT_FALSE(equal_constant_time(Bytes{1, 2}, Bytes{1, 3}));
  EXPECT_FALSE(equal_constant_time(Bytes{1, 2}, Bytes{1, 2, 0}));
}

}  // namespace
}  // namespace gdoi
