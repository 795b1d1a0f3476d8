#include "report/table.h"

#include <gmock/gmock.h>

namespace gdoi::report {
namespace {

Table addresses() {
  Table table({
      {"#", true},
      {"GM"},
      {"KS", false, 2},
      {"try", true, 1}
  });
  table.add({{"1"}, {"10.0.0.1"}, {"10.0.0.254"}, {"2"}}, {{"because of this"}});
  table.add({{"10"}, {"2001:db8::1"}, {""}, {"11"}});
  return table;
}

TEST(Table, ColumnsAreAsWideAsWhatTheyHold) {
  EXPECT_EQ(addresses().text({}),
            "   #  GM           KS          try\n"
            "   1  10.0.0.1     10.0.0.254    2\n"
            "     because of this\n"
            "  10  2001:db8::1               11\n");
}

TEST(Table, ColumnsThatDoNotFitAreToldBelow) {
  EXPECT_EQ(addresses().text({false, 30}),
            "   #  GM           try\n"
            "   1  10.0.0.1       2\n"
            "     KS 10.0.0.254\n"
            "     because of this\n"
            "  10  2001:db8::1   11\n");
  EXPECT_THAT(addresses().text({false, 20}),
              testing::HasSubstr("     KS 10.0.0.254,\n     try 2\n"));
  EXPECT_THAT(addresses().text({false, 20}), testing::HasSubstr("     try 11\n"));
}

TEST(Table, ColoursEndBeforeTheLine) {
  Table table({{"outcome"}});
  table.add(
      {
          {"registered", Colour::kGood}
  },
      {{"two words", Colour::kBad}});
  EXPECT_EQ(table.text({true, 12}),
            "  \x1b[2moutcome\x1b[0m\n"
            "  \x1b[32mregistered\x1b[0m\n"
            "\x1b[31m     two\n     words\x1b[0m\n");
}

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
  EXPECT_EQ(iso_time(kTime), "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(time_of_day(kTime, 0), "22:13:20");
  EXPECT_EQ(time_of_day(kTime, 6), "22:13:20.123456");
  EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(iso_time(-1), "1970-01-01T00:00:00.000000000Z");
}

TEST(Text, CountsAreGrouped) {
  EXPECT_EQ(count_of(0, "frame"), "0 frames");
  EXPECT_EQ(count_of(1, "frame"), "1 frame");
  EXPECT_EQ(count_of(999, "frame"), "999 frames");
  EXPECT_EQ(count_of(1'000, "frame"), "1,000 frames");
  EXPECT_EQ(count_of(1'234'567, "frame"), "1,234,567 frames");
}

}  // namespace
}  // namespace gdoi::report
