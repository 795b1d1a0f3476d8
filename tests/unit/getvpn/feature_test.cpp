#include "protocol/getvpn/feature.h"

#include "protocol/getvpn/syslog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace gdoi::getvpn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Features, AreTheFourteenOfTheCliAndTheYangModel) {
  std::vector<std::string_view> names;
  for (const auto& feature : features()) {
    names.push_back(feature.name);
    EXPECT_FALSE(feature.summary.empty()) << feature.name;
  }
  EXPECT_THAT(names, ElementsAre("ckm", "crl-check", "cts-sgt", "dp-recovery", "gdoi-interop-ack",
                                 "gdoi-mib", "gikev2", "gm-removal", "ip-d3p", "ipv6 crypto path",
                                 "long-sa-lifetime", "pfs", "policy-replace", "suite-b"));
}

TEST(Features, HaveTheDocumentedMinimumVersionsAndNoOthers) {
  const std::map<std::string_view, std::string> documented{
      {"gm-removal",       "1.0.2"},
      {"policy-replace",   "1.0.2"},
      {"suite-b",          "1.0.4"},
      {"long-sa-lifetime", "1.0.4"},
      {"cts-sgt",          "1.0.5"}
  };
  for (const auto& feature : features()) {
    const auto found = documented.find(feature.name);
    if (found == documented.end()) {
      EXPECT_FALSE(feature.minimum.has_value()) << feature.name;
      EXPECT_EQ(feature.minimum_source, "") << feature.name;
    } else {
      ASSERT_TRUE(feature.minimum.has_value()) << feature.name;
      EXPECT_EQ(feature.minimum->text(), found->second) << feature.name;
      EXPECT_FALSE(feature.minimum_source.empty()) << feature.name;
    }
  }
}

TEST(Features, OnlyLongSaIsDocumentedToBlockRegistration) {
  for (const auto& feature : features()) {
    EXPECT_EQ(feature.blocks_registration, feature.name == "long-sa-lifetime") << feature.name;
  }
}

TEST(Features, AreFoundByAnyOfTheirNames) {
  const auto* long_sa = feature_named("long-sa-lifetime");
  ASSERT_NE(long_sa, nullptr);
  EXPECT_EQ(feature_named("long-sa"), long_sa);
  EXPECT_EQ(feature_named("Long-SA"), long_sa);
  EXPECT_EQ(feature_named("pol-repl"), feature_named("policy-replace"));
  EXPECT_EQ(feature_named("interop-ack"), feature_named("gdoi-interop-ack"));
  EXPECT_EQ(feature_named("v6-cry-path"), feature_named("ipv6 crypto path"));
  EXPECT_EQ(feature_named("ipv6-crypto-path"), feature_named("ipv6 crypto path"));
  EXPECT_EQ(feature_named("long"), nullptr);
  EXPECT_EQ(feature_named(""), nullptr);
}

TEST(Features, SayThatTheSourcesDisagreeAboutLongSa) {
  EXPECT_THAT(std::string(feature_named("long-sa-lifetime")->remark),
              testing::AllOf(HasSubstr("configuration guide"), HasSubstr("215514"),
                             HasSubstr("1.0.4 with No")));
}

TEST(SupportOf, FollowsTheDocumentedMinimum) {
  const auto& long_sa = *feature_named("long-sa-lifetime");
  EXPECT_EQ(support_of(long_sa, Version{0x01000003}), Support::kUnsupported);
  EXPECT_EQ(support_of(long_sa, Version{0x01000004}), Support::kSupported);
  EXPECT_EQ(support_of(long_sa, Version{0x01000011}), Support::kSupported);
}

TEST(SupportOf, FollowsTheUsersMinimumWhereThereIsOne) {
  const auto& long_sa = *feature_named("long-sa-lifetime");
  EXPECT_EQ(support_of(long_sa, Version{0x01000004}, Version{0x01000011}), Support::kUnsupported);
  EXPECT_EQ(support_of(*feature_named("pfs"), Version{0x01000004}, Version{0x01000004}),
            Support::kSupported);
}

TEST(SupportOf, IsUnknownWithoutAVersionOrASource) {
  EXPECT_EQ(support_of(*feature_named("long-sa-lifetime"), std::nullopt), Support::kUnknown);
  EXPECT_EQ(support_of(*feature_named("ip-d3p"), Version{0x0100001a}), Support::kUnknown);
  EXPECT_EQ(support_of(*feature_named("ckm"), Version{0x01000001}), Support::kUnknown);
}

TEST(SupportOf, IsUnknownAcrossMajorAndMinor) {
  const auto& long_sa = *feature_named("long-sa-lifetime");
  EXPECT_EQ(support_of(long_sa, Version{0x02000001}), Support::kUnknown);
  EXPECT_EQ(support_of(long_sa, Version{0x01010001}), Support::kUnknown);
  EXPECT_EQ(support_of(long_sa, Version{0}), Support::kUnknown);
}

TEST(KnownVersions, AreThoseOfPublicSourcesWithRoleAndGrade) {
  using Row = std::tuple<std::string, Role, Grade>;
  std::vector<Row> rows;
  for (const auto& known : known_versions()) {
    rows.emplace_back(known.version.text(), known.role, known.grade);
    EXPECT_FALSE(known.known_from.empty()) << known.version.text();
  }
  EXPECT_THAT(
      rows,
      ElementsAre(
          Row{"1.0.1", Role::kBoth, Grade::kDocumented},
          Row{"1.0.2", Role::kBoth, Grade::kDocumented},
          Row{"1.0.4", Role::kBoth, Grade::kDocumented},
          Row{"1.0.5", Role::kBoth, Grade::kDocumented}, Row{"1.0.8", Role::kGm, Grade::kObserved},
          Row{"1.0.9", Role::kKs, Grade::kObserved}, Row{"1.0.17", Role::kGm, Grade::kDocumented},
          Row{"1.0.18", Role::kKs, Grade::kDocumented}, Row{"1.0.22", Role::kGm, Grade::kObserved},
          Row{"1.0.25", Role::kGm, Grade::kObserved}, Row{"1.0.26", Role::kGm, Grade::kObserved},
          Row{"1.0.27", Role::kKs, Grade::kObserved}));
}

TEST(LongLifetime, BeginsAboveOneDay) {
  EXPECT_FALSE(is_long_lifetime(86'400));
  EXPECT_TRUE(is_long_lifetime(86'401));
  EXPECT_TRUE(is_long_lifetime(2'592'000));
}

TEST(RejectLine, IsTheOneOfTheTacNote) {
  constexpr std::array<std::string_view, 1> kLongSa{"Long-SA"};
  EXPECT_EQ(reject_line("10.40.10.10", Version{0x01000001}, "MYGETVPN", kLongSa),
            "%GDOI-4-REJECT_GM_VERSION_REGISTER: Reject registration of GM 10.40.10.10(ver "
            "0x1000001) in group MYGETVPN as it cannot support these GETVPN features enabled: "
            "Long-SA");
}

TEST(RejectLine, TakesAnyTextAsItIs) {
  EXPECT_THAT(reject_line("2001:db8::1", Version{0}, "{}%s", {}),
              testing::AllOf(HasSubstr("GM 2001:db8::1(ver 0x0) in group {}%s as"),
                             testing::EndsWith("enabled: ")));
}

}  // namespace
}  // namespace gdoi::getvpn
