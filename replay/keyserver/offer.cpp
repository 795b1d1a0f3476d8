#include "keyserver/offer.h"

#include "engine/proposal.h"
#include "keyserver/messages.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <algorithm>
#include <limits>
#include <map>

namespace gdoi::keyserver {
namespace {

using tables::row;
using wire::NodeId;

constexpr std::size_t kGenericHeader = 4;
constexpr std::uint64_t kIsakmp      = 1;  // Protocol-ID (RFC 2407 section 4.4.1)
constexpr std::uint64_t kKeyIke      = 1;  // transform (RFC 2407 section 4.4.2)
constexpr std::uint64_t kSeconds     = 1;  // life type
constexpr std::size_t kMaxTransforms = 256;

// Attribute classes of phase 1 (RFC 2409 appendix A).
constexpr std::uint32_t kEncryption   = 1;
constexpr std::uint32_t kHash         = 2;
constexpr std::uint32_t kAuth         = 3;
constexpr std::uint32_t kGroup        = 4;
constexpr std::uint32_t kLifeType     = 11;
constexpr std::uint32_t kLifeDuration = 12;
constexpr std::uint32_t kKeyLength    = 14;

struct Transform {
  engine::Phase1Algorithms algorithms;
  std::uint64_t lifetime = 0;
};

std::optional<Transform> read(const wire::Tree& tree, NodeId transform) {
  std::map<std::uint32_t, std::uint64_t> values;
  bool duration_due = false;
  for (auto id = transform; id < tree.node(transform).end; ++id) {
    const auto& node = tree.node(id);
    if (node.row != row("ike.attr")) {
      continue;
    }
    constexpr std::array kKnown{kEncryption, kHash,         kAuth,     kGroup,
                                kLifeType,   kLifeDuration, kKeyLength};
    // Kilobytes and seconds may both be limited: life types and durations may repeat.
    const bool life = node.tag == kLifeType || node.tag == kLifeDuration;
    if (std::ranges::find(kKnown, node.tag) == kKnown.end() ||
        (values.contains(node.tag) && !life)) {
      return std::nullopt;
    }
    constexpr std::size_t kMostOctets = 8;
    if (tree.octets(node.end - 1).size() > kMostOctets) {
      return std::nullopt;
    }
    // A duration follows its type (RFC 2409 appendix A).
    if (life && duration_due != (node.tag == kLifeDuration)) {
      return std::nullopt;
    }
    duration_due     = node.tag == kLifeType;
    const auto value = tree.number(node.end - 1);
    if (node.tag == kLifeDuration && values[kLifeType] != kSeconds) {
      continue;
    }
    values[node.tag] = value;
  }
  const auto cipher = crypto::cipher_of_phase1(values[kEncryption], values[kKeyLength]);
  const auto hash   = crypto::hash_of_phase1(values[kHash]);
  const auto group  = crypto::group_of_phase1(values[kGroup]);
  if (duration_due || tree.find_number(row("trans.id"), transform) != kKeyIke || !cipher || !hash ||
      !group || values[kAuth] > std::numeric_limits<std::uint16_t>::max()) {
    return std::nullopt;
  }
  return Transform{
      {*cipher, *hash, *group, static_cast<std::uint16_t>(values[kAuth])},
      values[kLifeDuration]
  };
}

Bytes body_of(const wire::Document& document, wire::NodeRef payload) {
  const auto octets = wire::encode(document, payload);
  return to_bytes(ByteView(octets).subspan(std::min(kGenericHeader, octets.size())));
}

/// The SA with the transform at `place` (counted over all proposals) and what is around it alone.
std::optional<Bytes> only(const wire::Tree& tree, std::size_t place) {
  wire::Document document(tables::schema(), tree);
  const auto sa = document.find(row("payload.sa"));
  if (!sa) {
    return std::nullopt;
  }
  std::vector<wire::NodeRef> unwanted;
  std::size_t transforms = 0;
  wire::NodeRef proposal = wire::kNoRef;
  wire::NodeRef kept_in  = wire::kNoRef;
  std::vector<wire::NodeRef> proposals;
  for (const auto ref : document.walk(*sa)) {
    const auto row_id = document.value(ref).row;
    if (row_id == row("prop")) {
      proposal = ref;
      proposals.push_back(ref);
    } else if (row_id == row("trans")) {
      if (transforms++ == place) {
        kept_in = proposal;
      } else {
        unwanted.push_back(ref);
      }
    }
  }
  std::ranges::copy_if(proposals, std::back_inserter(unwanted),
                       [&](auto ref) { return ref != kept_in; });
  wire::Editor editor(document);
  for (const auto ref : unwanted) {
    if (!editor.erase(ref)) {
      return std::nullopt;
    }
  }
  editor.refresh_all();
  return body_of(document, *sa);
}

}  // namespace

std::optional<Chosen> choose(const exchange::MessageView& message, const exchange::PayloadView& sa,
                             const std::vector<engine::Phase1Algorithms>& accepted) {
  const auto& tree       = message.tree();
  std::size_t transforms = 0;
  bool isakmp            = false;
  for (auto id = sa.node; id < tree.node(sa.node).end && transforms < kMaxTransforms; ++id) {
    if (tree.node(id).row == row("prop")) {
      isakmp = tree.find_number(row("prop.protoid"), id) == kIsakmp;
    } else if (tree.node(id).row == row("trans")) {
      const auto place = transforms++;
      const auto found = isakmp ? read(tree, id) : std::nullopt;
      if (!found || std::ranges::find(accepted, found->algorithms) == accepted.end()) {
        continue;
      }
      if (auto body = only(tree, place)) {
        return Chosen{found->algorithms, std::move(*body), found->lifetime};
      }
    }
  }
  return std::nullopt;
}

std::optional<Chosen> offer_of(const engine::Phase1Algorithms& suite) {
  constexpr std::uint32_t kDay = 86'400;
  const auto document          = message({}, {engine::sa_of(suite, kDay)});
  const auto sa                = document ? document->find(row("payload.sa")) : std::nullopt;
  return sa ? std::optional(Chosen{suite, body_of(*document, *sa), kDay}) : std::nullopt;
}

}  // namespace gdoi::keyserver
