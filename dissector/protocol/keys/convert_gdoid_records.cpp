#include "protocol/crypto/signature.h"
#include "protocol/keys/secrets_forms.h"
#include "protocol/keys/tek_names.h"
#include "protocol/keys/text_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace gdoi::keys {
namespace {

/// The name=value words of one record. A value of "-" is as good as none.
class Record {
 public:
  explicit Record(const std::vector<std::string_view>& words) : label_(words.front()) {
    for (std::size_t i = 1; i < words.size(); ++i) {
      const auto equals = words[i].find('=');
      if (equals != std::string_view::npos && words[i].substr(equals + 1) != "-") {
        values_.emplace(words[i].substr(0, equals), words[i].substr(equals + 1));
      }
    }
  }

  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

  [[nodiscard]] Result<std::string_view> need(std::string_view name) const {
    const auto value = find(name);
    if (!value) {
      return Error{fmt::format("{} record has no {}=", label_, name)};
    }
    return *value;
  }

 private:
  std::string_view label_;
  std::map<std::string_view, std::string_view> values_;
};

/// "3des-cbc" and "aes-cbc" with the key's length beside it.
Result<crypto::Cipher> cipher_of(const Record& record, std::string_view field) {
  const auto text = record.need(field);
  if (!text) {
    return text.error();
  }
  const auto bits   = record.find("keylen").value_or("");
  const auto named  = *text == "aes-cbc" ? fmt::format("aes{}-cbc", bits) : std::string(*text);
  const auto cipher = crypto::cipher_named(named);
  if (!cipher) {
    return Error{fmt::format("{}= (with keylen=) names no known cipher", field)};
  }
  return *cipher;
}

Result<Side> side_of(const Record& record) {
  const auto text = record.find("side").value_or("both");
  if (text == "both") {
    return Side::kBoth;
  }
  if (text == "gm") {
    return Side::kGm;
  }
  if (text == "ks") {
    return Side::kKs;
  }
  return Error{"side= is none of both, gm and ks"};
}

Status add_secret(const Record& record, std::string_view field, std::size_t least, std::size_t most,
                  Side side, std::vector<SidedSecret>& list) {
  const auto digits = record.find(field);
  if (!digits) {
    return success();
  }
  auto octets = hex_of_range(fmt::format("{}=", field), *digits, least, most);
  if (!octets) {
    return octets.error();
  }
  SidedSecret secret{.side = side, .secret = Secret(std::move(*octets))};
  if (add_unique(list, std::move(secret)) && list.size() > kMaxAlternatives) {
    return Error{
        fmt::format("more than {} different {}= for this cookie", kMaxAlternatives, field)};
  }
  return success();
}

Result<Phase1Key> phase1_key_of(const Record& record, Side side) {
  const auto cipher = cipher_of(record, "cipher");
  if (!cipher) {
    return cipher.error();
  }
  const auto hash_name = record.need("hash");
  if (!hash_name) {
    return hash_name.error();
  }
  Phase1Key entry{.side       = side,
                  .cipher     = *cipher,
                  .hash       = crypto::hash_named(*hash_name),
                  .last_block = {},
                  .key        = {}};
  if (!entry.hash) {
    return Error{"hash= names no known hash"};
  }
  const auto purpose = fmt::format("for {}", crypto::name_of(*cipher));
  if (const auto block = record.find("final_iv")) {
    auto octets = hex_of_sizes("final_iv=", *block, {crypto::block_size(*cipher)}, purpose);
    if (!octets) {
      return octets.error();
    }
    entry.last_block = std::move(*octets);
  }
  const auto digits = record.need("key");
  if (!digits) {
    return digits.error();
  }
  auto key = hex_of_sizes("key=", *digits, {crypto::key_size(*cipher)}, purpose);
  if (!key) {
    return key.error();
  }
  entry.key = Secret(std::move(*key));
  return entry;
}

Status read_isakmp(const Record& record, KeyRing& ring) {
  const auto digits = record.need("icookie");
  if (!digits) {
    return digits.error();
  }
  const auto cookie = cookie_of(*digits);
  if (!cookie) {
    return cookie.error();
  }
  const auto side = side_of(record);
  if (!side) {
    return side.error();
  }
  auto key = phase1_key_of(record, *side);
  if (!key) {
    return key.error();
  }
  const auto digest = crypto::digest_size(*key->hash);
  auto& phase1      = ring.phase1(*cookie);
  if (add_unique(phase1.keys, std::move(*key)) && phase1.keys.size() > kMaxAlternatives) {
    return Error{fmt::format("more than {} different keys for this cookie", kMaxAlternatives)};
  }
  constexpr std::size_t kMaxSize = 1024;
  if (auto status = add_secret(record, "skeyid", digest, digest, *side, phase1.skeyid); !status) {
    return status;
  }
  if (auto status = add_secret(record, "skeyid_a", digest, digest, *side, phase1.skeyid_a);
      !status) {
    return status;
  }
  if (auto status = add_secret(record, "psk", 1, kMaxSize, *side, phase1.psk); !status) {
    return status;
  }
  return add_secret(record, "gxy", 1, kMaxSize, *side, phase1.dh_secret);
}

Status read_kek(const Record& record, KeyRing& ring) {
  const auto cipher = cipher_of(record, "alg");
  if (!cipher) {
    return cipher.error();
  }
  const auto purpose = fmt::format("for {}", crypto::name_of(*cipher));
  const auto field   = [&](std::string_view name, std::size_t size) -> Result<Bytes> {
    const auto digits = record.need(name);
    if (!digits) {
      return digits.error();
    }
    return hex_of_sizes(fmt::format("{}=", name), *digits, {size}, purpose);
  };
  const auto spi_octets = field("spi", KekSpi{}.size());
  if (!spi_octets) {
    return spi_octets.error();
  }
  auto iv = field("iv", crypto::block_size(*cipher));
  if (!iv) {
    return iv.error();
  }
  auto key = field("key", crypto::key_size(*cipher));
  if (!key) {
    return key.error();
  }
  Kek kek{.cipher         = *cipher,
          .signature_hash = crypto::hash_named(record.find("sighash").value_or("")),
          .public_key     = {},
          .iv             = std::move(*iv),
          .key            = Secret(std::move(*key))};
  if (const auto digits = record.find("pubkey")) {
    auto octets = hex_of_range("pubkey=", *digits, 1, kMaxPublicKeySize);
    if (!octets) {
      return octets.error();
    }
    if (const auto parsed = crypto::PublicKey::from_spki(*octets); !parsed) {
      return Error{"pubkey= is no SubjectPublicKeyInfo in DER"};
    }
    kek.public_key = std::move(*octets);
  }
  KekSpi spi{};
  std::ranges::copy(*spi_octets, spi.begin());
  if (ring.add_kek(spi, std::move(kek)) && ring.find_keks(spi)->size() > kMaxAlternatives) {
    return Error{fmt::format("more than {} different KEK for this SPI", kMaxAlternatives)};
  }
  return success();
}

/// The records have no name for the integrity algorithm of ESP: the size of its key tells.
std::string authentication_of(std::size_t octets) {
  const auto hash = hash_of_size(octets);
  return hash ? fmt::format("hmac-{}", crypto::name_of(*hash)) : std::string("hmac-unknown");
}

Status read_tek(const Record& record, KeyRing& ring) {
  const auto protocol = protocol_named(record.find("proto").value_or(""));
  if (!protocol) {
    return Error{"proto= is none of esp, ah and iec61850"};
  }
  const auto name = record.need("transform");
  if (!name) {
    return name.error();
  }
  // AH transforms are written hmac-sha2-256 there, hmac-sha256 here.
  std::string transform_text(*name);
  constexpr std::string_view kSha2 = "hmac-sha2-";
  if (transform_text.starts_with(kSha2)) {
    transform_text = "hmac-sha" + transform_text.substr(kSha2.size());
  }
  const auto transform = transform_named(*protocol, transform_text);
  if (!transform) {
    return Error{"transform= names no known transform"};
  }
  const auto spi_text = record.need("spi");
  if (!spi_text) {
    return spi_text.error();
  }
  const auto spi = hex_of_sizes("spi=", *spi_text, {4});
  if (!spi) {
    return spi.error();
  }
  Tek tek;
  tek.protocol  = *protocol;
  tek.transform = *transform;
  tek.spi       = static_cast<std::uint32_t>(to_uint(*spi));
  if (const auto digits = record.find("authkey")) {
    auto octets = hex_of_range("authkey=", *digits, 1, kMaxTekKeySize);
    if (!octets) {
      return octets.error();
    }
    tek.authentication     = *protocol == kTekAh ? transform_name(kTekAh, *transform)
                                                 : authentication_of(octets->size());
    tek.authentication_key = Secret(std::move(*octets));
  }
  if (const auto digits = record.find("enckey")) {
    auto octets = tek_key(*protocol, *transform, "enckey=", *digits);
    if (!octets) {
      return octets.error();
    }
    tek.key = Secret(std::move(*octets));
  }
  ring.add_tek(std::move(tek));
  return success();
}

}  // namespace

Result<KeyLog> convert_gdoid_records(std::string_view text, std::string_view name) {
  KeyLog log;
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (is_blank_or_comment(line->text)) {
      continue;
    }
    if (line->text.size() > kMaxLineLength) {
      return Error{at_line(name, line->number, "line is longer than 64 KiB")};
    }
    const auto words = words_of(line->text);
    const Record record(words);
    Status status = success();
    if (words.front() == "isakmp") {
      status = read_isakmp(record, log.ring);
    } else if (words.front() == "kek") {
      status = read_kek(record, log.ring);
    } else if (words.front() == "tek") {
      status = read_tek(record, log.ring);
    } else {
      add_note(log.notes, at_line(name, line->number, "the record is not known and was skipped"));
    }
    if (!status) {
      return Error{at_line(name, line->number, status.error().text)};
    }
  }
  return log;
}

}  // namespace gdoi::keys
