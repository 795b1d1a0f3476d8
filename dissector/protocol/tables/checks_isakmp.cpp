#include "protocol/tables/checks_common.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

/// Rules of ISAKMP and IKE payloads, and which payloads a message may have.
namespace gdoi::tables::checks {
namespace {

using wire::Code;
using wire::NodeId;
using wire::Tree;

constexpr std::uint32_t kSa     = 1;
constexpr std::uint32_t kHash   = 8;
constexpr std::uint32_t kSig    = 9;
constexpr std::uint32_t kDelete = 12;
constexpr std::uint32_t kKd     = 17;
constexpr std::uint32_t kSeq    = 18;

std::vector<std::uint32_t> payload_types(const Tree& tree, const Message& message) {
  std::vector<std::uint32_t> types;
  children(tree, message.payloads, [&](NodeId id) {
    if (kRows[tree.node(id).row].kind == wire::Kind::kGroup) {
      types.push_back(tree.node(id).tag);
    }
  });
  return types;
}

bool has(const std::vector<std::uint32_t>& types, std::uint32_t type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

void check_once(Tree& tree, const Message& message) {
  // Certificates, requests, notifies, deletes, vendor IDs and NAT-D may stand more than once; so
  // may a second HASH or ID in public-key modes, which are not followed here.
  constexpr std::array<std::uint32_t, 8> kOnce = {1, 4, 5, 8, 9, 10, 17, 18};
  std::set<std::uint32_t> seen;
  children(tree, message.payloads, [&](NodeId id) {
    const auto type = tree.node(id).tag;
    if (std::find(kOnce.begin(), kOnce.end(), type) != kOnce.end() && !seen.insert(type).second) {
      report(tree, Code::kDuplicatePayload, id, 1, 2);
    }
  });
}

void check_push_set(Tree& tree, const Message& message, const std::vector<std::uint32_t>& types) {
  constexpr std::array<std::uint32_t, 6> kAllowed = {1, 6, 9, 12, 17, 18};
  if (types.empty() || types.front() != kSeq) {
    report(tree, Code::kPayloadMissing, message.payloads, kSeq, types.empty() ? 0 : types.front());
  }
  if (types.empty() || types.back() != kSig) {
    report(tree, Code::kPayloadMissing, message.payloads, kSig, types.empty() ? 0 : types.back());
  }
  if (has(types, kSa) != has(types, kKd) || (!has(types, kSa) && !has(types, kDelete))) {
    report(tree, Code::kPushIncomplete, message.payloads);
  }
  children(tree, message.payloads, [&](NodeId id) {
    const auto type = tree.node(id).tag;
    if (type != 0 && std::find(kAllowed.begin(), kAllowed.end(), type) == kAllowed.end()) {
      report(tree, Code::kPayloadMisplaced, id, 0, type);
    }
  });
}

}  // namespace

void check_payload_set(Tree& tree, const Message& message) {
  const auto types = payload_types(tree, message);
  check_once(tree, message);
  // Draft NAT-D and NAT-OA have the numbers of SA KEK and SA TEK, which never stand on top.
  const bool gdoi = message.exchange == kPull || message.exchange == kPush;
  children(tree, message.payloads, [&](NodeId id) {
    const auto type = tree.node(id).tag;
    if (gdoi && (type == 15 || type == 16)) {
      report(tree, Code::kForbiddenPayload, id, 0, type);
    }
  });
  if (message.exchange == kPull && (types.empty() || types.front() != kHash)) {
    report(tree, Code::kHashNotFirst, message.payloads, kHash, types.empty() ? 0 : types.front());
  }
  if (message.exchange == kPush) {
    check_push_set(tree, message, types);
  }
  if (message.exchange == kPushAck && types != std::vector<std::uint32_t>{kHash, kSeq, 5}) {
    report(tree, Code::kPayloadMissing, message.payloads, 3, types.size());
  }
}

void check_attributes(Tree& tree, NodeId parent, wire::RowId group, std::uint32_t life_type,
                      std::uint32_t life_duration) {
  bool open = false;
  NodeId last{};
  std::array<std::optional<std::uint64_t>, 32> values{};
  each(tree, parent, group, [&](NodeId id) {
    const auto type  = tree.node(id).tag;
    const auto value = tree.number(tree.node(id).end - 1);
    if (type == life_type) {
      if (open) {
        report(tree, Code::kLifeTypeAlone, last);
      }
      open = true;
      last = id;
    } else if (type == life_duration) {
      if (!open) {
        report(tree, Code::kLifeDurationAlone, id);
      }
      open = false;
    } else if (type < values.size()) {
      if (values[type] && *values[type] != value) {
        report(tree, Code::kDuplicateAttribute, id, *values[type], value);
      }
      values[type] = value;
    }
  });
  if (open) {
    report(tree, Code::kLifeTypeAlone, last);
  }
}

namespace {

void check_transform(Tree& tree, NodeId transform) {
  constexpr std::uint64_t kAes = 7;
  const auto cipher            = tree.find_number(row("ike.attr.encryption_algorithm"), transform);
  const auto group             = tree.find(row("ike.attr.group_description"), transform);
  const auto prime             = tree.find(row("ike.attr.group_prime"), transform);
  if (!cipher || !tree.find(row("ike.attr.hash_algorithm"), transform) ||
      !tree.find(row("ike.attr.authentication_method"), transform) || (!group && !prime)) {
    report(tree, Code::kTransformIncomplete, transform);
  }
  const auto length = tree.find_number(row("ike.attr.key_length"), transform);
  const bool bad    = length && *length != 128 && *length != 192 && *length != 256;
  if (cipher == kAes ? !length || bad : cipher && (*cipher == 1 || *cipher == 5) && length) {
    report(tree, Code::kKeyLength, transform, 0, length.value_or(0));
  }
  check_attributes(tree, transform, row("ike.attr"), 11, 12);
}

}  // namespace

void check_phase1_sa(Tree& tree, NodeId sa) {
  const auto doi       = tree.find(row("sa.doi"), sa);
  const auto situation = tree.find(row("sa.situation"), sa);
  if (doi && tree.number(*doi) != 2) {
    report(tree, Code::kDoiNotGdoi, *doi, 2, tree.number(*doi));
  }
  if (situation && doi && tree.number(*doi) == 2 && tree.number(*situation) > 1) {
    report(tree, Code::kSituationValue, *situation, 0, tree.number(*situation));
  }
  std::size_t proposals = 0;
  each(tree, sa, row("prop"), [&](NodeId proposal) {
    const auto protocol = tree.find_number(row("prop.protoid"), proposal);
    if (++proposals > 1 || (protocol && *protocol != 1)) {
      report(tree, Code::kSeveralProposals, proposal, 1, proposals);
    }
    const auto size = tree.find(row("spisize"), proposal);
    if (size && tree.number(*size) > 16) {
      report(tree, Code::kSpiSize, *size, 16, tree.number(*size));
    }
  });
  each(tree, sa, row("trans"), [&](NodeId transform) { check_transform(tree, transform); });
}

namespace {

void check_group_identity(Tree& tree, NodeId id, std::uint64_t type) {
  constexpr std::uint64_t kKeyId   = 11;
  constexpr std::size_t kGroupSize = 4;
  const auto protocol              = tree.find(row("id.protoid"), id);
  const auto port                  = tree.find(row("id.port"), id);
  if ((protocol && tree.number(*protocol) != 0) || (port && tree.number(*port) != 0)) {
    report(tree, Code::kGroupIdOctets, *protocol);
  }
  if (type == kKeyId) {
    const auto data = tree.find(row("id.data.key_id"), id);
    const auto size = data ? tree.node(*data).length : 0;
    if (size != kGroupSize) {
      report(tree, Code::kGroupKeyId, data.value_or(id), kGroupSize, size);
    }
  }
}

}  // namespace

void check_identity(Tree& tree, NodeId id, std::uint8_t exchange) {
  constexpr std::uint64_t kOid   = 13;
  constexpr std::uint8_t kDerOid = 0x06;
  const auto type                = tree.find_number(row("id.type"), id);
  if (!type) {
    return;
  }
  if (exchange == kPull) {
    check_group_identity(tree, id, *type);
  } else if (exchange == kMainMode || exchange == kAggressive) {
    const auto protocol = tree.find_number(row("id.protoid"), id);
    const auto port     = tree.find(row("id.port"), id);
    const bool zero     = protocol == 0U && port && tree.number(*port) == 0;
    const bool udp500   = protocol == 17U && port && tree.number(*port) == 500;
    if (port && !zero && !udp500) {
      report(tree, Code::kIdPort, *port, 500, tree.number(*port));
    }
  } else if (exchange == kPushAck && *type != 1 && *type != 5 && *type != kOid) {
    report(tree, Code::kAckIdentity, id, 0, *type);
  }
  if (type == kOid) {
    const auto oid = tree.find(row("id.data.oid"), id);
    if (!oid || tree.octets(*oid)[0] != kDerOid) {
      report(tree, Code::kOidEncoding, oid.value_or(id));
    }
  }
}

void check_notify(Tree& tree, NodeId notify) {
  const auto type = tree.find(row("notify.msgtype"), notify);
  if (type) {
    const auto name = wire::name_of(kRows[row("notify.msgtype")].names, tree.number(*type));
    if (name.empty() || name.starts_with("Reserved") || name.starts_with("RESERVED") ||
        name.starts_with("Unassigned")) {
      report(tree, Code::kNotifyType, *type, 0, tree.number(*type));
    }
  }
  const auto protocol = tree.find_number(row("notify.protoid"), notify);
  const auto size     = tree.find(row("spisize"), notify);
  if (protocol == 1U && size && tree.number(*size) > 16) {
    report(tree, Code::kSpiSize, *size, 16, tree.number(*size));
  }
}

void check_delete(Tree& tree, NodeId payload, std::uint8_t exchange) {
  const auto size = tree.find(row("spisize"), payload);
  if (!size) {
    return;
  }
  if (exchange == kPush) {
    const auto protocol = tree.find_number(row("delete.gdoi_protoid"), payload);
    const auto doi      = tree.find_number(row("delete.doi"), payload);
    const auto wanted   = protocol == 0U ? 16U : 4U;
    if (doi != 2U || tree.number(*size) != wanted) {
      report(tree, Code::kDeleteProtocol, *size, wanted, tree.number(*size));
    }
    return;
  }
  const auto protocol = tree.find_number(row("delete.protoid"), payload);
  const bool isakmp   = protocol == 1U;
  if (isakmp ? tree.number(*size) > 16 : tree.number(*size) != 4) {
    report(tree, Code::kSpiSize, *size, isakmp ? 16 : 4, tree.number(*size));
  }
}

}  // namespace gdoi::tables::checks
