#include "keyserver/policy_reader.h"

#include <algorithm>
#include <filesystem>

namespace gdoi::keyserver {
namespace {

using getvpn::StrictYaml;
using getvpn::YamlMap;
using Node = YAML::Node;

template <typename T>
using Choice = std::pair<std::string_view, T>;

constexpr std::array<std::string_view, 1> kFileKeys{"groups"};
constexpr std::array<std::string_view, 22> kFileOptions{"psks",
                                                        "certificate",
                                                        "private-key",
                                                        "ca",
                                                        "crl",
                                                        "aggressive-mode",
                                                        "nat-traversal",
                                                        "fragmentation",
                                                        "authentication-failure",
                                                        "identity",
                                                        "proposals",
                                                        "version",
                                                        "announce-version",
                                                        "features",
                                                        "long-sa-minimum",
                                                        "refusal",
                                                        "refusal-notify",
                                                        "unknown-cookie",
                                                        "half-open-limit",
                                                        "half-open-timeout",
                                                        "retransmission",
                                                        "misbehaviour"};
constexpr std::array<std::string_view, 1> kPskKeys{"peer"};
constexpr std::array<std::string_view, 2> kPskOptions{"psk", "psk-hex"};
constexpr std::array<std::string_view, 2> kRetransmissionKeys{"first", "tries"};
constexpr std::array<std::string_view, 1> kGroupKeys{"name"};
constexpr std::array<std::string_view, 10> kGroupOptions{
    "number", "octets", "address",        "oid", "oid-payload", "members",
    "kek",    "gap",    "sender-id-bits", "teks"};
constexpr std::array<std::string_view, 2> kKekKeys{"cipher", "lifetime"};
constexpr std::array<std::string_view, 4> kKekOptions{"signature", "destination", "source-port",
                                                      "destination-port"};
constexpr std::array<std::string_view, 2> kGapOptions{"activation-delay", "deactivation-delay"};
constexpr std::array<Choice<Refusal>, 3> kRefusals{
    {{"silence", Refusal::kSilence}, {"notify", Refusal::kNotify}, {"delete", Refusal::kDelete}}
};
constexpr std::array<Choice<UnknownCookie>, 2> kUnknownCookies{
    {{"silence", UnknownCookie::kSilence}, {"notify", UnknownCookie::kNotify}}
};
constexpr std::array<Choice<AuthenticationFailure>, 2> kAuthenticationFailures{
    {{"silence", AuthenticationFailure::kSilence}, {"notify", AuthenticationFailure::kNotify}}
};
constexpr std::array<Choice<crypto::Cipher>, 4> kKekCiphers{
    {{"aes128-cbc", crypto::Cipher::kAes128Cbc},
     {"aes192-cbc", crypto::Cipher::kAes192Cbc},
     {"aes256-cbc", crypto::Cipher::kAes256Cbc},
     {"3des-cbc", crypto::Cipher::k3DesCbc}}
};
constexpr std::array<Choice<int>, 1> kSignatures{{{"ecdsa-256", 0}}};
constexpr std::uint32_t kMostTimeout      = 3'600;
constexpr std::uint32_t kMostErrorNotify  = 16'383;  // RFC 2408 section 3.14.1
constexpr std::uint32_t kMostSenderIdBits = 31;
constexpr std::size_t kMaxGroupOctets     = 1'024;

class PolicyFile : PolicyReader {
 public:
  PolicyFile(StrictYaml& yaml, std::string_view name)
      : PolicyReader(yaml), folder_(std::filesystem::path(name).parent_path()) {}

  Policy policy(const Node& top) {
    Policy out;
    const auto map = yaml().map(top, "a policy", kFileKeys, kFileOptions);
    if (const auto* psks = map.find("psks")) {
      yaml().list(*psks, "psks", kMaxPsks,
                  [&](const Node& node) { out.psks.push_back(psk(node)); });
    } else if (map.find("certificate") == nullptr) {
      yaml().fail(top, "a policy has 'psks', a 'certificate', or both");
    }
    credentials(top, map, out.credential_files);
    settings(map, out);
    set_features(out.features);
    yaml().list(map.at("groups"), "groups", kMaxGroups,
                [&](const Node& node) { out.groups.push_back(group(node, out.groups)); });
    if (out.groups.empty()) {
      yaml().fail(map.at("groups"), "a policy has at least one group");
    }
    return out;
  }

 private:
  Psk psk(const Node& node) {
    const auto map          = yaml().map(node, "a PSK", kPskKeys, kPskOptions);
    const auto* const words = map.find("psk");
    const auto* const hex   = map.find("psk-hex");
    if ((words == nullptr) == (hex == nullptr)) {
      yaml().fail(node, "a PSK has either 'psk' or 'psk-hex'");
      return {};
    }
    Psk out;
    out.peer = prefix(map.at("peer"), "peer");
    if (hex != nullptr) {
      out.secret = Secret(yaml().octets(*hex, "psk-hex", 1, kMaxPskSize, true));
    } else {
      out.secret = Secret(bytes_of(yaml().text(*words, "psk")));
      if (out.secret.size() > kMaxPskSize) {
        yaml().fail(*words, fmt::format("'psk' has more than {} octets", kMaxPskSize));
      }
    }
    return out;
  }

  getvpn::Version version(const Node& node, std::string_view key) {
    const auto text  = yaml().text(node, key);
    const auto found = getvpn::Version::parse(text);
    if (!found) {
      yaml().fail(node, fmt::format("'{}' must be a version as 1.0.4, not '{}'", key, text));
    }
    return found.value_or(getvpn::Version{});
  }

  void credentials(const Node& top, const YamlMap& map, engine::CredentialFiles& out) {
    for (const auto& [key, path] : engine::kCredentialFiles) {
      if (const auto* node = map.find(key)) {
        out.*path = (folder_ / yaml().text(*node, key)).lexically_normal().string();
      }
    }
    if (out.any() && !out.enough()) {
      yaml().fail(top, "signatures need 'certificate', 'private-key' and 'ca'");
    }
  }

  void settings(const YamlMap& map, Policy& out) {
    if (const auto* node = map.find("identity")) {
      out.identity = host(*node, "identity");
    }
    proposals(map, out);
    if (const auto* node = map.find("version")) {
      out.version = version(*node, "version");
    }
    if (const auto* node = map.find("announce-version")) {
      out.announce_version = yaml().yes_or_no(*node, "announce-version");
    }
    features(map, out);
    if (const auto* node = map.find("long-sa-minimum")) {
      out.long_sa_minimum = version(*node, "long-sa-minimum");
    }
    if (const auto* node = map.find("refusal")) {
      out.refusal = yaml().choice(*node, "refusal", kRefusals);
    }
    if (const auto* node = map.find("refusal-notify")) {
      out.refusal_notify =
          static_cast<std::uint16_t>(yaml().number(*node, "refusal-notify", 1, kMostErrorNotify));
    }
    if (const auto* node = map.find("unknown-cookie")) {
      out.unknown_cookie = yaml().choice(*node, "unknown-cookie", kUnknownCookies);
    }
    if (const auto* node = map.find("authentication-failure")) {
      out.authentication_failure =
          yaml().choice(*node, "authentication-failure", kAuthenticationFailures);
    }
    if (const auto* node = map.find("aggressive-mode")) {
      out.aggressive_mode = yaml().yes_or_no(*node, "aggressive-mode");
    }
    if (const auto* node = map.find("nat-traversal")) {
      out.nat_traversal = yaml().yes_or_no(*node, "nat-traversal");
    }
    if (const auto* node = map.find("fragmentation")) {
      out.fragmentation = yaml().yes_or_no(*node, "fragmentation");
    }
    if (const auto* node = map.find("half-open-limit")) {
      out.half_open_limit = yaml().number(*node, "half-open-limit", 1, kMaxHalfOpen);
    }
    if (const auto* node = map.find("half-open-timeout")) {
      out.half_open_timeout =
          engine::kSecond * yaml().number(*node, "half-open-timeout", 1, kMostTimeout);
    }
    if (const auto* node = map.find("retransmission")) {
      retransmission(*node, out);
    }
    if (const auto* node = map.find("misbehaviour")) {
      out.misbehaviour = misbehaviour(*node);
      if (out.misbehaviour.misdeed == Misdeed::kForeignCertificate &&
          !out.credential_files.enough()) {
        yaml().fail(*node, "'foreign-certificate' needs 'certificate', 'private-key' and 'ca'");
      }
    }
  }

  void retransmission(const Node& node, Policy& out) {
    constexpr std::uint32_t kMostTries = 20;
    const auto map                     = yaml().map(node, "retransmission", kRetransmissionKeys);
    out.retransmission.first =
        engine::kSecond * yaml().number(map.at("first"), "first", 1, kMostTimeout);
    out.retransmission.tries = yaml().number(map.at("tries"), "tries", 1, kMostTries);
  }

  void proposals(const YamlMap& map, Policy& out) {
    const auto* const list = map.find("proposals");
    if (list == nullptr) {
      out.proposals = default_proposals();
      return;
    }
    yaml().list(*list, "proposals", kMaxProposals, [&](const Node& node) {
      const auto text  = yaml().text(node, "proposals");
      const auto found = proposal_named(text);
      if (!found) {
        yaml().fail(node, fmt::format("'{}' is no proposal that can be accepted; they are written "
                                      "as aes128-sha256-modp2048, with -rsa-sig, -ecdsa-256, "
                                      "-ecdsa-384 or -ecdsa-521 for signatures",
                                      text));
      } else if (crypto::is_signature(found->auth_method) && !out.credential_files.enough()) {
        yaml().fail(node, fmt::format("'{}' needs 'certificate', 'private-key' and 'ca'", text));
      }
      out.proposals.push_back(found.value_or(engine::Phase1Algorithms{}));
    });
    if (out.proposals.empty()) {
      yaml().fail(*list, "proposals is empty");
    }
  }

  void features(const YamlMap& map, Policy& out) {
    const auto* const list = map.find("features");
    if (list == nullptr) {
      out.features = {getvpn::feature_named(kLongSaLifetimes)};
      return;
    }
    yaml().list(*list, "features", getvpn::features().size(), [&](const Node& node) {
      const auto text           = yaml().text(node, "features");
      const auto* const feature = getvpn::feature_named(text);
      if (feature == nullptr) {
        yaml().fail(node, fmt::format("'{}' is no GETVPN feature", text));
      }
      out.features.push_back(feature);
    });
  }

  GroupIdentity identity(const Node& node, const YamlMap& map) {
    constexpr std::array<std::string_view, 4> kForms{"number", "octets", "address", "oid"};
    const auto forms =
        std::ranges::count_if(kForms, [&](auto key) { return map.find(key) != nullptr; });
    if (forms != 1) {
      yaml().fail(node, fmt::format("a group has one of {}", fmt::join(kForms, ", ")));
      return {};
    }
    if (const auto* number = map.find("number")) {
      return GroupIdentity::number(yaml().number(*number, "number", 0, 0xffffffff));
    }
    if (const auto* octets = map.find("octets")) {
      return GroupIdentity::octets(yaml().octets(*octets, "octets", 1, kMaxGroupOctets));
    }
    if (const auto* address = map.find("address")) {
      const auto found = host(*address, "address");
      if (found.family != 4) {
        yaml().fail(*address, "'address' of a group must be an IPv4 address");
      }
      return GroupIdentity::address(found.address_octets());
    }
    return GroupIdentity::oid(oid(map.at("oid"), "oid"), oid_payload(map));
  }

  GroupPolicy group(const Node& node, const std::vector<GroupPolicy>& before) {
    const auto map = yaml().map(node, "a group", kGroupKeys, kGroupOptions);
    GroupPolicy out;
    out.name     = yaml().text(map.at("name"), "name");
    out.identity = identity(node, map);
    if (std::ranges::find(before, out.name, &GroupPolicy::name) != before.end()) {
      yaml().fail(map.at("name"), fmt::format("a second group with the name '{}'", out.name));
    }
    if (std::ranges::find(before, out.identity, &GroupPolicy::identity) != before.end()) {
      yaml().fail(node, "a second group with this identity");
    }
    if (map.find("oid-payload") != nullptr && map.find("oid") == nullptr) {
      yaml().fail(map.at("oid-payload"), "'oid-payload' belongs to 'oid'");
    }
    if (const auto* members = map.find("members")) {
      yaml().list(*members, "members", kMaxMembers,
                  [&](const Node& one) { out.members.push_back(prefix(one, "members")); });
    }
    if (const auto* kek_node = map.find("kek")) {
      out.kek = kek(*kek_node);
    }
    if (const auto* gap_node = map.find("gap")) {
      out.gap = gap(*gap_node);
    }
    if (const auto* bits = map.find("sender-id-bits")) {
      out.sender_id_bits =
          static_cast<std::uint8_t>(yaml().number(*bits, "sender-id-bits", 1, kMostSenderIdBits));
    }
    if (const auto* teks = map.find("teks")) {
      yaml().list(*teks, "teks", kMaxTeks, [&](const Node& one) { out.teks.push_back(tek(one)); });
    }
    if (!out.kek && out.teks.empty()) {
      yaml().fail(node, "a group has a kek, teks or both (RFC 6407 section 5.2.1)");
    }
    return out;
  }

  KekPolicy kek(const Node& node) {
    const auto map = yaml().map(node, "a KEK", kKekKeys, kKekOptions);
    KekPolicy out;
    out.cipher   = yaml().choice(map.at("cipher"), "cipher", kKekCiphers);
    out.lifetime = lifetime(map, kLeastKekLifetime, out.cipher != crypto::Cipher::k3DesCbc);
    if (const auto* signature = map.find("signature")) {
      (void)yaml().choice(*signature, "signature", kSignatures);
    }
    if (const auto* destination = map.find("destination")) {
      out.destination = host(*destination, "destination");
    }
    out.source_port      = number16(map, "source-port", out.source_port);
    out.destination_port = number16(map, "destination-port", out.destination_port);
    return out;
  }

  GapPolicy gap(const Node& node) {
    const auto map = yaml().map(node, "gap", {}, kGapOptions);
    GapPolicy out;
    if (map.find("activation-delay") != nullptr) {
      out.activation_delay = number16(map, "activation-delay", 0);
    }
    if (map.find("deactivation-delay") != nullptr) {
      out.deactivation_delay = number16(map, "deactivation-delay", 0);
    }
    if (!out.activation_delay && !out.deactivation_delay) {
      yaml().fail(node, "gap has activation-delay, deactivation-delay or both");
    }
    return out;
  }

  std::filesystem::path folder_;
};

}  // namespace

Result<Policy> parse_policy(std::string_view text, std::string_view name) {
  StrictYaml yaml(name);
  Policy policy;
  const auto status =
      yaml.read(text, [&](const Node& top) { policy = PolicyFile(yaml, name).policy(top); });
  if (!status) {
    return status.error();
  }
  return policy;
}

}  // namespace gdoi::keyserver
