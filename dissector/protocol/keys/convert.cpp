#include "protocol/keys/convert.h"

#include "protocol/keys/secrets_forms.h"
#include "protocol/keys/text_line.h"

#include <array>

namespace gdoi::keys {
namespace {

bool has_cookie_comment(std::string_view text) {
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (line->text.starts_with(kCookieComment)) {
      return true;
    }
  }
  return false;
}

/// Which form the first line that is no comment has.
std::optional<SecretsForm> form_of(const std::vector<std::string_view>& words) {
  const auto label = words.front();
  if ((label == "isakmp" || label == "kek" || label == "tek") && words.size() >= 2 &&
      words[1].find('=') != std::string_view::npos) {
    return SecretsForm::kGdoidRecords;
  }
  if (words.size() == 2 && (label == "side" || label == "icookie")) {
    return SecretsForm::kIec61850Dump;
  }
  if ((label.starts_with("SKEYID") && words.size() == 2) || label.starts_with("crypto_") ||
      label == "final") {
    return SecretsForm::kGdoidLog;
  }
  return std::nullopt;
}

}  // namespace

std::optional<SecretsForm> recognise_secrets(std::string_view text) {
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (is_blank_or_comment(line->text)) {
      continue;
    }
    const auto form = form_of(words_of(line->text.substr(0, kMaxLineLength)));
    // The log has our label SKEYID too: only the comment with the cookie tells.
    if (form == SecretsForm::kGdoidLog && !has_cookie_comment(text)) {
      return std::nullopt;
    }
    return form;
  }
  return std::nullopt;
}

Result<KeyLog> convert_secrets(std::string_view text, std::string_view name) {
  const auto form = recognise_secrets(text);
  if (!form) {
    return Error{std::string(name) +
                 " is in none of the forms of gdoid's or go-iec61850's secrets"};
  }
  switch (*form) {
    case SecretsForm::kGdoidLog:
      return convert_gdoid_log(text, name);
    case SecretsForm::kGdoidRecords:
      return convert_gdoid_records(text, name);
    case SecretsForm::kIec61850Dump:
      break;
  }
  return convert_iec61850_dump(text, name);
}

}  // namespace gdoi::keys
