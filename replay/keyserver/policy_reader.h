#pragma once

#include "keyserver/policy.h"
#include "protocol/getvpn/strict_yaml.h"

namespace gdoi::keyserver {

inline constexpr std::string_view kLongSaLifetimes = "long-sa-lifetime";

/// The settings that several parts of a policy file have, and its TEKs. Errors are the reader's.
class PolicyReader {
 public:
  explicit PolicyReader(getvpn::StrictYaml& yaml) : yaml_(yaml) {}

  /// What the policy has switched on; before the first lifetime.
  void set_features(const std::vector<const getvpn::Feature*>& features) { features_ = features; }

  Prefix prefix(const YAML::Node& node, std::string_view key);
  /// A prefix that is one address.
  Prefix host(const YAML::Node& node, std::string_view key);
  std::uint16_t number16(const getvpn::YamlMap& map, std::string_view key, std::uint16_t otherwise);
  Bytes oid(const YAML::Node& node, std::string_view key);
  Bytes oid_payload(const getvpn::YamlMap& map);

  /// A lifetime, held to the rules of long lifetimes (GET VPN configuration guide).
  std::uint32_t lifetime(const getvpn::YamlMap& map, std::uint32_t least, bool may_be_long);

  TekPolicy tek(const YAML::Node& node);

  Misbehaviour misbehaviour(const YAML::Node& node);

 protected:
  [[nodiscard]] getvpn::StrictYaml& yaml() { return yaml_; }

 private:
  TekPolicy esp(const YAML::Node& node);
  TekPolicy ah(const YAML::Node& node);
  TekPolicy iec61850(const YAML::Node& node);
  void selectors(const getvpn::YamlMap& map, TekPolicy& out);

  getvpn::StrictYaml& yaml_;
  std::vector<const getvpn::Feature*> features_;
};

}  // namespace gdoi::keyserver
