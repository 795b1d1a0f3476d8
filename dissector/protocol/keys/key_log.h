#pragma once

#include "protocol/base/result.h"
#include "protocol/keys/key_ring.h"

#include <string>
#include <string_view>
#include <vector>

namespace gdoi::keys {

/// A key log that was read: its secrets, and a sentence for each line that was skipped because its
/// label is not known (the format may grow).
struct KeyLog {
  KeyRing ring;
  std::vector<std::string> notes;
};

/// Reads the key log format of captures/README.md. `name` is what errors call the text, as in
/// "NAME:LINE: ...". The first bad line is the error; no secret is quoted in it.
[[nodiscard]] Result<KeyLog> parse_key_log(std::string_view text, std::string_view name);

/// Reads Wireshark's `ikev1_decryption_table` (two quoted or bare hex columns: initiator cookie,
/// cipher key).
[[nodiscard]] Result<KeyLog> parse_isakmp_table(std::string_view text, std::string_view name);

/// Reads a file of either kind, told apart by its content, or of one of the forms of convert.h.
/// Error where it cannot be read, is over 64 MiB, or holds none of the forms.
[[nodiscard]] Result<KeyLog> read_key_file(const std::string& path);

/// Writes a ring in the key log format, phase 1 first, sorted by cookie and SPI.
[[nodiscard]] std::string write_key_log(const KeyRing& ring);

/// One line each, for tools that write while they run; without a newline.
[[nodiscard]] std::string phase1_key_line(const Cookie& initiator, const Phase1Key& key);
[[nodiscard]] std::string skeyid_line(const Cookie& initiator, const SidedSecret& secret);
[[nodiscard]] std::string skeyid_a_line(const Cookie& initiator, const SidedSecret& secret);
[[nodiscard]] std::string psk_line(const Cookie& initiator, const SidedSecret& secret);
[[nodiscard]] std::string dh_secret_line(const Cookie& initiator, const SidedSecret& secret);
[[nodiscard]] std::string kek_line(const KekSpi& spi, const Kek& kek);
[[nodiscard]] std::string tek_line(const Tek& tek);

}  // namespace gdoi::keys
