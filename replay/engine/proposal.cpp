#include "engine/proposal.h"

#include "protocol/exchange/payload_types.h"
#include "protocol/tables/life_types.h"
#include "protocol/tables/registry.h"

#include <algorithm>
#include <array>

namespace gdoi::engine {
namespace {

using tables::row;

// Attribute classes (RFC 2409 appendix A).
constexpr std::uint32_t kEncryption   = 1;
constexpr std::uint32_t kHash         = 2;
constexpr std::uint32_t kAuth         = 3;
constexpr std::uint32_t kGroup        = 4;
constexpr std::uint32_t kLifeType     = 11;
constexpr std::uint32_t kLifeDuration = 12;
constexpr std::uint32_t kKeyLength    = 14;

constexpr std::uint64_t kIsakmp = 1;  // Protocol-ID (RFC 2407 section 4.4.1)
constexpr std::uint64_t kKeyIke = 1;  // transform (RFC 2407 section 4.4.2)
constexpr std::uint64_t kGdoi   = 2;  // DOI (RFC 6407 section 2.1)

struct Label {
  std::uint32_t type;
  std::string_view text;
};

constexpr std::array kLabels{
    Label{kEncryption, "encryption"    },
    Label{kHash,       "hash"          },
    Label{kAuth,       "authentication"},
    Label{kGroup,      "group"         },
    Label{kKeyLength,  "key length"    },
};

Bytes without_leading_zeros(ByteView octets) {
  const auto first = std::ranges::find_if(octets, [](std::uint8_t octet) { return octet != 0; });
  return {first, octets.end()};
}

Bytes value_of(const wire::Tree& tree, wire::NodeId attribute) {
  for (auto id = attribute + 1; id < tree.node(attribute).end; ++id) {
    const auto field = tree.node(id).row;
    if (field != row("ike.attr.word") && field != row("ike.attr.length")) {
      return without_leading_zeros(tree.octets(id));
    }
  }
  return {};
}

std::string flaw_of(bool isakmp, std::optional<std::uint64_t> id) {
  if (!isakmp) {
    return "is of a protocol that is not ISAKMP (RFC 2407 section 4.4.1)";
  }
  return id == kKeyIke ? "" : "is not KEY_IKE (RFC 2407 section 4.4.2)";
}

// Both kilobytes and seconds may be limited: life types and durations may repeat.
void add_value(Transform& transform, std::uint32_t type, Bytes value) {
  const auto [place, is_new] = transform.values.insert_or_assign(type, std::move(value));
  if (!is_new && type != kLifeType && type != kLifeDuration && transform.flaw.empty()) {
    transform.flaw = "has attribute " + std::to_string(place->first) + " twice";
  }
}

std::map<std::uint32_t, Bytes> without_lifetime(const Transform& transform) {
  auto values = transform.values;
  values.erase(kLifeType);
  values.erase(kLifeDuration);
  return values;
}

}  // namespace

std::optional<std::uint64_t> Transform::number(std::uint32_t type) const {
  const auto found = values.find(type);
  return found == values.end() ? std::nullopt : std::optional(to_uint(found->second));
}

std::optional<Phase1Algorithms> Transform::algorithms() const {
  const auto cipher =
      crypto::cipher_of_phase1(number(kEncryption).value_or(0), number(kKeyLength).value_or(0));
  const auto hash  = crypto::hash_of_phase1(number(kHash).value_or(0));
  const auto group = crypto::group_of_phase1(number(kGroup).value_or(0));
  if (!cipher || !hash || !group) {
    return std::nullopt;
  }
  return Phase1Algorithms{*cipher, *hash, *group,
                          static_cast<std::uint16_t>(number(kAuth).value_or(0))};
}

std::string Transform::text() const {
  std::string text;
  for (const auto& label : kLabels) {
    if (const auto value = number(label.type)) {
      text += (text.empty() ? "" : ", ") + std::string(label.text) + " " + std::to_string(*value);
    }
  }
  return text.empty() ? "no attributes" : text;
}

std::vector<Transform> transforms_of(const exchange::MessageView& message) {
  const auto* const sa = message.find(exchange::payload::kSa);
  std::vector<Transform> all;
  if (sa == nullptr) {
    return all;
  }
  const auto& tree = message.tree();
  bool isakmp      = false;
  for (auto id = sa->node; id < tree.node(sa->node).end; ++id) {
    if (tree.node(id).row == row("prop")) {
      isakmp = tree.find_number(row("prop.protoid"), id) == kIsakmp;
    } else if (tree.node(id).row == row("trans")) {
      all.emplace_back().flaw = flaw_of(isakmp, tree.find_number(row("trans.id"), id));
    } else if (tree.node(id).row == row("ike.attr") && !all.empty()) {
      add_value(all.back(), tree.node(id).tag, value_of(tree, id));
    }
  }
  return all;
}

bool is_offered(const std::vector<Transform>& offers, const Transform& chosen) {
  const auto wanted = without_lifetime(chosen);
  return std::ranges::any_of(
      offers, [&](const Transform& offer) { return without_lifetime(offer) == wanted; });
}

wire::Part sa_of(const engine::Phase1Algorithms& suite, std::uint32_t lifetime) {
  wire::Part transform{
      0, {{row("trans.number"), 1U}, {row("trans.id"), kKeyIke}},
       {},
       {}
  };
  const auto cipher = crypto::phase1_number(suite.cipher);
  transform.parts.push_back(wire::attribute(kEncryption, cipher.number));
  if (cipher.key_bits != 0) {
    transform.parts.push_back(wire::attribute(kKeyLength, cipher.key_bits));
  }
  transform.parts.push_back(wire::attribute(kHash, crypto::phase1_number(suite.hash)));
  transform.parts.push_back(wire::attribute(kAuth, std::uint64_t{suite.auth_method}));
  transform.parts.push_back(wire::attribute(kGroup, static_cast<std::uint64_t>(suite.group)));
  transform.parts.push_back(wire::attribute(kLifeType, tables::kLifeTypeSeconds));
  transform.parts.push_back(wire::attribute(kLifeDuration, lifetime));
  wire::Part proposal{
      0, {{row("prop.number"), 1U}, {row("prop.protoid"), kIsakmp}},
       {std::move(transform)},
       {}
  };
  return {
      exchange::payload::kSa,
      {{row("sa.doi"), kGdoi}, {row("sa.situation"), 0U}},
      {std::move(proposal)},
      {}
  };
}

}  // namespace gdoi::engine
