#pragma once

#include "protocol/base/result.h"
#include "protocol/keys/key_log.h"

#include <string_view>

namespace gdoi::keys {

/// Forms of secrets that other GDOI implementations leave behind.
enum class SecretsForm : std::uint8_t {
  kGdoidLog,      ///< the secrets of gdoid's debug log in the order printed ("SKEYID_a ...")
  kGdoidRecords,  ///< `isakmp`, `kek` and `tek` records with name=hex values
  kIec61850Dump,  ///< go-iec61850's "side / icookie / enckey / skeyid..." lines
};

/// Which of the forms a text is in, if any.
[[nodiscard]] std::optional<SecretsForm> recognise_secrets(std::string_view text);

/// Turns such a text into a key ring. Errors name the line; no secret is quoted.
[[nodiscard]] Result<KeyLog> convert_secrets(std::string_view text, std::string_view name);

}  // namespace gdoi::keys
