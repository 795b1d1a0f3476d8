#include "protocol/base/text.h"

#include <gtest/gtest.h>

namespace gdoi {
namespace {

TEST(Wrap, BreaksAtBlanksOnly) {
  EXPECT_EQ(wrap("one two  three", 9, 2), "  one two\n  three\n");
  EXPECT_EQ(wrap("unbreakable-word next", 8, 0), "unbreakable-word\nnext\n");
  EXPECT_EQ(wrap("", 8, 2), "");
  EXPECT_EQ(wrap("   ", 8, 2), "");
}

TEST(Wrap, CountsCharactersNotOctets) {
  EXPECT_EQ(columns_of("a → b"), 5U);
  EXPECT_EQ(wrap("→→→→ →→→→", 9, 0), "→→→→ →→→→\n");
}

TEST(Text, ControlCharactersAreShownNotSent) {
  EXPECT_EQ(harmless("a\x1b[2Jb\n"), "a\\x1b[2Jb\\x0a");
  EXPECT_EQ(harmless("größe"), "größe");
}

TEST(Text, TimesAreUtc) {
  // date -u -d @1700000000: Tue Nov 14 22:13:20 UTC 2023
  constexpr std::int64_t kTime = 1'700'000'000'123'456'789;
  EXPECT_EQ(time_of_day(kTime, 0), "22:13:20");
  EXPECT_EQ(time_of_day(kTime, 6), "22:13:20.123456");
}

TEST(Text, CountsAreGrouped) {
  EXPECT_EQ(count_of(0, "frame"), "0 frames");
  EXPECT_EQ(count_of(1, "frame"), "1 frame");
  EXPECT_EQ(count_of(999, "frame"), "999 frames");
  EXPECT_EQ(count_of(1'000, "frame"), "1,000 frames");
  EXPECT_EQ(count_of(1'234'567, "frame"), "1,234,567 frames");
}

}  // namespace
}  // namespace gdoi
