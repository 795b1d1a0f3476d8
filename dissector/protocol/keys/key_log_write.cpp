#include "protocol/base/hex.h"
#include "protocol/crypto/signature.h"
#include "protocol/keys/key_log.h"
#include "protocol/keys/tek_names.h"
#include "protocol/keys/text_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <tuple>

namespace gdoi::keys {
namespace {

std::string_view side_option(Side side) {
  switch (side) {
    case Side::kGm:
      return " side=gm";
    case Side::kKs:
      return " side=ks";
    case Side::kBoth:
      break;
  }
  return "";
}

std::string_view name_of(crypto::SignatureKind kind) {
  switch (kind) {
    case crypto::SignatureKind::kRsa:
      return "rsa";
    case crypto::SignatureKind::kDss:
      return "dss";
    case crypto::SignatureKind::kEcdsa:
      break;
  }
  return "ecdsa";
}

/// Appends " " and the digits of a secret; the buffers that held them are wiped.
void append_secret(std::string& line, std::string_view before, const Secret& secret) {
  SecretText digits;
  digits.value = to_hex(secret.view());
  SecretText old;
  old.value.swap(line);
  line.reserve(old.value.size() + before.size() + digits.value.size());
  line.append(old.value).append(before).append(digits.value);
}

std::string sided_line(std::string_view label, const Cookie& initiator, const SidedSecret& secret) {
  auto line = fmt::format("{} {}{}", label, to_hex(initiator), side_option(secret.side));
  append_secret(line, " ", secret.secret);
  return line;
}

/// The whole text, of known size from the start so that no outgrown copy is left behind.
std::string joined(std::vector<std::string>& lines) {
  std::size_t size = 0;
  for (const auto& line : lines) {
    size += line.size() + 1;
  }
  std::string text;
  text.reserve(size);
  for (auto& line : lines) {
    text.append(line).push_back('\n');
    wipe_text(line);
  }
  return text;
}

void add_phase1(std::vector<std::string>& lines, const Cookie& cookie,
                const Phase1Secrets& secrets) {
  for (const auto& key : secrets.keys) {
    lines.push_back(phase1_key_line(cookie, key));
  }
  for (const auto& secret : secrets.skeyid) {
    lines.push_back(skeyid_line(cookie, secret));
  }
  for (const auto& secret : secrets.skeyid_a) {
    lines.push_back(skeyid_a_line(cookie, secret));
  }
  for (const auto& secret : secrets.psk) {
    lines.push_back(psk_line(cookie, secret));
  }
  for (const auto& secret : secrets.dh_secret) {
    lines.push_back(dh_secret_line(cookie, secret));
  }
}

}  // namespace

std::string phase1_key_line(const Cookie& initiator, const Phase1Key& key) {
  auto line = fmt::format("PHASE1_KEY {}{}", to_hex(initiator), side_option(key.side));
  if (key.cipher) {
    line += fmt::format(" cipher={}", crypto::name_of(*key.cipher));
  }
  if (key.hash) {
    line += fmt::format(" hash={}", crypto::name_of(*key.hash));
  }
  if (!key.last_block.empty()) {
    line += fmt::format(" last_block={}", to_hex(key.last_block));
  }
  append_secret(line, " ", key.key);
  return line;
}

std::string skeyid_line(const Cookie& initiator, const SidedSecret& secret) {
  return sided_line("SKEYID", initiator, secret);
}

std::string skeyid_a_line(const Cookie& initiator, const SidedSecret& secret) {
  return sided_line("SKEYID_A", initiator, secret);
}

std::string psk_line(const Cookie& initiator, const SidedSecret& secret) {
  return sided_line("PSK", initiator, secret);
}

std::string dh_secret_line(const Cookie& initiator, const SidedSecret& secret) {
  return sided_line("DH_SECRET", initiator, secret);
}

std::string kek_line(const KekSpi& spi, const Kek& kek) {
  auto line = fmt::format("KEK {} {}", to_hex(spi), crypto::name_of(kek.cipher));
  if (const auto kind = crypto::kind_of_spki(kek.public_key)) {
    line += fmt::format(" sig={}", name_of(*kind));
  }
  if (kek.signature_hash) {
    line += fmt::format(" hash={}", crypto::name_of(*kek.signature_hash));
  }
  if (!kek.public_key.empty()) {
    line += fmt::format(" public={}", to_hex(kek.public_key));
  }
  line += fmt::format(" {}", to_hex(kek.iv));
  append_secret(line, " ", kek.key);
  return line;
}

std::string tek_line(const Tek& tek) {
  auto line = fmt::format("TEK {} {:08x} {}", protocol_name(tek.protocol), tek.spi,
                          transform_name(tek.protocol, tek.transform));
  if (!tek.destination.empty()) {
    line += fmt::format(" dst={}", tek.destination);
  }
  if (!tek.authentication.empty() && !tek.authentication_key.empty()) {
    append_secret(line, fmt::format(" auth={}:", tek.authentication), tek.authentication_key);
  }
  if (tek.key.empty()) {
    append_secret(line, " -", tek.key);
  } else {
    append_secret(line, " ", tek.key);
  }
  return line;
}

std::string write_key_log(const KeyRing& ring) {
  std::vector<std::string> lines;
  for (const auto& [cookie, secrets] : ring.phase1_entries()) {
    add_phase1(lines, cookie, secrets);
  }
  for (const auto& [spi, keks] : ring.kek_entries()) {
    for (const auto& kek : keks) {
      lines.push_back(kek_line(spi, kek));
    }
  }
  std::vector<const Tek*> teks;
  for (const auto& tek : ring.teks()) {
    teks.push_back(&tek);
  }
  std::ranges::stable_sort(teks, {},
                           [](const Tek* tek) { return std::tuple(tek->protocol, tek->spi); });
  for (const auto* const tek : teks) {
    if (!protocol_name(tek->protocol).empty()) {
      lines.push_back(tek_line(*tek));
    }
  }
  return joined(lines);
}

}  // namespace gdoi::keys
