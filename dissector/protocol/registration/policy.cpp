#include "protocol/registration/policy.h"

#include "protocol/registration/contents.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <tuple>

namespace gdoi::registration {

namespace {

using tables::row;
using wire::NodeId;
using wire::Tree;

constexpr std::uint64_t kEsp      = 1;  // RFC 6407 section 5.5, RFC 8052 section 2.2
constexpr std::uint64_t kAh       = 2;
constexpr std::uint64_t kIec61850 = 3;

/// A registry's name without the words that all names of the registry begin with; a number without
/// a name as it is.
std::string short_name(const Tree& tree, NodeId id) {
  constexpr std::string_view kPrefixes[] = {"KEK_ALG_",   "SIG_ALG_", "SIG_HASH_",
                                            "REKEY_ACK_", "ESP_",     "AH_"};
  const auto value                       = tree.number(id);
  auto name = wire::name_of(tables::kRows[tree.node(id).row].names, value);
  if (name.empty() || name == "Unassigned" || name == "Private Use" || name == "Reserved") {
    return fmt::to_string(value);
  }
  for (const auto prefix : kPrefixes) {
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
    }
  }
  return std::string(name);
}

std::string name_at(const Tree& tree, wire::RowId field, NodeId within) {
  const auto id = tree.find(field, within);
  return id ? short_name(tree, *id) : std::string{};
}

std::string with_bits(std::string name, std::optional<std::uint64_t> bits) {
  return bits && !name.empty() ? fmt::format("{} {}", name, *bits) : name;
}

std::optional<exchange::Endpoint> address_in(const Tree& tree, NodeId within) {
  exchange::Endpoint endpoint;
  for (const auto field : {row("id.data.ipv4_addr"), row("id.data.ipv6_addr")}) {
    if (const auto node = tree.find(field, within)) {
      const auto octets = tree.octets(*node);
      endpoint.family   = octets.size() == 4 ? 4 : 6;
      if (octets.size() > endpoint.address.size()) {
        return std::nullopt;
      }
      std::ranges::copy(octets, endpoint.address.begin());
      return endpoint;
    }
  }
  return std::nullopt;
}

std::string as_address(ByteView octets) {
  exchange::Endpoint endpoint;
  endpoint.family = octets.size() == 4 ? 4 : 6;
  std::ranges::copy(octets.first(std::min(octets.size(), endpoint.address.size())),
                    endpoint.address.begin());
  return exchange::address_text(endpoint);
}

/// "8" of 255.0.0.0; a mask with holes as an address.
std::string mask_text(ByteView mask) {
  unsigned ones = 0;
  bool over     = false;
  bool holes    = false;
  for (const auto octet : mask) {
    const auto leading = static_cast<unsigned>(std::countl_one(octet));
    holes = holes || (over ? octet != 0 : std::popcount(octet) != static_cast<int>(leading));
    over  = over || leading != 8;
    ones += leading;
  }
  return holes ? as_address(mask) : fmt::to_string(ones);
}

/// An address, a subnet or a range.
std::string selector_text(const Tree& tree, wire::RowId field, NodeId sat) {
  const auto within = tree.find(field, sat);
  if (!within) {
    return {};
  }
  const auto octets = [&](wire::RowId of) -> ByteView {
    const auto id = tree.find(of, *within);
    return id ? tree.octets(*id) : ByteView{};
  };
  for (const auto& [first, second, subnet] :
       {std::tuple(row("id.data.ipv4_subnet"), row("id.data.ipv4_mask"), true),
        std::tuple(row("id.data.ipv6_subnet"), row("id.data.ipv6_mask"), true),
        std::tuple(row("id.data.ipv4_range_start"), row("id.data.ipv4_range_end"), false),
        std::tuple(row("id.data.ipv6_range_start"), row("id.data.ipv6_range_end"), false)}) {
    const auto begin = octets(first);
    const auto end   = octets(second);
    if (!begin.empty() && !end.empty()) {
      return as_address(begin) + (subnet ? "/" + mask_text(end) : " to " + as_address(end));
    }
  }
  const auto address = address_in(tree, *within);
  return address ? exchange::address_text(*address) : std::string{};
}

KekTerms kek_terms(const Tree& tree, NodeId sak, std::uint64_t frame) {
  KekTerms kek;
  kek.spi        = kek_spi_of(tree);
  kek.frame      = frame;
  kek.lifetime   = tree.find_number(row("kek.key_lifetime"), sak);
  kek.algorithms = with_bits(name_at(tree, row("kek.algorithm"), sak),
                             tree.find_number(row("kek.key_length"), sak));
  if (const auto management = name_at(tree, row("kek.management_algorithm"), sak);
      !management.empty()) {
    kek.algorithms += (kek.algorithms.empty() ? "" : ", ") + management;
  }
  auto signature = with_bits(name_at(tree, row("kek.sig_algorithm"), sak),
                             tree.find_number(row("kek.sig_key_length"), sak));
  if (const auto hash = name_at(tree, row("kek.sig_hash_algorithm"), sak); !hash.empty()) {
    signature += (signature.empty() ? "" : " with ") + hash;
  }
  if (!signature.empty()) {
    kek.algorithms += (kek.algorithms.empty() ? "" : ", ") + signature;
  }
  kek.acknowledgement = name_at(tree, row("kek.ack_requested"), sak);
  kek.destination     = push_destination_of(tree);
  return kek;
}

std::optional<TekTerms> tek_terms(const Tree& tree, NodeId sat) {
  const auto protocol = tree.find_number(row("sat.protocol_id"), sat);
  const bool iec      = protocol == kIec61850;
  const auto spi      = tree.find_number(iec ? row("iec61850.spi") : row("sat.spi"), sat);
  if (!protocol || !spi) {
    return std::nullopt;
  }
  TekTerms tek;
  tek.spi = static_cast<std::uint32_t>(*spi);
  if (const auto lifetimes = tek_lifetimes_of(tree, sat); !lifetimes.empty()) {
    tek.lifetime = lifetimes.front();
  }
  std::string authentication;
  if (iec) {
    tek.algorithms = "IEC 61850 " + name_at(tree, row("iec61850.confidentiality"), sat);
    authentication = name_at(tree, row("iec61850.authentication"), sat);
  } else {
    tek.source      = selector_text(tree, row("sat.src"), sat);
    tek.destination = selector_text(tree, row("sat.dst"), sat);
    authentication  = name_at(tree, row("ipsec.attr.auth_algorithm"), sat);
  }
  if (protocol == kEsp) {
    tek.algorithms = "ESP " + with_bits(name_at(tree, row("sat.esp_transform"), sat),
                                        tree.find_number(row("ipsec.attr.key_length"), sat));
  } else if (protocol == kAh) {
    tek.algorithms = "AH " + name_at(tree, row("sat.ah_transform"), sat);
  }
  tek.algorithms += authentication.empty() ? "" : ", " + authentication;
  return tek;
}

}  // namespace

std::optional<exchange::Endpoint> push_destination_of(const wire::Tree& tree) {
  const auto destination = tree.find(row("sak.dst"));
  return destination ? address_in(tree, *destination) : std::nullopt;
}

Policy policy_of(const wire::Tree& tree, std::uint64_t frame) {
  Policy policy;
  for (NodeId id = 0; id < tree.nodes().size(); ++id) {
    if (tree.node(id).row == row("sak") && !policy.kek) {
      policy.kek = kek_terms(tree, id, frame);
    } else if (tree.node(id).row == row("sat")) {
      auto tek = tek_terms(tree, id);
      if (!tek) {
        continue;
      }
      ++policy.tek_count;
      policy.tek_frame = frame;
      if (policy.teks.size() < kMaxTeks) {
        policy.teks.push_back(*std::move(tek));
      }
    }
  }
  return policy;
}

}  // namespace gdoi::registration
