#include "protocol/keys/secrets_forms.h"
#include "protocol/keys/text_line.h"

#include <utility>

namespace gdoi::keys {
namespace {

/// One block of the dump: a phase 1 as one side has it.
struct Block {
  Side side = Side::kBoth;
  std::optional<Cookie> cookie;
  std::optional<Secret> key;
  std::optional<Secret> skeyid;
  std::optional<Secret> skeyid_a;
};

void put(Block& block, KeyRing& ring) {
  if (!block.cookie) {
    return;
  }
  auto& phase1 = ring.phase1(*block.cookie);
  if (block.key) {
    Phase1Key entry;
    entry.side   = block.side;
    entry.cipher = cipher_of_size(block.key->size(), 0);
    entry.hash   = block.skeyid ? hash_of_size(block.skeyid->size()) : std::nullopt;
    entry.key    = std::move(*block.key);
    add_unique(phase1.keys, std::move(entry));
  }
  if (block.skeyid) {
    add_unique(phase1.skeyid, {.side = block.side, .secret = std::move(*block.skeyid)});
  }
  if (block.skeyid_a) {
    add_unique(phase1.skeyid_a, {.side = block.side, .secret = std::move(*block.skeyid_a)});
  }
}

Status set_side(Block& block, std::string_view value) {
  if (value == "KS") {
    block.side = Side::kKs;
  } else if (value == "GM") {
    block.side = Side::kGm;
  } else {
    return Error{"side is neither KS nor GM"};
  }
  return success();
}

Status set_secret(std::optional<Secret>& secret, Result<Bytes> octets) {
  if (!octets) {
    return octets.error();
  }
  secret = Secret(std::move(*octets));
  return success();
}

enum class Read : std::uint8_t { kTaken, kUnknown };

Result<Read> read(Block& block, std::string_view field, std::string_view value) {
  Status status = success();
  if (field == "side") {
    status = set_side(block, value);
  } else if (field == "icookie") {
    const auto cookie = cookie_of(value);
    if (!cookie) {
      return cookie.error();
    }
    block.cookie = *cookie;
  } else if (field == "enckey") {
    status = set_secret(block.key, hex_of_sizes("enckey", value, {8, 16, 24, 32}));
  } else if (field == "skeyid") {
    status = set_secret(block.skeyid, hex_of_sizes("skeyid", value, {16, 20, 32, 48, 64}));
  } else if (field == "skeyid_a") {
    status = set_secret(block.skeyid_a, hex_of_sizes("skeyid_a", value, {16, 20, 32, 48, 64}));
  } else if (field != "rcookie" && field != "skeyid_d" && field != "skeyid_e") {
    return Read::kUnknown;
  }
  if (!status) {
    return status.error();
  }
  return Read::kTaken;
}

}  // namespace

Result<KeyLog> convert_iec61850_dump(std::string_view text, std::string_view name) {
  KeyLog log;
  Block block;
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (is_blank_or_comment(line->text)) {
      continue;
    }
    const auto words = words_of(line->text.substr(0, kMaxLineLength));
    if (words.size() != 2) {
      return Error{at_line(name, line->number, "a name and its value were expected")};
    }
    if (words[0] == "side" || (words[0] == "icookie" && block.cookie)) {
      put(block, log.ring);
      block = {};
    }
    const auto taken = read(block, words[0], words[1]);
    if (!taken) {
      return Error{at_line(name, line->number, taken.error().text)};
    }
    if (*taken == Read::kUnknown) {
      add_note(log.notes, at_line(name, line->number, "the line is not known and was skipped"));
    }
  }
  put(block, log.ring);
  if (log.ring.empty()) {
    return Error{std::string(name) + ": no icookie line"};
  }
  return log;
}

}  // namespace gdoi::keys
