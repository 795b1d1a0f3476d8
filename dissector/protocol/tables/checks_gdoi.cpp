#include "protocol/tables/checks_common.h"

#include <algorithm>
#include <array>

/// Rules of the GDOI SA and the Key Download payload (RFC 6407 section 5, RFC 8052).
namespace gdoi::tables::checks {
namespace {

using wire::Code;
using wire::NodeId;
using wire::Tree;

constexpr std::uint64_t kAesKek   = 3;
constexpr std::uint64_t kDesKek   = 1;
constexpr std::uint64_t kMd5Sig   = 1;
constexpr std::uint64_t kRsaSig   = 1;
constexpr std::size_t kKekSpiSize = 16;
constexpr std::size_t kTekSpiSize = 4;

bool aes_bits(std::uint64_t bits) {
  return bits == 128 || bits == 192 || bits == 256;
}

void check_kek(Tree& tree, NodeId sak, std::uint8_t exchange) {
  const auto algorithm = tree.find(row("kek.algorithm"), sak);
  const auto signature = tree.find(row("kek.sig_algorithm"), sak);
  const auto hash      = tree.find(row("kek.sig_hash_algorithm"), sak);
  if (!algorithm || !signature) {
    report(tree, Code::kKekIncomplete, sak);
  }
  const auto bits = tree.find(row("kek.key_length"), sak);
  if (algorithm && tree.number(*algorithm) == kAesKek && (!bits || !aes_bits(tree.number(*bits)))) {
    report(tree, Code::kKeyLength, bits.value_or(sak), 128, bits ? tree.number(*bits) : 0);
  }
  if (signature && tree.number(*signature) == kRsaSig && !hash) {
    report(tree, Code::kSigHashMissing, sak);
  }
  if (algorithm && tree.number(*algorithm) == kDesKek) {
    report(tree, Code::kWeakAlgorithm, *algorithm);
  }
  if (hash && tree.number(*hash) == kMd5Sig) {
    report(tree, Code::kWeakAlgorithm, *hash);
  }
  const auto management = tree.find(row("kek.management_algorithm"), sak);
  if (management && exchange == kPull) {
    report(tree, Code::kKekManagementInPull, *management);
  }
  check_attributes(tree, sak, row("kek.attr"), 0, 0);
  const auto lifetime = tree.find(row("kek.key_lifetime"), sak);
  if (lifetime) {
    // As TV it has 2 octets, which is said already by the form.
    const bool tlv  = tree.node(*lifetime - 1).row == row("kek.attr.length");
    const auto size = tree.node(*lifetime).length;
    if ((tlv && size != 4) || tree.number(*lifetime) == 0) {
      report(tree, Code::kKekLifetime, *lifetime, 4, size);
    }
  }
}

bool contiguous(std::uint32_t mask) {
  return (~mask & (~mask + 1U)) == 0;
}

// A mask cannot be told from its mirror image by its octets alone, except that one of the two is no
// mask: worth a word, since one implementation swaps them.
void check_masks(Tree& tree, NodeId sat) {
  each(tree, sat, row("id.data.ipv4_mask"), [&](NodeId id) {
    const auto octets   = tree.octets(id);
    const auto mask     = static_cast<std::uint32_t>(to_uint(octets));
    const Bytes mirror  = {octets.rbegin(), octets.rend()};
    const auto reversed = static_cast<std::uint32_t>(to_uint(mirror));
    if (!contiguous(mask) && contiguous(reversed)) {
      report(tree, Code::kMaskReversed, id, reversed, mask);
    }
  });
}

// ESP transforms that carry their own integrity (RFC 4106, 4309, 4543).
bool is_aead(std::uint64_t transform) {
  return (transform >= 14 && transform <= 16) || (transform >= 18 && transform <= 20) ||
         transform == 23;
}

void check_key_length(Tree& tree, NodeId sat, std::uint64_t transform) {
  const auto bits = tree.find(row("ipsec.attr.key_length"), sat);
  const bool aes  = transform == 12 || transform == 13 || is_aead(transform);
  const bool des  = transform == 2 || transform == 3 || transform == 11;
  if ((aes && bits && !aes_bits(tree.number(*bits))) || (des && bits)) {
    report(tree, Code::kKeyLength, *bits, 0, tree.number(*bits));
  } else if (aes && !bits) {
    report(tree, Code::kKeyLength, sat);
  }
}

void check_ipsec_tek(Tree& tree, NodeId sat) {
  const auto esp = tree.find_number(row("sat.esp_transform"), sat);
  const bool ah  = tree.find(row("sat.ah_transform"), sat).has_value();
  if (!esp && !ah) {
    return;
  }
  const bool authentication = tree.find(row("ipsec.attr.auth_algorithm"), sat).has_value();
  if (!tree.find(row("ipsec.attr.life_type"), sat) ||
      !tree.find(row("ipsec.attr.life_duration"), sat) ||
      !tree.find(row("ipsec.attr.encap_mode"), sat) ||
      (!authentication && (ah || (esp && !is_aead(*esp))))) {
    report(tree, Code::kTekIncomplete, sat);
  }
  if (esp) {
    check_key_length(tree, sat, *esp);
  }
  const auto spi = tree.find(row("sat.spi"), sat);
  if (spi && tree.number(*spi) < 256) {
    report(tree, Code::kTekSpi, *spi, 256, tree.number(*spi));
  }
  if (const auto group = tree.find(row("ipsec.attr.group_description"), sat)) {
    report(tree, Code::kGroupDescriptionInTek, *group);
  }
  check_masks(tree, sat);
  check_attributes(tree, sat, row("ipsec.attr"), 1, 2);
}

void check_iec61850_tek(Tree& tree, NodeId sat) {
  const auto oid             = tree.find(row("iec61850.oid"), sat);
  const auto authentication  = tree.find_number(row("iec61850.authentication"), sat);
  const auto confidentiality = tree.find_number(row("iec61850.confidentiality"), sat);
  if (!confidentiality) {
    return;
  }
  if (!oid || tree.octets(*oid)[0] != 0x06) {
    report(tree, Code::kOidEncoding, oid.value_or(sat));
  }
  if (authentication == 1U && (*confidentiality == 2 || *confidentiality == 3)) {
    report(tree, Code::kCbcWithoutAuthentication, sat);
  }
  const auto assurance = tree.find(row("iec61850.sa_kda"), sat);
  if (assurance && tree.number(*assurance) > 100) {
    report(tree, Code::kKeyDeliveryAssurance, *assurance, 100, tree.number(*assurance));
  }
}

}  // namespace

void check_gdoi_sa(Tree& tree, NodeId sa, std::uint8_t exchange) {
  int stage       = 0;
  std::size_t sak = 0;
  std::size_t gap = 0;
  std::size_t sat = 0;
  bool disorder   = false;
  children(tree, sa, [&](NodeId id) {
    const auto row_id = tree.node(id).row;
    int now           = stage;
    if (row_id == row("sak")) {
      now = 1;
      ++sak;
      check_kek(tree, id, exchange);
    } else if (row_id == row("gap")) {
      now = 2;
      ++gap;
    } else if (row_id == row("sat")) {
      now = 3;
      ++sat;
      check_ipsec_tek(tree, id);
      check_iec61850_tek(tree, id);
    }
    disorder = disorder || now < stage;
    stage    = now;
  });
  if (sak + sat == 0) {
    report(tree, Code::kNoPolicy, sa);
  }
  if (disorder || sak > 1 || gap > 1) {
    report(tree, Code::kPolicyOrder, sa, 1, std::max(sak, gap));
  }
  const auto situation = tree.find(row("sa.situation"), sa);
  if (situation && tree.number(*situation) != 0) {
    report(tree, Code::kSituationValue, *situation, 0, tree.number(*situation));
  }
}

namespace {

void check_sids(Tree& tree, NodeId packet, std::uint8_t exchange) {
  constexpr std::uint64_t kMaxBits = 32;
  if (exchange == kPush) {
    report(tree, Code::kSidInPush, packet);
  }
  const auto bits = tree.find(row("sid.number_of_bits"), packet);
  const auto size = bits ? tree.number(*bits) : 0;
  if (size == 0 || size > kMaxBits) {
    report(tree, Code::kSidBits, bits.value_or(packet), kMaxBits, size);
    return;
  }
  each(tree, packet, row("sid.value"), [&](NodeId id) {
    if (size < kMaxBits && (tree.number(id) >> size) != 0) {
      report(tree, Code::kSidBits, id, size, tree.number(id));
    }
  });
}

void check_lkh(Tree& tree, NodeId packet) {
  each(tree, packet, row("lkh.version"), [&](NodeId id) {
    if (tree.number(id) != 1) {
      report(tree, Code::kLkhVersion, id, 1, tree.number(id));
    }
  });
  each(tree, packet, row("lkh.keys"), [&](NodeId id) {
    if (tree.number(id) == 0) {
      report(tree, Code::kLkhVersion, id);
    }
  });
}

/// Whether an SA KEK or SA TEK of the message has the SPI of a key packet.
bool announced(const Tree& tree, NodeId payloads, ByteView spi) {
  bool found = false;
  for (const auto row_id : {row("sak.spi"), row("sat.spi"), row("iec61850.spi")}) {
    each(tree, payloads, row_id, [&](NodeId id) { found = found || equal(tree.octets(id), spi); });
  }
  return found;
}

}  // namespace

void check_key_download(Tree& tree, const Message& message, NodeId kd) {
  constexpr std::array<std::size_t, 5> kSpiSizes = {0, kTekSpiSize, kKekSpiSize, kKekSpiSize, 0};
  std::array<std::size_t, 5> seen{};
  // In a PULL the SA stands in another message; the follower matches them there.
  const bool has_sa = tree.find(row("payload.sa"), message.payloads).has_value();
  each(tree, kd, row("kd.packet"), [&](NodeId packet) {
    const auto type = tree.find_number(row("kd.type"), packet);
    const auto size = tree.find(row("spisize"), packet);
    if (!type || !size || *type == 0 || *type >= kSpiSizes.size()) {
      return;
    }
    if (tree.number(*size) != kSpiSizes[*type]) {
      report(tree, Code::kSpiSize, *size, kSpiSizes[*type], tree.number(*size));
    }
    if (++seen[*type] > 1 && (*type == 2 || *type == 3)) {
      report(tree, Code::kKeyPacketRepeated, packet, 1, seen[*type]);
    }
    const auto spi = tree.find(row("spi"), packet);
    if (has_sa && spi && !announced(tree, message.payloads, tree.octets(*spi))) {
      report(tree, Code::kKeyPacketUnannounced, *spi);
    }
    if (*type == 4) {
      check_sids(tree, packet, message.exchange);
    }
    if (*type == 3) {
      check_lkh(tree, packet);
    }
  });
}

}  // namespace gdoi::tables::checks
