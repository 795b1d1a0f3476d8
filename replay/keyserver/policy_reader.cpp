#include "keyserver/policy_reader.h"

#include "keyserver/algorithms.h"
#include "protocol/keys/tek_names.h"

#include <algorithm>

namespace gdoi::keyserver {
namespace {

using getvpn::StrictYaml;
using getvpn::YamlMap;
using Node = YAML::Node;

constexpr std::array<std::string_view, 2> kEspKeys{"esp", "lifetime"};
constexpr std::array<std::string_view, 2> kAhKeys{"ah", "lifetime"};
constexpr std::array<std::string_view, 4> kIecKeys{"iec61850", "authentication", "encryption",
                                                   "lifetime"};
constexpr std::array<std::string_view, 7> kEspOptions{
    "authentication", "source",           "destination", "ip-protocol",
    "source-port",    "destination-port", "mode"};
constexpr std::array<std::string_view, 6> kAhOptions{
    "source", "destination", "ip-protocol", "source-port", "destination-port", "mode"};
constexpr std::array<std::string_view, 1> kIecOptions{"oid-payload"};

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 2> kModes{
    {{"tunnel", 1}, {"transport", 2}}
};

constexpr std::uint32_t kMostPort    = 0xffff;
constexpr std::size_t kMaxOidPayload = 1'024;

constexpr std::array<std::pair<std::string_view, Misdeed>, 17> kMisdeeds{
    {{"wrong-hash-r", Misdeed::kWrongHashR},
     {"foreign-certificate", Misdeed::kForeignCertificate},
     {"no-proposal-chosen", Misdeed::kNoProposalChosen},
     {"duplicated", Misdeed::kDuplicated},
     {"corrupted", Misdeed::kCorrupted},
     {"wrong-cookies", Misdeed::kWrongCookies},
     {"answers-from-another-port", Misdeed::kAnotherPort},
     {"wrong-hash-2", Misdeed::kWrongHash2},
     {"wrong-hash-4", Misdeed::kWrongHash4},
     {"wrong-message-id", Misdeed::kWrongMessageId},
     {"sa-without-keys", Misdeed::kSaWithoutKeys},
     {"kd-without-tek", Misdeed::kKdWithoutTek},
     {"kd-with-foreign-tek", Misdeed::kKdWithForeignTek},
     {"no-seq", Misdeed::kNoSeq},
     {"replayed-as-new", Misdeed::kReplayedAsNew},
     {"forgets-members", Misdeed::kForgetsMembers},
     {"accepts-what-it-should-refuse", Misdeed::kAcceptsWhatItShouldRefuse}}
};
constexpr std::array<std::string_view, 2> kMisdeedOptions{"late", "silent-at"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSilentAt{
    {{"mm2", "main mode message 2"},
     {"mm4", "main mode message 4"},
     {"mm6", "main mode message 6"},
     {"am2", "aggressive mode message 2"},
     {"pull2", "PULL message 2"},
     {"pull4", "PULL message 4"}}
};
constexpr std::uint32_t kMostLate = 3'600;

/// The algorithm of a table that the file names.
template <typename T>
const T& named(StrictYaml& yaml, const Node& node, std::string_view key, std::span<const T> table) {
  const auto name  = yaml.text(node, key);
  const auto found = std::ranges::find(table, std::string_view(name), &T::name);
  if (found != table.end()) {
    return *found;
  }
  std::vector<std::string_view> names;
  std::ranges::transform(table, std::back_inserter(names), &T::name);
  yaml.fail(node, fmt::format("'{}' must be one of {}", key, fmt::join(names, ", ")));
  return table.front();
}

}  // namespace

Prefix PolicyReader::prefix(const Node& node, std::string_view key) {
  const auto text  = yaml_.text(node, key);
  const auto found = Prefix::parse(text);
  if (!found) {
    yaml_.fail(node, fmt::format("'{}' must be an address, ADDRESS/BITS without host bits, or "
                                 "any, not '{}'",
                                 key, text));
  }
  return found.value_or(Prefix{});
}

Prefix PolicyReader::host(const Node& node, std::string_view key) {
  const auto found = prefix(node, key);
  if (!found.is_host()) {
    yaml_.fail(node, fmt::format("'{}' must be one address", key));
  }
  return found;
}

std::uint16_t PolicyReader::number16(const YamlMap& map, std::string_view key,
                                     std::uint16_t otherwise) {
  const auto* const node = map.find(key);
  return node == nullptr ? otherwise
                         : static_cast<std::uint16_t>(yaml_.number(*node, key, 0, kMostPort));
}

Bytes PolicyReader::oid(const Node& node, std::string_view key) {
  const auto text = yaml_.text(node, key);
  auto der        = oid_der(text);
  if (!der) {
    yaml_.fail(node, fmt::format("'{}' must be an object identifier as 1.2.840.10070.61850.8.1.2, "
                                 "not '{}'",
                                 key, text));
  }
  return std::move(der).value_or(Bytes{});
}

Bytes PolicyReader::oid_payload(const YamlMap& map) {
  const auto* const node = map.find("oid-payload");
  return node == nullptr ? Bytes{} : yaml_.octets(*node, "oid-payload", 1, kMaxOidPayload);
}

std::uint32_t PolicyReader::lifetime(const YamlMap& map, std::uint32_t least, bool may_be_long) {
  const auto& node   = map.at("lifetime");
  const auto seconds = yaml_.number(node, "lifetime", least, kMostLifetime);
  if (getvpn::is_long_lifetime(seconds)) {
    if (!may_be_long) {
      yaml_.fail(node, fmt::format("a lifetime over {} s needs AES-CBC or AES-GCM with a key of "
                                   "128 bits or more",
                                   getvpn::kLongSaThresholdSeconds));
    }
    if (std::ranges::find(features_, getvpn::feature_named(kLongSaLifetimes)) == features_.end()) {
      yaml_.fail(node, fmt::format("a lifetime over {} s needs the feature long-sa-lifetime",
                                   getvpn::kLongSaThresholdSeconds));
    }
  }
  return seconds;
}

TekPolicy PolicyReader::tek(const Node& node) {
  if (node.IsMap() && node["ah"].IsDefined()) {
    return ah(node);
  }
  if (node.IsMap() && node["iec61850"].IsDefined()) {
    return iec61850(node);
  }
  return esp(node);
}

TekPolicy PolicyReader::esp(const Node& node) {
  const auto map        = yaml_.map(node, "a TEK (esp, ah or iec61850)", kEspKeys, kEspOptions);
  const auto& transform = named(yaml_, map.at("esp"), "esp", esp_transforms());
  TekPolicy out;
  use(out, transform);
  const auto* const authentication = map.find("authentication");
  if (authentication != nullptr) {
    use(out, named(yaml_, *authentication, "authentication", integrity_algorithms()));
  }
  if (transform.own_integrity == (authentication != nullptr)) {
    yaml_.fail(node, fmt::format("{} {} 'authentication'", transform.name,
                                 transform.own_integrity ? "takes no" : "needs an"));
  }
  out.lifetime = lifetime(map, kLeastTekLifetime, transform.long_lived);
  selectors(map, out);
  return out;
}

TekPolicy PolicyReader::ah(const Node& node) {
  const auto map        = yaml_.map(node, "an AH TEK", kAhKeys, kAhOptions);
  const auto& integrity = named(yaml_, map.at("ah"), "ah", integrity_algorithms());
  TekPolicy out;
  use(out, integrity);
  out.protocol  = keys::kTekAh;
  out.transform = integrity.ah_transform;
  out.lifetime  = lifetime(map, kLeastTekLifetime, false);
  selectors(map, out);
  return out;
}

TekPolicy PolicyReader::iec61850(const Node& node) {
  const auto map = yaml_.map(node, "an IEC 61850 TEK", kIecKeys, kIecOptions);
  const auto& authentication =
      named(yaml_, map.at("authentication"), "authentication", iec_authentications());
  const auto& encryption = named(yaml_, map.at("encryption"), "encryption", iec_encryptions());
  TekPolicy out;
  out.protocol                = keys::kTekIec61850;
  out.oid                     = oid(map.at("iec61850"), "iec61850");
  out.oid_payload             = oid_payload(map);
  out.authentication          = authentication.number;
  out.authentication_name     = authentication.logged_name;
  out.authentication_key_size = authentication.key_size;
  out.confidentiality         = encryption.number;
  out.key_size                = encryption.key_size;
  if (authentication.key_size == 0 && (encryption.cbc || encryption.key_size == 0)) {
    yaml_.fail(map.at("authentication"),
               "CBC or no encryption needs an 'authentication' (RFC 8052 section 2.2.3)");
  }
  out.lifetime = lifetime(map, kLeastTekLifetime, encryption.key_size != 0);
  return out;
}

// A word, or a map of the one that needs a value.
Misbehaviour PolicyReader::misbehaviour(const Node& node) {
  Misbehaviour out;
  if (!node.IsMap()) {
    const auto word         = yaml_.text(node, "misbehaviour");
    const auto* const found = std::ranges::find(kMisdeeds, std::string_view(word),
                                                &std::pair<std::string_view, Misdeed>::first);
    if (found != kMisdeeds.end()) {
      out.misdeed = found->second;
      return out;
    }
    std::vector<std::string_view> names;
    std::ranges::transform(kMisdeeds, std::back_inserter(names),
                           &std::pair<std::string_view, Misdeed>::first);
    yaml_.fail(node, fmt::format("'misbehaviour' must be one of {}, {{late: SECONDS}} or "
                                 "{{silent-at: MESSAGE}}",
                                 fmt::join(names, ", ")));
    return out;
  }
  const auto map           = yaml_.map(node, "a misbehaviour", {}, kMisdeedOptions);
  const auto* const late   = map.find("late");
  const auto* const silent = map.find("silent-at");
  if ((late == nullptr) == (silent == nullptr)) {
    yaml_.fail(node, "a misbehaviour in braces has either 'late' or 'silent-at'");
  } else if (late != nullptr) {
    out.misdeed = Misdeed::kLate;
    out.late    = engine::kSecond * yaml_.number(*late, "late", 1, kMostLate);
  } else {
    out.misdeed   = Misdeed::kSilentAt;
    out.silent_at = yaml_.choice(*silent, "silent-at", kSilentAt);
  }
  return out;
}

void PolicyReader::selectors(const YamlMap& map, TekPolicy& out) {
  if (const auto* node = map.find("source")) {
    out.source = prefix(*node, "source");
  }
  if (const auto* node = map.find("destination")) {
    out.destination = prefix(*node, "destination");
  }
  if (out.source.family != 0 && out.destination.family != 0 &&
      out.source.family != out.destination.family) {
    yaml_.fail(map.at("destination"), "'source' and 'destination' are of two address families");
  }
  // "Any" is any address of the family that the other one has.
  if (out.source.family == 0) {
    out.source.family = out.destination.family;
  } else if (out.destination.family == 0) {
    out.destination.family = out.source.family;
  }
  if (const auto* node = map.find("mode")) {
    out.mode = yaml_.choice(*node, "mode", kModes);
  }
  if (const auto* node = map.find("ip-protocol")) {
    out.ip_protocol = static_cast<std::uint8_t>(yaml_.number(*node, "ip-protocol", 0, 0xff));
  }
  out.source_port      = number16(map, "source-port", 0);
  out.destination_port = number16(map, "destination-port", 0);
}

}  // namespace gdoi::keyserver
