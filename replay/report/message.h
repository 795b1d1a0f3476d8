#pragma once

#include "protocol/exchange/follower.h"
#include "protocol/wire/diagnostic.h"
#include "report/text.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::report {

/// One line of what is wrong with a message, without the message.
struct Finding {
  wire::Code code;
  std::string_view filter;       ///< of the row behind "gdoi."; empty where it has none
  std::string_view label;        ///< of the row
  bool decrypted       = false;  ///< the offset counts in the plaintext
  std::uint32_t offset = 0;
  std::uint64_t needed = 0;
  std::uint64_t had    = 0;
};

/// A message as it is shown; holds no octets of it.
struct MessageReport {
  std::int64_t time_ns = 0;
  exchange::Endpoint source;
  exchange::Endpoint destination;
  exchange::FrameRecord record;
  std::uint32_t registration = 0;  ///< number of the registration that it belongs to; 0: none
  std::string title;               ///< "GROUPKEY-PULL 1/4"
  std::string payloads;            ///< "HASH(1), NONCE, ID"
  std::string key_remark;
  std::uint32_t captured_octets = 0;  ///< of the UDP payload
  std::uint32_t octets          = 0;  ///< of the UDP payload; more where the capture was cut
  std::vector<Finding> findings;
  bool late = false;  ///< could be read only after a later frame
  std::string tree;   ///< the whole tree as text, where it was asked for
};

/// Describes a message. Reports what tables::check() finds on the tree, so call it once for each
/// decoding. `whole` adds the tree as text, without keys that a KD delivers.
[[nodiscard]] MessageReport describe(const exchange::Packet& packet,
                                     const exchange::FrameRecord& record, wire::Tree& tree,
                                     const exchange::Follower& follower, bool whole);

/// Words of `inspect --json`: "clear", "decrypted", "no-key", ...; "absent", "good", ...; "gm", ...
[[nodiscard]] std::string_view name_of(exchange::Crypt crypt);
[[nodiscard]] std::string_view name_of(exchange::Verdict verdict);
[[nodiscard]] std::string_view name_of(exchange::Sender sender);
[[nodiscard]] std::string_view name_of(wire::Severity severity);

/// The line of a message, a line for each finding, the tree.
[[nodiscard]] std::string message_text(const Style& style, const MessageReport& message);

}  // namespace gdoi::report
