#include "protocol/keys/key_log.h"

#include "protocol/crypto/signature.h"
#include "protocol/keys/tek_names.h"
#include "protocol/keys/text_line.h"
#include "protocol/keys/text_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace gdoi::keys {
namespace {

constexpr std::size_t kMaxPskSize      = 1024;
constexpr std::size_t kMaxDhSecretSize = 1024;  ///< MODP-8192

struct Context {
  KeyLog& log;
  std::string_view name;
  std::size_t line;
};

Result<Side> side_of(Options& options) {
  const auto text = options.take("side");
  if (!text) {
    return Side::kBoth;
  }
  if (*text == "gm") {
    return Side::kGm;
  }
  if (*text == "ks") {
    return Side::kKs;
  }
  return Error{"side= is neither gm nor ks"};
}

Result<std::optional<crypto::Hash>> hash_of(Options& options) {
  const auto text = options.take("hash");
  if (!text) {
    return std::optional<crypto::Hash>{};
  }
  const auto hash = crypto::hash_named(*text);
  if (!hash) {
    return Error{"hash= names no known hash; md5, sha1, sha256, sha384 or sha512 expected"};
  }
  return hash;
}

Error unknown_cipher(std::string_view field) {
  return Error{
      fmt::format("{} names no known cipher; des-cbc, 3des-cbc, aes128-cbc, aes192-cbc or "
                  "aes256-cbc expected",
                  field)};
}

template <std::size_t N>
Result<std::array<std::uint8_t, N>> fixed(std::string_view field, std::string_view digits) {
  auto octets = hex_of_sizes(field, digits, {N});
  if (!octets) {
    return octets.error();
  }
  std::array<std::uint8_t, N> value{};
  std::ranges::copy(*octets, value.begin());
  return value;
}

Status parse_phase1_key(Context context, Words words) {
  const auto cookie = fixed<8>("cookie", words[1]);
  if (!cookie) {
    return cookie.error();
  }
  auto options = Options::parse(words.subspan(2, words.size() - 3));
  if (!options) {
    return options.error();
  }
  const auto side = side_of(*options);
  if (!side) {
    return side.error();
  }
  const auto hash = hash_of(*options);
  if (!hash) {
    return hash.error();
  }
  Phase1Key entry{.side = *side, .cipher = {}, .hash = *hash, .last_block = {}, .key = {}};
  if (const auto text = options->take("cipher")) {
    entry.cipher = crypto::cipher_named(*text);
    if (!entry.cipher) {
      return unknown_cipher("cipher=");
    }
  }
  const auto purpose =
      entry.cipher ? fmt::format("for {}", crypto::name_of(*entry.cipher)) : std::string{};
  if (const auto text = options->take("last_block")) {
    auto block = entry.cipher ? hex_of_sizes("last_block=", *text,
                                             {crypto::block_size(*entry.cipher)}, purpose)
                              : hex_of_sizes("last_block=", *text, {8, 16});
    if (!block) {
      return block.error();
    }
    entry.last_block = std::move(*block);
  }
  auto key = entry.cipher ? hex_of_sizes("cipher key", words.back(),
                                         {crypto::key_size(*entry.cipher)}, purpose)
                          : hex_of_sizes("cipher key", words.back(), {8, 16, 24, 32});
  if (!key) {
    return key.error();
  }
  entry.key = Secret(std::move(*key));
  options->note_rest(context.log.notes, context.name, context.line);
  auto& keys = context.log.ring.phase1(*cookie).keys;
  if (add_unique(keys, std::move(entry)) && keys.size() > kMaxAlternatives) {
    return Error{
        fmt::format("more than {} different PHASE1_KEY for this cookie", kMaxAlternatives)};
  }
  return success();
}

using SecretList = std::vector<SidedSecret> Phase1Secrets::*;

Status parse_sided(Context context, Words words, SecretList list, Result<Bytes> octets) {
  const auto cookie = fixed<8>("cookie", words[1]);
  if (!cookie) {
    return cookie.error();
  }
  auto options = Options::parse(words.subspan(2, words.size() - 3));
  if (!options) {
    return options.error();
  }
  const auto side = side_of(*options);
  if (!side) {
    return side.error();
  }
  if (!octets) {
    return octets.error();
  }
  options->note_rest(context.log.notes, context.name, context.line);
  auto& secrets = context.log.ring.phase1(*cookie).*list;
  SidedSecret entry{.side = *side, .secret = Secret(std::move(*octets))};
  if (add_unique(secrets, std::move(entry)) && secrets.size() > kMaxAlternatives) {
    return Error{
        fmt::format("more than {} different {} for this cookie", kMaxAlternatives, words[0])};
  }
  return success();
}

/// SKEYID and its kin are as long as the digest of the phase-1 hash (RFC 2409 section 5).
Result<Bytes> digest_sized(std::string_view field, std::string_view digits) {
  return hex_of_sizes(field, digits, {16, 20, 32, 48, 64});
}

Status parse_skeyid(Context context, Words words) {
  return parse_sided(context, words, &Phase1Secrets::skeyid, digest_sized("SKEYID", words.back()));
}

Status parse_skeyid_a(Context context, Words words) {
  return parse_sided(context, words, &Phase1Secrets::skeyid_a,
                     digest_sized("SKEYID_a", words.back()));
}

Status parse_psk(Context context, Words words) {
  return parse_sided(context, words, &Phase1Secrets::psk,
                     hex_of_range("pre-shared key", words.back(), 1, kMaxPskSize));
}

Status parse_dh_secret(Context context, Words words) {
  return parse_sided(context, words, &Phase1Secrets::dh_secret,
                     hex_of_range("Diffie-Hellman secret", words.back(), 1, kMaxDhSecretSize));
}

Status check_signature(Options& options, ByteView public_key) {
  constexpr std::array<std::string_view, 3> kKinds{"rsa", "dss", "ecdsa"};
  const auto kind = options.take("sig");
  if (kind && std::ranges::find(kKinds, *kind) == kKinds.end()) {
    return Error{"sig= is none of rsa, dss and ecdsa"};
  }
  if (public_key.empty()) {
    return success();
  }
  const auto key = crypto::PublicKey::from_spki(public_key);
  if (!key) {
    return Error{"public= is no SubjectPublicKeyInfo in DER"};
  }
  if (kind && kKinds.at(static_cast<std::size_t>(key->kind())) != *kind) {
    return Error{fmt::format("sig= is {}, but public= holds a key for {}", *kind,
                             kKinds.at(static_cast<std::size_t>(key->kind())))};
  }
  return success();
}

Status parse_kek(Context context, Words words) {
  const auto spi = fixed<16>("KEK SPI", words[1]);
  if (!spi) {
    return spi.error();
  }
  const auto cipher = crypto::cipher_named(words[2]);
  if (!cipher) {
    return unknown_cipher("the third word");
  }
  auto options = Options::parse(words.subspan(3, words.size() - 5));
  if (!options) {
    return options.error();
  }
  const auto hash = hash_of(*options);
  if (!hash) {
    return hash.error();
  }
  Kek kek{.cipher = *cipher, .signature_hash = *hash, .public_key = {}, .iv = {}, .key = {}};
  if (const auto text = options->take("public")) {
    auto octets = hex_of_range("public=", *text, 1, kMaxPublicKeySize);
    if (!octets) {
      return octets.error();
    }
    kek.public_key = std::move(*octets);
  }
  if (auto status = check_signature(*options, kek.public_key); !status) {
    return status;
  }
  const auto purpose = fmt::format("for {}", crypto::name_of(*cipher));
  auto iv = hex_of_sizes("KEK IV", words[words.size() - 2], {crypto::block_size(*cipher)}, purpose);
  if (!iv) {
    return iv.error();
  }
  kek.iv   = std::move(*iv);
  auto key = hex_of_sizes("KEK key", words.back(), {crypto::key_size(*cipher)}, purpose);
  if (!key) {
    return key.error();
  }
  kek.key = Secret(std::move(*key));
  options->note_rest(context.log.notes, context.name, context.line);
  if (context.log.ring.add_kek(*spi, std::move(kek)) &&
      context.log.ring.find_keks(*spi)->size() > kMaxAlternatives) {
    return Error{fmt::format("more than {} different KEK for this SPI", kMaxAlternatives)};
  }
  return success();
}

Result<std::string> destination_of(Options& options) {
  constexpr std::size_t kMaxAddressLength    = 45;
  constexpr std::string_view kAddressLetters = "0123456789abcdefABCDEF:.";
  const auto text                            = options.take("dst");
  if (!text) {
    return std::string{};
  }
  if (text->size() > kMaxAddressLength || text->find_first_of(":.") == std::string_view::npos ||
      text->find_first_not_of(kAddressLetters) != std::string_view::npos) {
    return Error{"dst= is no IPv4 or IPv6 address"};
  }
  return std::string(*text);
}

Status parse_authentication(Options& options, Tek& tek) {
  const auto text = options.take("auth");
  if (!text) {
    return success();
  }
  const auto colon = text->find(':');
  const auto name  = text->substr(0, colon);
  if (colon == std::string_view::npos || !looks_like_a_name(name) ||
      std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return Error{"auth= is not of the form name:key, as in auth=hmac-sha1:..."};
  }
  auto key = hex_of_range("key of auth=", text->substr(colon + 1), 1, kMaxTekKeySize);
  if (!key) {
    return key.error();
  }
  tek.authentication     = name;
  tek.authentication_key = Secret(std::move(*key));
  return success();
}

Status parse_tek(Context context, Words words) {
  Tek tek;
  const auto protocol = protocol_named(words[1]);
  if (!protocol) {
    return Error{"the second word is none of esp, ah and iec61850"};
  }
  tek.protocol   = *protocol;
  const auto spi = fixed<4>("TEK SPI", words[2]);
  if (!spi) {
    return spi.error();
  }
  tek.spi              = static_cast<std::uint32_t>(to_uint(*spi));
  const auto transform = transform_named(*protocol, words[3]);
  if (!transform) {
    return Error{
        fmt::format("the fourth word names no transform of {}; a name of "
                    "captures/README.md or a number expected",
                    words[1])};
  }
  tek.transform = *transform;
  auto options  = Options::parse(words.subspan(4, words.size() - 5));
  if (!options) {
    return options.error();
  }
  auto destination = destination_of(*options);
  if (!destination) {
    return destination.error();
  }
  tek.destination = std::move(*destination);
  if (auto status = parse_authentication(*options, tek); !status) {
    return status;
  }
  if (words.back() != "-") {
    auto key = tek_key(tek.protocol, tek.transform, "TEK key", words.back());
    if (!key) {
      return key.error();
    }
    tek.key = Secret(std::move(*key));
  }
  options->note_rest(context.log.notes, context.name, context.line);
  context.log.ring.add_tek(std::move(tek));
  return success();
}

struct Label {
  std::string_view name;
  std::size_t least_words;
  std::string_view needs;
  Status (*parse)(Context, Words);
};

constexpr std::array kLabels{
    Label{"PHASE1_KEY", 3, "a cookie and a cipher key",                      parse_phase1_key},
    Label{"SKEYID",     3, "a cookie and the SKEYID",                        parse_skeyid    },
    Label{"SKEYID_A",   3, "a cookie and the SKEYID_a",                      parse_skeyid_a  },
    Label{"PSK",        3, "a cookie and the pre-shared key",                parse_psk       },
    Label{"DH_SECRET",  3, "a cookie and the Diffie-Hellman secret",         parse_dh_secret },
    Label{"KEK",        5, "an SPI, a cipher, an IV and a key",              parse_kek       },
    Label{"TEK",        5, "a protocol, an SPI, a transform and a key or -", parse_tek       },
};

Status parse_line(Context context, std::string_view text) {
  if (text.size() > kMaxLineLength) {
    return Error{fmt::format("line has {} octets, {} are the limit", text.size(), kMaxLineLength)};
  }
  const auto words = words_of(text);
  const auto label = std::ranges::find(kLabels, words.front(), &Label::name);
  if (label == kLabels.end()) {
    add_note(context.log.notes,
             at_line(context.name, context.line,
                     looks_like_a_name(words.front())
                         ? fmt::format("label {} is not known; the line was skipped", words.front())
                         : "the first word is no label; the line was skipped"));
    return success();
  }
  if (words.size() < label->least_words) {
    return Error{fmt::format("{} needs {}; it has {} of {} fields", label->name, label->needs,
                             words.size() - 1, label->least_words - 1)};
  }
  return label->parse(context, words);
}

}  // namespace

Result<KeyLog> parse_key_log(std::string_view text, std::string_view name) {
  KeyLog log;
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (is_blank_or_comment(line->text)) {
      continue;
    }
    const auto status = parse_line({log, name, line->number}, line->text);
    if (!status) {
      return Error{at_line(name, line->number, status.error().text)};
    }
  }
  return log;
}

}  // namespace gdoi::keys
