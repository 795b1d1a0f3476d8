#include "protocol/exchange/learn.h"

#include "protocol/exchange/packet.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"

#include <algorithm>
#include <span>
#include <utility>

namespace gdoi::exchange {
namespace {

using tables::row;
using wire::NodeId;
using wire::Tree;

constexpr std::uint8_t kEsp      = 1;  // RFC 6407 section 5.5, RFC 8052 section 2.2
constexpr std::uint8_t kAh       = 2;
constexpr std::uint8_t kIec61850 = 3;

constexpr std::uint64_t kTekPacket = 1;  // RFC 6407 section 5.6
constexpr std::uint64_t kKekPacket = 2;
constexpr std::uint64_t kLkhPacket = 3;

struct Named {
  std::uint64_t number;
  std::string_view name;
};

// IPsec DOI authentication algorithms (RFC 2407 section 4.5, IANA isakmp-registry).
constexpr Named kIpsecAuthentication[] = {
    {1,  "hmac-md5"   },
    {2,  "hmac-sha1"  },
    {3,  "des-mac"    },
    {4,  "kpdk"       },
    {5,  "hmac-sha256"},
    {6,  "hmac-sha384"},
    {7,  "hmac-sha512"},
    {8,  "hmac-ripemd"},
    {9,  "aes-xcbc"   },
    {11, "aes128-gmac"},
    {12, "aes192-gmac"},
    {13, "aes256-gmac"},
};

// RFC 2407 section 4.4.3: an AH transform is its algorithm; numbers are one more from SHA on.
constexpr Named kAhAuthentication[] = {
    {2,  "hmac-md5"   },
    {3,  "hmac-sha1"  },
    {5,  "hmac-sha256"},
    {6,  "hmac-sha384"},
    {7,  "hmac-sha512"},
    {8,  "hmac-ripemd"},
    {9,  "aes-xcbc"   },
    {11, "aes128-gmac"},
    {12, "aes192-gmac"},
    {13, "aes256-gmac"},
};

// RFC 8052 section 2.2.2; 6 and 7 were added by IANA.
constexpr Named kIecAuthentication[] = {
    {2, "hmac-sha256-128"},
    {3, "hmac-sha256"    },
    {4, "aes128-gmac"    },
    {5, "aes256-gmac"    },
    {6, "hmac-sha384"    },
    {7, "hmac-sha512"    },
};

std::string name_in(std::span<const Named> names, std::uint64_t number) {
  const auto found = std::ranges::find(names, number, &Named::number);
  return found == names.end() ? std::string{} : std::string(found->name);
}

// Only a group address is told on: gdoid byte-swaps those of its SA TEKs (captures/README.md,
// departure 2), and a TEK for any destination is found by its SPI all the same.
std::string destination_of(const Tree& tree, NodeId sat) {
  const auto destination = tree.find(row("sat.dst"), sat);
  if (!destination) {
    return {};
  }
  Endpoint address;
  if (const auto four = tree.find(row("id.data.ipv4_addr"), *destination)) {
    const auto octets = tree.octets(*four);
    std::ranges::copy(octets, address.address.begin());
    constexpr std::uint8_t kClassD = 0xe0;
    return (octets[0] & 0xf0U) == kClassD ? address_text(address) : std::string{};
  }
  if (const auto six = tree.find(row("id.data.ipv6_addr"), *destination)) {
    const auto octets = tree.octets(*six);
    std::ranges::copy(octets, address.address.begin());
    address.family = 6;
    return octets[0] == 0xff ? address_text(address) : std::string{};
  }
  return {};
}

std::optional<TekPolicy> tek_policy(const Tree& tree, NodeId sat) {
  TekPolicy tek;
  const auto number   = [&](wire::RowId field) { return tree.find_number(field, sat); };
  const auto protocol = number(row("sat.protocol_id"));
  const bool iec      = protocol == kIec61850;
  const auto spi      = iec ? number(row("iec61850.spi")) : number(row("sat.spi"));
  if (!protocol || !spi) {
    return std::nullopt;
  }
  tek.protocol = static_cast<std::uint8_t>(*protocol);
  tek.spi      = static_cast<std::uint32_t>(*spi);
  std::optional<std::uint64_t> transform;
  switch (tek.protocol) {
    case kEsp:
      transform = number(row("sat.esp_transform"));
      tek.authentication =
          name_in(kIpsecAuthentication, number(row("ipsec.attr.auth_algorithm")).value_or(0));
      break;
    case kAh:
      transform          = number(row("sat.ah_transform"));
      tek.authentication = name_in(kAhAuthentication, transform.value_or(0));
      break;
    default:
      transform = number(row("iec61850.confidentiality"));
      tek.authentication =
          name_in(kIecAuthentication, number(row("iec61850.authentication")).value_or(0));
      break;
  }
  tek.transform   = static_cast<std::uint16_t>(transform.value_or(0));
  tek.destination = iec ? std::string{} : destination_of(tree, sat);
  return tek;
}

// RFC 6407 section 5.3.6: DSS and ECDSS imply SHA-1, the ECDSAs of RFC 5903 their own hash.
std::optional<crypto::Hash> implied_hash(std::uint64_t algorithm) {
  switch (algorithm) {
    case 2:
    case 3:
      return crypto::Hash::kSha1;
    case 4:
      return crypto::Hash::kSha256;
    case 5:
      return crypto::Hash::kSha384;
    case 6:
      return crypto::Hash::kSha512;
    default:
      return std::nullopt;
  }
}

std::optional<KekPolicy> kek_policy(const Tree& tree, NodeId sak) {
  const auto spi = tree.find(row("sak.spi"), sak);
  KekPolicy kek;
  if (!spi || tree.octets(*spi).size() != kek.spi.size()) {
    return std::nullopt;
  }
  std::ranges::copy(tree.octets(*spi), kek.spi.begin());
  if (const auto algorithm = tree.find_number(row("kek.algorithm"), sak)) {
    kek.cipher =
        crypto::cipher_of_kek(*algorithm, tree.find_number(row("kek.key_length"), sak).value_or(0));
  }
  kek.signature_hash = implied_hash(tree.find_number(row("kek.sig_algorithm"), sak).value_or(0));
  if (const auto hash = tree.find_number(row("kek.sig_hash_algorithm"), sak);
      hash && !kek.signature_hash) {
    kek.signature_hash = crypto::hash_of_sig(*hash);
  }
  return kek;
}

Secret secret_at(const Tree& tree, std::optional<NodeId> node) {
  return node ? Secret(tree.octets(*node)) : Secret{};
}

bool set_spi(const Tree& tree, NodeId packet, keys::KekSpi& spi) {
  const auto node = tree.find(row("spi"), packet);
  if (!node || tree.octets(*node).size() != spi.size()) {
    return false;
  }
  std::ranges::copy(tree.octets(*node), spi.begin());
  return true;
}

std::optional<KekDownload> kek_packet(const Tree& tree, NodeId packet) {
  KekDownload kek;
  kek.iv_and_key = secret_at(tree, tree.find(row("kek_key.algorithm_key"), packet));
  if (!set_spi(tree, packet, kek.spi) || kek.iv_and_key.empty()) {
    return std::nullopt;
  }
  if (const auto key = tree.find(row("kek_key.sig_algorithm_key"), packet)) {
    kek.public_key = to_bytes(tree.octets(*key));
  }
  return kek;
}

bool is_lkh_key(wire::RowId id) {
  return id == row("lkh.key.des") || id == row("lkh.key.3des") || id == row("lkh.key.data");
}

// RFC 6407 section 5.6.3.1: the leaf comes first, the root, which is the KEK, last.
std::optional<KekDownload> lkh_packet(const Tree& tree, NodeId packet) {
  KekDownload kek;
  const auto array = tree.find(row("lkh.download"), packet);
  if (!array || !set_spi(tree, packet, kek.spi)) {
    return std::nullopt;
  }
  for (auto id = *array; id < tree.node(*array).end; ++id) {
    if (is_lkh_key(tree.node(id).row)) {
      kek.iv_and_key = Secret(tree.octets(id));
      if (kek.leaf.empty()) {
        kek.leaf = Secret(tree.octets(id));
      }
    }
  }
  if (kek.iv_and_key.empty()) {
    return std::nullopt;
  }
  if (const auto key = tree.find(row("lkh.sig_algorithm_key"), packet)) {
    kek.public_key = to_bytes(tree.octets(*key));
  }
  return kek;
}

std::optional<TekDownload> tek_packet(const Tree& tree, NodeId packet) {
  const auto spi = tree.find(row("spi"), packet);
  if (!spi || tree.octets(*spi).size() != sizeof(TekDownload::spi)) {
    return std::nullopt;
  }
  TekDownload tek;
  tek.spi                = static_cast<std::uint32_t>(tree.number(*spi));
  tek.key                = secret_at(tree, tree.find(row("tek_key.algorithm_key"), packet));
  tek.authentication_key = secret_at(tree, tree.find(row("tek_key.integrity_key"), packet));
  return tek;
}

// Octets of IV and key in KEK_ALGORITHM_KEY (RFC 6407 section 5.6.2.1).
std::size_t iv_and_key_size(crypto::Cipher cipher) {
  return crypto::block_size(cipher) + crypto::key_size(cipher);
}

std::vector<crypto::Cipher> ciphers_of_size(std::size_t size) {
  using crypto::Cipher;
  std::vector<Cipher> fitting;
  for (const auto cipher : {Cipher::kAes128Cbc, Cipher::kAes192Cbc, Cipher::kAes256Cbc,
                            Cipher::k3DesCbc, Cipher::kDesCbc}) {
    if (iv_and_key_size(cipher) == size) {
      fitting.push_back(cipher);
    }
  }
  return fitting;
}

}  // namespace

std::optional<GroupPolicy> policy_of(const MessageView& message) {
  const auto* sa = message.find(payload::kSa);
  if (sa == nullptr) {
    return std::nullopt;
  }
  const auto& tree = message.tree();
  GroupPolicy policy;
  for (auto id = sa->node; id < tree.node(sa->node).end; ++id) {
    if (tree.node(id).row == row("sak") && !policy.kek) {
      policy.kek = kek_policy(tree, id);
    } else if (tree.node(id).row == row("sat")) {
      if (auto tek = tek_policy(tree, id)) {
        policy.teks.push_back(std::move(*tek));
      }
    }
  }
  if (!policy.kek && policy.teks.empty()) {
    return std::nullopt;
  }
  return policy;
}

std::optional<KeyDownload> download_of(const MessageView& message) {
  const auto* kd = message.find(payload::kKd);
  if (kd == nullptr) {
    return std::nullopt;
  }
  const auto& tree = message.tree();
  KeyDownload download;
  for (auto id = kd->node; id < tree.node(kd->node).end; ++id) {
    if (tree.node(id).row != row("kd.packet")) {
      continue;
    }
    const auto type = tree.find_number(row("kd.type"), id).value_or(0);
    if (type == kTekPacket) {
      if (auto tek = tek_packet(tree, id)) {
        download.teks.push_back(std::move(*tek));
      }
    } else if (type == kKekPacket || type == kLkhPacket) {
      if (auto kek = type == kKekPacket ? kek_packet(tree, id) : lkh_packet(tree, id)) {
        download.keks.push_back(std::move(*kek));
      }
    }
  }
  return download;
}

std::vector<keys::Tek> teks_of(const GroupPolicy& policy, const KeyDownload& download) {
  std::vector<keys::Tek> teks;
  for (const auto& from : download.teks) {
    const auto about = std::ranges::find(policy.teks, from.spi, &TekPolicy::spi);
    if (about != policy.teks.end()) {
      teks.push_back({about->protocol, about->spi, about->transform, about->destination,
                      about->authentication, from.authentication_key.clone(), from.key.clone()});
    }
  }
  return teks;
}

std::vector<LearnedKek> keks_of(const GroupPolicy* policy, const KeyDownload& download) {
  std::vector<LearnedKek> learned;
  const auto* about = policy != nullptr && policy->kek ? &*policy->kek : nullptr;
  for (const auto& from : download.keks) {
    LearnedKek kek;
    kek.spi     = about != nullptr ? about->spi : from.spi;
    kek.ciphers = ciphers_of_size(from.iv_and_key.size());
    if (about != nullptr) {
      kek.signature_hash = about->signature_hash;
      // Not "equal": gdoid gives AES an IV as long as its key.
      if (about->cipher && iv_and_key_size(*about->cipher) <= from.iv_and_key.size()) {
        kek.ciphers = {*about->cipher};
      }
    }
    kek.iv_and_key = from.iv_and_key.clone();
    kek.public_key = from.public_key;
    kek.leaf       = from.leaf.clone();
    if (!kek.ciphers.empty()) {
      learned.push_back(std::move(kek));
    }
  }
  return learned;
}

}  // namespace gdoi::exchange
