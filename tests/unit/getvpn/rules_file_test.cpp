#include "protocol/base/hex.h"
#include "protocol/getvpn/version.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace gdoi::getvpn {
namespace {

constexpr std::string_view kTwoRules = R"(# from two captures
version-rules:
  - name: lab routers
    prefix: 0123456789ABcdef
    offset: 12
    encoding: u32
    unmask: sender-cookie
    source: capture of 1.0.8 and 1.0.17
  - {name: text, prefix: "a1", offset: 0, encoding: ascii, unmask: none, source: "a note: mine"}
)";

std::string rule_with(std::string_view key, std::string_view value) {
  std::string out = "version-rules:\n";
  for (const auto& [name, usual] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"name",     "lab"   },
           {"prefix",   "a1a2"  },
           {"offset",   "2"     },
           {"encoding", "octets"},
           {"unmask",   "none"  },
           {"source",   "mine"  }
  }) {
    out += out.ends_with("rules:\n") ? "  - " : "    ";
    out += std::string(name) + ": " + (name == key ? std::string(value) : usual) + "\n";
  }
  return out;
}

std::string error_of(std::string_view text) {
  const auto result = parse_version_rules(text, "my.yaml");
  return result ? "no error" : result.error().text;
}

TEST(RulesFile, IsRead) {
  const auto rules = parse_version_rules(kTwoRules, "my.yaml");
  ASSERT_TRUE(rules.ok()) << rules.error().text;
  ASSERT_EQ(rules->size(), 2U);
  const auto& lab = rules->at(0);
  EXPECT_EQ(lab.name, "lab routers");
  EXPECT_EQ(to_hex(lab.prefix), "0123456789abcdef");
  EXPECT_EQ(lab.offset, 12U);
  EXPECT_EQ(lab.encoding, Encoding::kU32BigEndian);
  EXPECT_EQ(lab.unmask, Unmask::kXorSenderCookie);
  EXPECT_EQ(lab.source, "capture of 1.0.8 and 1.0.17");
  EXPECT_FALSE(lab.synthetic);
  EXPECT_EQ(rules->at(1).encoding, Encoding::kAscii);
  EXPECT_EQ(rules->at(1).unmask, Unmask::kNone);
  EXPECT_EQ(rules->at(1).source, "a note: mine");
}

TEST(RulesFile, MayHoldNoRule) {
  const auto rules = parse_version_rules("version-rules: []\n", "my.yaml");
  ASSERT_TRUE(rules.ok()) << rules.error().text;
  EXPECT_TRUE(rules->empty());
}

TEST(RulesFile, PrefixMayBeAllDecimalDigitsWithALeadingZero) {
  const auto rules = parse_version_rules(rule_with("prefix", "0010"), "my.yaml");
  ASSERT_TRUE(rules.ok()) << rules.error().text;
  EXPECT_EQ(to_hex(rules->at(0).prefix), "0010");
}

struct Broken {
  const char* name;
  std::string text;
  const char* begins;
  const char* holds;
};

void PrintTo(const Broken& broken, std::ostream* out) {
  *out << broken.name;
}

class BrokenRules : public testing::TestWithParam<Broken> {};

TEST_P(BrokenRules, AreRefusedWithLineAndColumn) {
  const auto error = error_of(GetParam().text);
  EXPECT_TRUE(error.starts_with(GetParam().begins)) << error;
  EXPECT_NE(error.find(GetParam().holds), std::string::npos) << error;
}

INSTANTIATE_TEST_SUITE_P(
    RulesFile, BrokenRules,
    testing::Values(
        Broken{"Empty", "", "my.yaml:1:1: ", "version-rules"},
        Broken{"OnlyComment", "# nothing\n", "my.yaml:1:1: ", "version-rules"},
        Broken{"NoMap", "- a\n", "my.yaml:1:1: ", "must be a map"},
        Broken{"NoYaml", "version-rules:\n  - {name: [}\n", "my.yaml:2:", ""},
        Broken{"Tab", "version-rules:\n\t- name: a\n", "my.yaml:2:", ""},
        Broken{"UnknownTopKey", "version-rules: []\nrules: []\n",
               "my.yaml:2:1: ", "unknown key 'rules'"},
        Broken{"DuplicateTopKey", "version-rules: []\nversion-rules: []\n",
               "my.yaml:2:1: ", "'version-rules' stands twice"},
        Broken{"TwoDocuments", "version-rules: []\n---\nversion-rules: []\n",
               "my.yaml:2:1: ", "second YAML document"},
        Broken{"NoList", "version-rules: 5\n", "my.yaml:1:16: ", "list"},
        Broken{"NoListOfMaps", "version-rules:\n  - lab\n", "my.yaml:2:5: ", "must be a map"},
        Broken{"UnknownKey", rule_with("source", "mine\n    colour: red"),
               "my.yaml:8:5: ", "unknown key 'colour'"},
        Broken{"DuplicateKey", rule_with("source", "mine\n    offset: 3"),
               "my.yaml:8:5: ", "'offset' stands twice"},
        Broken{"MissingKey", "version-rules:\n  - name: lab\n    prefix: a1\n",
               "my.yaml:2:5: ", "lacks 'offset'"},
        Broken{"NoName", rule_with("name", ""), "my.yaml:2:5: ", "'name' has no value"},
        Broken{"NullSource", rule_with("source", "~"), "my.yaml:7:5: ", "'source' has no value"},
        Broken{"NoRules", "# mine\nversion-rules:\n", "my.yaml:2:1: ", "no value"},
        Broken{"EmptyName", rule_with("name", "\"\""), "my.yaml:2:11: ", "not empty"},
        Broken{"EmptyPrefix", rule_with("prefix", "\"\""), "my.yaml:3:13: ", "'prefix'"},
        Broken{"OddPrefix", rule_with("prefix", "a1a"), "my.yaml:3:13: ", "hex digits"},
        Broken{"PrefixWith0x", rule_with("prefix", "0xa1"), "my.yaml:3:13: ", "hex digits"},
        Broken{"OctalOffset", rule_with("offset", "010"), "my.yaml:4:13: ", "leading zero"},
        Broken{"HexOffset", rule_with("offset", "0x10"), "my.yaml:4:13: ", "leading zero"},
        Broken{"NegativeOffset", rule_with("offset", "-1"), "my.yaml:4:13: ", "decimal number"},
        Broken{"FractionOffset", rule_with("offset", "1.5"), "my.yaml:4:13: ", "decimal number"},
        Broken{"HugeOffset", rule_with("offset", "65532"), "my.yaml:4:13: ", "from 0 to 65531"},
        Broken{"OverflowingOffset", rule_with("offset", "18446744073709551618"),
               "my.yaml:4:13: ", "from 0 to 65531"},
        Broken{"ListOffset", rule_with("offset", "[2]"), "my.yaml:4:13: ", "'offset'"},
        Broken{"UnknownEncoding", rule_with("encoding", "u16"),
               "my.yaml:5:15: ", "u32, octets, ascii"},
        Broken{"EncodingInCapitals", rule_with("encoding", "ASCII"),
               "my.yaml:5:15: ", "u32, octets, ascii"},
        Broken{"UnknownUnmask", rule_with("unmask", "receiver-cookie"),
               "my.yaml:6:13: ", "none, sender-cookie"},
        Broken{"ControlCharacter", rule_with("source", "\"a\\e[31m\""),
               "my.yaml:7:13: ", "control character"},
        Broken{"NameOfTheBuiltInRule", rule_with("name", "synthetic"),
               "my.yaml:2:11: ", "built-in"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(RulesFile, TwoRulesMayNotHaveOneName) {
  const auto first = rule_with("", "");
  const auto error = error_of(first + first.substr(first.find('\n') + 1));
  EXPECT_EQ(error, "my.yaml:8:11: a second rule with the name 'lab'");
}

TEST(RulesFile, DeepNestingIsAnErrorAndNoCrash) {
  EXPECT_TRUE(error_of(std::string(100'000, '[')).starts_with("my.yaml:1:"));
  EXPECT_TRUE(error_of(std::string(100'000, '{')).starts_with("my.yaml:1:"));
}

TEST(RulesFile, AStrayTokenIsAnErrorAndNoEndlessLoop) {
  EXPECT_TRUE(error_of("version-rules: []\n, a\n").starts_with("my.yaml:"));
  EXPECT_TRUE(error_of("%version-rules:\n,  - name: lab\n").starts_with("my.yaml:"));
}

TEST(RulesFile, AFileOfMoreThanAMebibyteIsRefused) {
  EXPECT_NE(error_of(std::string((1U << 20U) + 1, '#')).find("larger than"), std::string::npos);
}

TEST(RulesFile, RulesReadFromAFileReadVersions) {
  VersionRules rules;
  auto mine = parse_version_rules(rule_with("", ""), "my.yaml");
  ASSERT_TRUE(mine.ok()) << mine.error().text;
  for (auto& one : mine.value()) {
    rules.add(std::move(one));
  }
  EXPECT_EQ(rules.read(from_hex("a1a2010016").value(), {}).version->version.text(), "1.0.22");
}

}  // namespace
}  // namespace gdoi::getvpn
