#include "anonymise/fields.h"

#include "plan/rebind.h"
#include "protocol/exchange/phase1_keys.h"
#include "protocol/tables/registry.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace gdoi::anonymise {
namespace {

using wire::Kind;
using wire::NodeId;

struct Named {
  std::string_view filter;
  Rule rule;
};

// What the kind of a row does not tell. Cookies, nonces, public values and vendor IDs name nobody
// and are the evidence; so are SPIs.
constexpr std::array kNamed{
    Named{"ispi",                         Rule::kKeep       },
    Named{"rspi",                         Rule::kKeep       },
    Named{"marker",                       Rule::kKeep       },
    Named{"enc.data",                     Rule::kKeep       },
    Named{"key_exchange.data",            Rule::kKeep       },
    Named{"nonce",                        Rule::kKeep       },
    Named{"vid_bytes",                    Rule::kKeep       },
    Named{"spi",                          Rule::kKeep       },
    Named{"delete.spi",                   Rule::kKeep       },
    Named{"sak.spi",                      Rule::kKeep       },
    Named{"ike.attr.group_prime",         Rule::kKeep       },
    Named{"ike.attr.group_generator_one", Rule::kKeep       },
    Named{"ike.attr.group_generator_two", Rule::kKeep       },
    Named{"ike.attr.group_curve_a",       Rule::kKeep       },
    Named{"ike.attr.group_curve_b",       Rule::kKeep       },
    Named{"ike.attr.group_order",         Rule::kKeep       },
    Named{"id.data.ipv4_mask",            Rule::kKeep       },
    Named{"id.data.ipv6_mask",            Rule::kKeep       },
    Named{"id.data.ipv4_subnet",          Rule::kNetwork    },
    Named{"id.data.ipv6_subnet",          Rule::kNetwork    },
    Named{"id.data.ipv4_range_start",     Rule::kRange      },
    Named{"id.data.ipv6_range_start",     Rule::kRange      },
    Named{"id.data.der_asn1_dn",          Rule::kDer        },
    Named{"id.data.der_asn1_gn",          Rule::kDer        },
    Named{"ike.certreq.authority",        Rule::kDer        },
    Named{"id.data.key_id",               Rule::kKeyId      },
    Named{"id.data.oid",                  Rule::kObjectId   },
    Named{"iec61850.oid",                 Rule::kObjectId   },
    Named{"id.data.oid_payload",          Rule::kOctets     },
    Named{"iec61850.oid_payload",         Rule::kOctets     },
    Named{"kek_key.algorithm_key",        Rule::kKek        },
    Named{"lkh.key.des",                  Rule::kKek        },
    Named{"lkh.key.3des",                 Rule::kKek        },
    Named{"lkh.key.data",                 Rule::kKek        },
    Named{"kek_key.sig_algorithm_key",    Rule::kPublicKey  },
    Named{"lkh.sig_algorithm_key",        Rule::kPublicKey  },
    Named{"cert.data",                    Rule::kCertificate},
    Named{"ike.nat_hash",                 Rule::kNatHash    },
    Named{"hash",                         Rule::kProof      },
    Named{"sig",                          Rule::kProof      },
    Named{"pop.data",                     Rule::kSecret     },
    Named{"frag.data",                    Rule::kFragment   },
    Named{"padding",                      Rule::kPadding    },
    Named{"ike.attr.value",               Rule::kUnknown    },
    Named{"ipsec.attr.value",             Rule::kUnknown    },
    Named{"kek.attr.value",               Rule::kUnknown    },
    Named{"gap.attr.value",               Rule::kUnknown    },
    Named{"sid.attr.value",               Rule::kUnknown    },
    Named{"iec61850.attr.value",          Rule::kUnknown    },
    Named{"sak.extra",                    Rule::kKeep       },
};

Rule rule_by_kind(const wire::Field& row) {
  if (row.show == wire::Show::kSecret) {
    return Rule::kSecret;
  }
  switch (row.kind) {
    case Kind::kIpv4:
    case Kind::kIpv6:
      return Rule::kAddress;
    case Kind::kText:
      return Rule::kName;
    default:
      return wire::is_number(row.kind) ? Rule::kKeep : Rule::kZeros;
  }
}

std::array<Rule, tables::kRows.size()> make_rules() {
  std::array<Rule, tables::kRows.size()> rules{};
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto* const named = std::ranges::find(kNamed, tables::kRows[i].filter, &Named::filter);
    const bool known        = named != kNamed.end() && wire::is_leaf(tables::kRows[i].kind);
    rules[i]                = known ? named->rule : rule_by_kind(tables::kRows[i]);
  }
  return rules;
}

bool all_zero(ByteView octets) {
  return std::ranges::all_of(octets, [](auto octet) { return octet == 0; });
}

void put(Bytes& octets, const wire::Node& node, ByteView made) {
  std::ranges::copy(made.first(std::min<std::size_t>(made.size(), node.length)),
                    octets.begin() + node.offset);
}

// Ports of GDOI and IKE, besides those of the packet itself.
constexpr std::array<std::uint16_t, 3> kPorts{848, 4500, 500};
// More addresses than these are not tried for a NAT-D.
constexpr std::size_t kMostTried = 4'096;

}  // namespace

struct FieldMap::Leaf {
  const exchange::Packet& packet;
  const wire::Tree& tree;
  NodeId id;
  ByteView octets;

  [[nodiscard]] const wire::Field& row() const { return tables::kRows[tree.node(id).row]; }

  /// The field behind it in the same structure.
  [[nodiscard]] std::optional<NodeId> next() const {
    const auto at = id + 1;
    return at < tree.nodes().size() && tree.node(at).depth == tree.node(id).depth &&
                   tree.node(at).length == tree.node(id).length &&
                   tree.node(at).buffer == tree.node(id).buffer
               ? std::optional(at)
               : std::nullopt;
  }
};

Rule rule_of(wire::RowId row) {
  static const auto rules = make_rules();
  return rules.at(row);
}

void FieldMap::learn(const wire::Tree& tree) {
  for (const auto& node : tree.nodes()) {
    switch (rule_of(node.row)) {
      case Rule::kAddress:
      case Rule::kNetwork:
      case Rule::kRange:
        addresses_.know(tree.octets(node), false);
        break;
      case Rule::kKeyId:
        names_.know(tree.octets(node));
        break;
      case Rule::kKek:
        if (node.length > 0) {
          (void)secrets_.map_kek(tree.octets(node));
        }
        break;
      case Rule::kPublicKey:
        (void)secrets_.map_public_key(tree.octets(node));
        break;
      default:
        break;
    }
  }
}

void FieldMap::map(const exchange::Packet& packet, const wire::Tree& tree, std::size_t buffer,
                   Bytes& octets) {
  for (NodeId id = 0; id < tree.nodes().size(); ++id) {
    const auto& node = tree.node(id);
    if (node.buffer != buffer || node.length == 0 || !wire::is_leaf(tables::kRows[node.row].kind)) {
      continue;
    }
    const Leaf leaf{packet, tree, id, tree.octets(node)};
    const auto rule = rule_of(node.row);
    if (rule == Rule::kKeep || rule == Rule::kProof) {
      continue;
    }
    if ((rule == Rule::kNetwork || rule == Rule::kRange) && leaf.next()) {
      pair(leaf, rule, octets);
      // The mask stays; the end of a range is mapped with its start.
      id = *leaf.next();
      continue;
    }
    put(octets, node, mapped(leaf));
  }
}

void FieldMap::pair(const Leaf& leaf, Rule rule, Bytes& octets) {
  const auto& other = leaf.tree.node(*leaf.next());
  const auto second = leaf.tree.octets(other);
  if (rule == Rule::kNetwork) {
    put(octets, leaf.tree.node(leaf.id), addresses_.map_network(leaf.octets, second));
    return;
  }
  auto start      = addresses_.map_ip(leaf.octets);
  auto end        = addresses_.map_ip(second);
  const auto less = [](ByteView a, ByteView b) {
    return std::ranges::lexicographical_compare(a, b);
  };
  if (less(end, start) && !less(second, leaf.octets)) {
    std::swap(start, end);
  }
  put(octets, leaf.tree.node(leaf.id), start);
  put(octets, other, end);
}

Bytes FieldMap::mapped(const Leaf& leaf) {
  switch (rule_of(leaf.tree.node(leaf.id).row)) {
    case Rule::kAddress:
    case Rule::kNetwork:
    case Rule::kRange:
      return addresses_.map_ip(leaf.octets);
    case Rule::kName:
      return names_.map_name(leaf.octets);
    case Rule::kKeyId:
      return names_.map_key_id(leaf.octets);
    case Rule::kDer:
      return names_.map_der(leaf.octets);
    case Rule::kObjectId:
      return names_.map_object_id(leaf.octets);
    case Rule::kOctets:
      return names_.map_octets(leaf.octets);
    case Rule::kSecret:
      return secrets_.map(leaf.octets);
    case Rule::kKek:
      return secrets_.map_kek(leaf.octets);
    case Rule::kPublicKey:
      return secrets_.map_public_key(leaf.octets);
    case Rule::kCertificate:
      return certificate(leaf);
    case Rule::kNatHash:
      return nat_hash(leaf);
    case Rule::kPadding: {
      // That it is not zero is worth knowing, what it is can be memory of the sender.
      auto made = to_bytes(leaf.octets);
      std::ranges::replace_if(
          made, [](auto octet) { return octet != 0; }, 0xff);
      return made;
    }
    case Rule::kFragment:
      return Bytes(leaf.octets.size());
    case Rule::kUnknown: {
      constexpr std::size_t kNumber = 2;  // a TV (RFC 2408 section 3.3)
      return leaf.octets.size() <= kNumber ? to_bytes(leaf.octets) : zeros(leaf);
    }
    default:
      return zeros(leaf);
  }
}

Bytes FieldMap::zeros(const Leaf& leaf) {
  if (!all_zero(leaf.octets)) {
    notes_.add(std::string("zeros in the place of ").append(leaf.row().label), leaf.packet.frame);
  }
  return Bytes(leaf.octets.size());
}

Bytes FieldMap::certificate(const Leaf& leaf) {
  const auto real = crypto::Certificate::from_der(leaf.octets);
  if (real) {
    const auto subject = names_.map_der(real->subject_der());
    if (auto made = secrets_.map_certificate(leaf.octets, subject)) {
      notes_.add("a certificate made up in the place of the real one, signed by itself",
                 leaf.packet.frame);
      return std::move(*made);
    }
  }
  return zeros(leaf);
}

// HASH(CKY-I | CKY-R | IP | port): whose it is can be found by trying, for everybody else too.
Bytes FieldMap::nat_hash(const Leaf& leaf) {
  const exchange::MessageView message(leaf.tree);
  const auto hash = exchange::hash_of_size(leaf.octets.size());
  if (!hash || !message.valid()) {
    return secrets_.map(leaf.octets);
  }
  const auto value = [&](ByteView address, std::uint16_t port) {
    exchange::Endpoint end;
    end.family = address.size() == 4 ? 4 : 6;
    std::ranges::copy(address, end.address.begin());
    end.port = port;
    return plan::nat_hash(*hash, message.initiator_cookie(), message.responder_cookie(), end);
  };
  const auto try_address = [&](ByteView address) -> std::optional<Bytes> {
    for (const auto port :
         {leaf.packet.source.port, leaf.packet.destination.port, kPorts[0], kPorts[1], kPorts[2]}) {
      if (equal(value(address, port), leaf.octets)) {
        return value(addresses_.map_ip(address), port);
      }
    }
    return std::nullopt;
  };
  std::size_t tried = 0;
  for (const auto* end : {&leaf.packet.source, &leaf.packet.destination}) {
    if (auto made = try_address(ByteView(end->address).first(end->family == 4 ? 4 : 16))) {
      return std::move(*made);
    }
  }
  for (const auto& address : addresses_.known()) {
    if (++tried > kMostTried) {
      break;
    }
    if (auto made = try_address(address)) {
      return std::move(*made);
    }
  }
  notes_.add("a made-up NAT-D hash, since no address of the capture fits the real one",
             leaf.packet.frame);
  return secrets_.map(leaf.octets);
}

}  // namespace gdoi::anonymise
