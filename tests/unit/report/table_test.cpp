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

TEST(Text, TimesAreUtc) {
  // date -u -d @1700000000: Tue Nov 14 22:13:20 UTC 2023
  constexpr std::int64_t kTime = 1'700'000'000'123'456'789;
  EXPECT_EQ(iso_time(kTime), "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(iso_time(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(iso_time(-1), "1970-01-01T00:00:00.000000000Z");
}

}  // namespace
}  // namespace gdoi::report
