#include "protocol/getvpn/strict_yaml.h"
#include "protocol/getvpn/version.h"

#include <algorithm>

namespace gdoi::getvpn {

namespace {

constexpr std::array<std::string_view, 1> kFileKeys{"version-rules"};
constexpr std::array<std::string_view, 6> kRuleKeys{"name",     "prefix", "offset",
                                                    "encoding", "unmask", "source"};

constexpr std::array<std::pair<std::string_view, Encoding>, 3> kEncodings{
    {{"u32", Encoding::kU32BigEndian},
     {"octets", Encoding::kThreeOctets},
     {"ascii", Encoding::kAscii}}
};
constexpr std::array<std::pair<std::string_view, Unmask>, 2> kUnmasks{
    {{"none", Unmask::kNone}, {"sender-cookie", Unmask::kXorSenderCookie}}
};

// The length field of a payload has 16 bits and counts the 4 octets of the generic header (RFC 2408
// section 3.2): no vendor ID is longer.
constexpr std::uint32_t kMaxVendorIdSize = 0xffff - 4;

constexpr std::size_t kMaxRules = 10'000;

std::string unique_name(StrictYaml& yaml, const YAML::Node& node,
                        const std::vector<VersionRule>& before) {
  auto name       = yaml.text(node, "name");
  const auto same = [&](const VersionRule& rule) { return rule.name == name; };
  if (std::ranges::any_of(before, same)) {
    yaml.fail(node, fmt::format("a second rule with the name '{}'", name));
  }
  if (std::ranges::any_of(VersionRules().rules(), same)) {
    yaml.fail(node, fmt::format("'{}' is the name of a built-in rule", name));
  }
  return name;
}

VersionRule read_rule(StrictYaml& yaml, const YAML::Node& node,
                      const std::vector<VersionRule>& before) {
  const auto fields = yaml.map(node, "a rule", kRuleKeys);
  VersionRule rule;
  rule.name     = unique_name(yaml, fields.at("name"), before);
  rule.prefix   = yaml.octets(fields.at("prefix"), "prefix", 1, kMaxVendorIdSize);
  rule.offset   = yaml.number(fields.at("offset"), "offset", 0, kMaxVendorIdSize);
  rule.encoding = yaml.choice(fields.at("encoding"), "encoding", kEncodings);
  rule.unmask   = yaml.choice(fields.at("unmask"), "unmask", kUnmasks);
  rule.source   = yaml.text(fields.at("source"), "source");
  return rule;
}

}  // namespace

Result<std::vector<VersionRule>> parse_version_rules(std::string_view text, std::string_view name) {
  StrictYaml yaml(name);
  std::vector<VersionRule> rules;
  const auto status = yaml.read(text, [&](const YAML::Node& top) {
    const auto fields = yaml.map(top, "the file", kFileKeys);
    yaml.list(fields.at("version-rules"), "version-rules", kMaxRules,
              [&](const YAML::Node& node) { rules.push_back(read_rule(yaml, node, rules)); });
  });
  if (!status) {
    return status.error();
  }
  return rules;
}

}  // namespace gdoi::getvpn
