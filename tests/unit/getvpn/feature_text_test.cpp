#include "protocol/getvpn/feature_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace gdoi::getvpn {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
  }
  return lines;
}

FeatureQuery query(std::optional<std::string_view> version,
                   const std::vector<std::string>& names = {}) {
  auto result = feature_query(version, names);
  EXPECT_TRUE(result.ok());
  return result.ok() ? result.value() : FeatureQuery{};
}

TEST(FeatureText, FitsEightyColumnsWithoutTrailingBlanks) {
  for (const auto& version :
       {std::optional<std::string_view>{}, std::optional<std::string_view>{"1.0.4"},
        std::optional<std::string_view>{"255.255.65535"}}) {
    for (const auto& names : {
             std::vector<std::string>{},
             {"long-sa-lifetime", "gdoi-interop-ack", "policy-replace"}
    }) {
      for (const auto& line : lines_of(feature_text(query(version, names)))) {
        EXPECT_LE(line.size(), 80U) << line;
        EXPECT_FALSE(line.ends_with(' ')) << line;
      }
    }
  }
}

TEST(FeatureText, ListsFeaturesAndVersionsWithTheirSources) {
  EXPECT_THAT(lines_of(feature_text(query({}))),
              AllOf(Contains("long-sa-lifetime  1.0.4    yes     D GET VPN configuration guide"),
                    Contains("pfs               unknown  -       none public"),
                    Contains("1.0.17   0x1000011    GM    D Cisco TAC note 215514"),
                    Contains("1.0.9    0x1000009    KS    O device output, IOS 15.4(2)T"),
                    Contains(StartsWith("long-sa-lifetime: the sources disagree about 1.0.4"))));
}

TEST(FeatureText, JudgesEachFeatureForAVersion) {
  const auto lines = lines_of(feature_text(query("1.0.4")));
  EXPECT_THAT(
      lines,
      AllOf(
          Contains("GM version 1.0.4 (0x1000004)"),
          Contains("long-sa-lifetime  1.0.4    yes     supported    D GET VPN configuration guide"),
          Contains("cts-sgt           1.0.5    -       unsupported  D Cisco documentation"),
          Contains("pfs               unknown  -       unknown      none public")));
}

TEST(FeatureText, TellsMoreOfAFeatureThatIsNamed) {
  const auto text = feature_text(query({}, {"Long-SA"}));
  EXPECT_THAT(text, AllOf(HasSubstr("YANG name"), HasSubstr("syslog name Long-SA"),
                          Not(HasSubstr("cts-sgt  "))));
}

TEST(FeatureJson, HasTheSchemaAndNullWhereNoSourceTells) {
  EXPECT_THAT(feature_json(query({}, {"pfs"})), StartsWith(R"({
  "schema": 1,
  "gm_version": null,
  "features": [
    {
      "name": "pfs",
      "yang_name": null,
      "syslog_name": null,
      "summary": "perfect forward secrecy",
      "minimum": null,
      "minimum_source": null,
      "grade": null,
      "blocks_registration": null,
      "remark": null
    }
  ],
  "versions": [
    {
      "text": "1.0.1",
      "raw": 16777217,
      "role": "both",
      "grade": "documented",)"));
}

TEST(FeatureJson, JudgesForAVersion) {
  const auto json = feature_json(query("1.0.1", {"long-sa-lifetime"}));
  EXPECT_THAT(json, AllOf(HasSubstr("\"support\": \"unsupported\""),
                          HasSubstr("\"blocks_registration\": true"),
                          HasSubstr("\"syslog_name\": \"Long-SA\""), testing::EndsWith("}\n")));
}

TEST(FeatureQuery, RefusesAFeatureThatThereIsNotAndListsThoseThereAre) {
  const auto result = feature_query({}, {"long-sa-lifetime", "longsa"});
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().text,
              AllOf(HasSubstr("'longsa'"), HasSubstr("ckm, crl-check, cts-sgt"),
                    HasSubstr("long-sa-lifetime"), HasSubstr("suite-b")));
}

TEST(FeatureQuery, RefusesAVersionThatIsNone) {
  const auto result = feature_query("1.0", {});
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().text, AllOf(HasSubstr("'1.0'"), HasSubstr("1.0.4")));
}

}  // namespace
}  // namespace gdoi::getvpn
