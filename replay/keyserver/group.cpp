#include "keyserver/group.h"

#include "engine/key_pair.h"
#include "keyserver/messages.h"
#include "protocol/base/hex.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/keys/key_log.h"
#include "protocol/keys/tek_names.h"
#include "protocol/tables/registry.h"

#include <algorithm>

namespace gdoi::keyserver {
namespace {

using tables::row;
namespace payload = exchange::payload;

constexpr std::uint32_t kGdoi     = 2;    // DOI (RFC 6407 section 2.1)
constexpr std::uint8_t kUdp       = 17;   // IP protocol
constexpr std::uint32_t kLeastSpi = 256;  // RFC 4303 section 2.1

// KD types (RFC 6407 section 5.6).
constexpr std::uint8_t kKdTek = 1;
constexpr std::uint8_t kKdKek = 2;
constexpr std::uint8_t kKdSid = 4;

constexpr std::uint8_t kEcdsa256 = 4;    // RFC 6407 section 5.3.6
constexpr std::uint16_t kP256    = 256;  // bits

// SubjectPublicKeyInfo of P-256 up to the point: id-ecPublicKey, prime256v1, BIT STRING,
// uncompressed (RFC 5480 section 2).
constexpr std::string_view kSpkiPrefix = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

wire::Setting set(wire::RowId row_id, std::uint64_t number) {
  return {row_id, number};
}

Secret random_secret(engine::Random& random, std::size_t size) {
  Bytes octets(size);
  random.fill(octets);
  return Secret(std::move(octets));
}

/// A Part that is a selector: type, port and data of SAK or SAT.
struct Selector {
  std::uint8_t type = 0;
  Bytes data{};
};

// "Any" travels as the subnet 0.0.0.0/0: the standard has no other form that says it.
Selector selector(const Prefix& prefix) {
  const bool v6 = prefix.family == 6;
  if (prefix.is_host()) {
    return {static_cast<std::uint8_t>(v6 ? 5 : 1), prefix.address_octets()};
  }
  Selector out{static_cast<std::uint8_t>(v6 ? 6 : 4), prefix.address_octets()};
  append(out.data, prefix.mask_octets());
  return out;
}

// Address rows of a selector, in the order of the wire.
void add_data(std::vector<wire::Setting>& out, const Selector& from) {
  const auto half = from.data.size() / 2;
  const Bytes head(from.data.begin(), from.data.begin() + static_cast<std::ptrdiff_t>(half));
  const Bytes tail(from.data.begin() + static_cast<std::ptrdiff_t>(half), from.data.end());
  switch (from.type) {
    case 1:
      out.push_back({row("id.data.ipv4_addr"), from.data});
      break;
    case 4:
      out.push_back({row("id.data.ipv4_subnet"), head});
      out.push_back({row("id.data.ipv4_mask"), tail});
      break;
    case 5:
      out.push_back({row("id.data.ipv6_addr"), from.data});
      break;
    default:
      out.push_back({row("id.data.ipv6_subnet"), head});
      out.push_back({row("id.data.ipv6_mask"), tail});
      break;
  }
}

Selector selector(const exchange::Endpoint& endpoint) {
  return {static_cast<std::uint8_t>(endpoint.family == 6 ? 5 : 1), address_octets(endpoint)};
}

Bytes lifetime_octets(std::uint32_t seconds) {
  Bytes octets;
  append_uint(octets, seconds, sizeof(seconds));
  return octets;
}

wire::Part ipsec_sat(const TekPolicy& tek, std::uint32_t spi) {
  const auto source      = selector(tek.source);
  const auto destination = selector(tek.destination);
  wire::Part part;
  part.type   = payload::kSat;
  part.values = {
      set(row("sat.protocol_id"), tek.protocol), set(row("sat.protocol"), tek.ip_protocol),
      set(row("sat.src.id_type"), source.type), set(row("sat.src.port"), tek.source_port)};
  add_data(part.values, source);
  part.values.push_back(set(row("sat.dst.id_type"), destination.type));
  part.values.push_back(set(row("sat.dst.port"), tek.destination_port));
  add_data(part.values, destination);
  part.values.push_back(
      set(tek.protocol == keys::kTekAh ? row("sat.ah_transform") : row("sat.esp_transform"),
          tek.transform));
  part.values.push_back(set(row("sat.spi"), spi));
  part.parts = {wire::attribute(1, std::uint64_t{1}),  // SA Life Type: seconds
                wire::attribute(2, lifetime_octets(tek.lifetime)),
                wire::attribute(4, std::uint64_t{tek.mode})};
  if (tek.authentication != 0) {
    part.parts.push_back(wire::attribute(5, std::uint64_t{tek.authentication}));
  }
  if (tek.key_bits != 0) {
    part.parts.push_back(wire::attribute(6, std::uint64_t{tek.key_bits}));
  }
  return part;
}

wire::Part iec61850_sat(const TekPolicy& tek, std::uint32_t spi) {
  wire::Part part;
  part.type   = payload::kSat;
  part.values = {
      set(row("sat.protocol_id"), tek.protocol),
      {row("iec61850.oid"),         tek.oid        },
      {row("iec61850.oid_payload"), tek.oid_payload},
      set(row("iec61850.spi"), spi),
      set(row("iec61850.authentication"), tek.authentication),
      set(row("iec61850.confidentiality"), tek.confidentiality),
      set(row("iec61850.remaining_lifetime"), tek.lifetime)
  };
  return part;
}

wire::Part key_packet(std::uint8_t type, const Bytes& spi, std::vector<wire::Part> attributes) {
  wire::Part part;
  part.values = {set(row("kd.type"), type)};
  if (!spi.empty()) {
    part.values.push_back({row("spi"), spi});
  }
  part.parts = std::move(attributes);
  return part;
}

}  // namespace

Group::Group(GroupPolicy policy, engine::Random& random) : policy_(std::move(policy)) {
  if (policy_.kek) {
    make_kek(random);
  }
  for (const auto& tek : policy_.teks) {
    Tek made;
    while (made.spi < kLeastSpi || std::ranges::find(teks_, made.spi, &Tek::spi) != teks_.end()) {
      Bytes spi(sizeof(made.spi));
      random.fill(spi);
      made.spi = static_cast<std::uint32_t>(to_uint(spi));
    }
    made.key                = random_secret(random, tek.key_size);
    made.authentication_key = random_secret(random, tek.authentication_key_size);
    teks_.push_back(std::move(made));
  }
}

void Group::make_kek(engine::Random& random) {
  const auto cipher = policy_.kek->cipher;
  const auto first  = engine::make_cookie(random);
  const auto second = engine::make_cookie(random);
  std::ranges::copy(second, std::ranges::copy(first, kek_spi_.begin()).out);
  kek_iv_  = random_secret(random, crypto::block_size(cipher));
  kek_key_ = random_secret(random, crypto::key_size(cipher));
  if (const auto pair = engine::make_key_pair(crypto::Group::kEcp256, random)) {
    public_key_ = from_hex(kSpkiPrefix).value_or(Bytes{});
    append(public_key_, pair.value().public_value());
  }
}

bool Group::is_named_by(ByteView id_body) const {
  constexpr std::size_t kFixed = 4;  // type, protocol, port (RFC 6407 section 5.1: those are 0)
  return id_body.size() > kFixed && id_body[0] == policy_.identity.type &&
         to_uint(id_body.subspan(1, 3)) == 0 &&
         equal(id_body.subspan(kFixed), policy_.identity.data);
}

bool Group::admits(const exchange::Endpoint& gm) const {
  return policy_.members.empty() || std::ranges::any_of(policy_.members, [&](const Prefix& prefix) {
           return prefix.contains(gm);
         });
}

wire::Part Group::sak(const exchange::Endpoint& ks, const exchange::Endpoint& gm) const {
  const auto& kek        = *policy_.kek;
  const auto source      = selector(ks);
  const auto destination = kek.destination ? selector(*kek.destination) : selector(gm);
  wire::Part part;
  part.type   = payload::kSak;
  part.values = {set(row("sak.protocol"), kUdp), set(row("sak.src.id_type"), source.type),
                 set(row("sak.src.port"), kek.source_port)};
  add_data(part.values, source);
  part.values.push_back(set(row("sak.dst.id_type"), destination.type));
  part.values.push_back(set(row("sak.dst.port"), kek.destination_port));
  add_data(part.values, destination);
  part.values.push_back({
      row("sak.spi"), Bytes{kek_spi_.begin(), kek_spi_.end()}
  });
  const bool aes = kek.cipher != crypto::Cipher::k3DesCbc;
  part.parts     = {wire::attribute(2, std::uint64_t{aes ? 3U : 2U})};
  if (aes) {
    part.parts.push_back(wire::attribute(3, std::uint64_t{8 * crypto::key_size(kek.cipher)}));
  }
  part.parts.push_back(wire::attribute(4, lifetime_octets(kek.lifetime)));
  part.parts.push_back(wire::attribute(6, std::uint64_t{kEcdsa256}));
  part.parts.push_back(wire::attribute(7, std::uint64_t{kP256}));
  return part;
}

wire::Part Group::gap() const {
  wire::Part part;
  part.type = payload::kGap;
  if (const auto delay = policy_.gap->activation_delay) {
    part.parts.push_back(wire::attribute(1, std::uint64_t{*delay}));
  }
  if (const auto delay = policy_.gap->deactivation_delay) {
    part.parts.push_back(wire::attribute(2, std::uint64_t{*delay}));
  }
  return part;
}

wire::Part Group::sa(const exchange::Endpoint& ks, const exchange::Endpoint& gm) const {
  wire::Part part;
  part.type   = payload::kSa;
  part.values = {set(row("sa.doi"), kGdoi), set(row("sa.situation"), 0)};
  if (policy_.kek) {
    part.parts.push_back(sak(ks, gm));
  }
  if (policy_.gap) {
    part.parts.push_back(gap());
  }
  for (std::size_t i = 0; i < teks_.size(); ++i) {
    const auto& tek = policy_.teks[i];
    part.parts.push_back(tek.protocol == keys::kTekIec61850 ? iec61850_sat(tek, teks_[i].spi)
                                                            : ipsec_sat(tek, teks_[i].spi));
  }
  return part;
}

std::vector<wire::Part> Group::keys(const std::vector<std::uint32_t>& sender_ids) const {
  std::vector<wire::Part> out;
  wire::Part kd;
  kd.type = payload::kKd;
  if (policy_.kek) {
    out.push_back({payload::kSeq, {set(row("seq"), sequence_)}});
    Bytes iv_and_key = to_bytes(kek_iv_.view());
    append(iv_and_key, kek_key_.view());
    kd.parts.push_back(
        key_packet(kKdKek, {kek_spi_.begin(), kek_spi_.end()},
                   {wire::attribute(1, std::move(iv_and_key)), wire::attribute(2, public_key_)}));
  }
  for (const auto& tek : teks_) {
    Bytes spi;
    append_uint(spi, tek.spi, sizeof(tek.spi));
    std::vector<wire::Part> attributes;
    if (!tek.key.empty()) {
      attributes.push_back(wire::attribute(1, to_bytes(tek.key.view())));
    }
    if (!tek.authentication_key.empty()) {
      attributes.push_back(wire::attribute(2, to_bytes(tek.authentication_key.view())));
    }
    kd.parts.push_back(key_packet(kKdTek, spi, std::move(attributes)));
  }
  if (!sender_ids.empty()) {
    std::vector<wire::Part> attributes{wire::attribute(1, std::uint64_t{policy_.sender_id_bits})};
    for (const auto id : sender_ids) {
      attributes.push_back(wire::attribute(2, lifetime_octets(id)));
    }
    kd.parts.push_back(key_packet(kKdSid, {}, std::move(attributes)));
  }
  out.push_back(std::move(kd));
  return out;
}

std::optional<std::vector<std::uint32_t>> Group::allot(std::uint32_t asked_for) {
  std::vector<std::uint32_t> out;
  if (!policy_.needs_sender_ids()) {
    return out;
  }
  const auto count = std::clamp<std::uint32_t>(asked_for, 1, kMaxSenderIds);
  if (next_sender_id_ + count > std::uint64_t{1} << policy_.sender_id_bits) {
    return std::nullopt;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    out.push_back(static_cast<std::uint32_t>(next_sender_id_++));
  }
  return out;
}

void Group::add_member(const exchange::Endpoint& gm) {
  if (members_.size() < kMaxRegistered) {
    members_.insert({gm.family, gm.address, 0});
  }
}

void Group::forget_members() {
  members_.clear();
  next_sender_id_ = 0;
}

std::vector<std::string> Group::key_log() const {
  std::vector<std::string> out;
  if (policy_.kek) {
    out.push_back(keys::kek_line(kek_spi_, {policy_.kek->cipher, crypto::Hash::kSha256, public_key_,
                                            to_bytes(kek_iv_.view()), kek_key_.clone()}));
  }
  for (std::size_t i = 0; i < teks_.size(); ++i) {
    const auto& about = policy_.teks[i];
    const bool iec    = about.protocol == keys::kTekIec61850;
    const auto where  = about.destination.is_host() ? about.destination.text() : std::string{};
    out.push_back(keys::tek_line({about.protocol, teks_[i].spi,
                                  iec ? about.confidentiality : std::uint16_t{about.transform},
                                  where, about.authentication_name,
                                  teks_[i].authentication_key.clone(), teks_[i].key.clone()}));
  }
  return out;
}

}  // namespace gdoi::keyserver
