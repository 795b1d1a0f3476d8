#include "protocol/keys/secrets_forms.h"
#include "protocol/keys/text_line.h"

#include <fmt/format.h>

#include <utility>

namespace gdoi::keys {
namespace {

/// What the log of one registration says, in its order. The log has the key of phase 1 first, then
/// its IV; a second key is the KEK's.
class Log {
 public:
  Log(std::string_view name, KeyLog& log) : name_(name), log_(log) {}

  Status read(std::size_t number, std::string_view line) {
    const auto words = words_of(line);
    const auto value = words.back();
    if (line.starts_with("SKEYID ")) {
      return read_digest("SKEYID", value, skeyid_);
    }
    if (line.starts_with("SKEYID_a ")) {
      return read_digest("SKEYID_a", value, skeyid_a_);
    }
    if (line.starts_with("crypto_init: key ")) {
      return read_key(number, value);
    }
    if (line.starts_with("crypto_update_iv: initialized IV ")) {
      return read_iv(value);
    }
    if (line.starts_with("final phase 1 IV ")) {
      auto block = hex_of_sizes("final phase 1 IV", value, {8, 16});
      if (!block) {
        return block.error();
      }
      key_.last_block = std::move(*block);
      return success();
    }
    // What follows from the rest: RFC 2409 section 5 and appendix B.
    const bool derived = line.starts_with("SKEYID_d ") || line.starts_with("SKEYID_e ") ||
                         line.starts_with("message ID ") || line.starts_with("phase 2 IV ");
    if (!derived) {
      add_note(log_.notes, at_line(name_, number, "the line is not known and was skipped"));
    }
    return success();
  }

  Status read_comment(std::string_view line) {
    if (!line.starts_with(kCookieComment)) {
      return success();
    }
    if (cookie_) {
      return Error{"a second initiator cookie; the secrets of one phase 1 were expected"};
    }
    const auto words  = words_of(line.substr(kCookieComment.size()));
    const auto cookie = cookie_of(words.empty() ? std::string_view{} : words.front());
    if (!cookie) {
      return cookie.error();
    }
    cookie_ = *cookie;
    return success();
  }

  Status finish() {
    if (!cookie_) {
      return Error{fmt::format("{}: no comment names the initiator cookie", name_)};
    }
    auto& phase1 = log_.ring.phase1(*cookie_);
    if (!key_.key.empty()) {
      key_.cipher = cipher_of_size(key_.key.size(), block_size_);
      if (!skeyid_.empty()) {
        key_.hash = hash_of_size(skeyid_.front().secret.size());
      }
      if (key_.cipher && !key_.last_block.empty() &&
          crypto::block_size(*key_.cipher) != key_.last_block.size()) {
        return Error{fmt::format("{}: the final phase 1 IV does not fit the key", name_)};
      }
      add_unique(phase1.keys, std::move(key_));
    }
    phase1.skeyid   = std::move(skeyid_);
    phase1.skeyid_a = std::move(skeyid_a_);
    return success();
  }

 private:
  Status read_digest(std::string_view field, std::string_view digits,
                     std::vector<SidedSecret>& list) {
    auto octets = hex_of_sizes(field, digits, {16, 20, 32, 48, 64});
    if (!octets) {
      return octets.error();
    }
    SidedSecret secret;
    secret.secret = Secret(std::move(*octets));
    if (add_unique(list, std::move(secret)) && list.size() > kMaxAlternatives) {
      return Error{fmt::format("more than {} different {}", kMaxAlternatives, field)};
    }
    return success();
  }

  Status read_key(std::size_t number, std::string_view digits) {
    auto octets = hex_of_sizes("key", digits, {8, 16, 24, 32});
    if (!octets) {
      return octets.error();
    }
    Secret key(std::move(*octets));
    if (key_.key.empty()) {
      key_.key = std::move(key);
      return success();
    }
    if (!equal_constant_time(key_.key.view(), key.view())) {
      add_note(
          log_.notes,
          at_line(name_, number, "a KEK without its SPI was left out; the PULL delivers it again"));
    }
    return success();
  }

  /// Only its size counts, and only that of the first: the phase-1 IV follows from the KE payloads.
  Status read_iv(std::string_view digits) {
    const auto octets = hex_of_sizes("IV", digits, {8, 16});
    if (!octets) {
      return octets.error();
    }
    if (block_size_ == 0) {
      block_size_ = octets->size();
    }
    return success();
  }

  std::string_view name_;
  KeyLog& log_;
  std::optional<Cookie> cookie_;
  Phase1Key key_;
  std::vector<SidedSecret> skeyid_;
  std::vector<SidedSecret> skeyid_a_;
  std::size_t block_size_ = 0;
};

}  // namespace

Result<KeyLog> convert_gdoid_log(std::string_view text, std::string_view name) {
  KeyLog result;
  Log log(name, result);
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (line->text.empty()) {
      continue;
    }
    const auto status = line->text.front() == '#' ? log.read_comment(line->text)
                                                  : log.read(line->number, line->text);
    if (!status) {
      return Error{at_line(name, line->number, status.error().text)};
    }
  }
  if (const auto status = log.finish(); !status) {
    return status.error();
  }
  return result;
}

}  // namespace gdoi::keys
