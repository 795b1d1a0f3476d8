#pragma once

#include "protocol/base/result.h"
#include "protocol/exchange/follower.h"
#include "protocol/getvpn/version.h"
#include "report/text.h"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace gdoi::report {

/// Collects the vendor IDs (RFC 2408 section 3.16) of the messages in clear. Nobody has published
/// which of them carries the GETVPN version: what repeats, what differs and what reads like a
/// version is shown so that a rule can be written.
class VendorIds {
 public:
  /// A vendor ID as it came in one message of the exchange, from one side.
  struct Entry {
    exchange::Sender sender = exchange::Sender::kUnknown;
    std::string message;  ///< "mm1", "am2"
    Bytes vendor_id;
    std::uint64_t count       = 0;  ///< messages with it, retransmissions left out
    std::uint64_t first_frame = 0;
    getvpn::VendorIdReading reading;  ///< of the first one; the cookie differs in the others
  };

  /// Octets that stay the same in all vendor IDs of one size that one side sends in one message and
  /// that nobody can name (or that are known to be masked), where there are several.
  struct Pattern {
    exchange::Sender sender = exchange::Sender::kUnknown;
    std::string message;
    std::size_t size   = 0;
    std::size_t values = 0;  ///< different ones
    std::string raw;         ///< hex digits, ".." for an octet that differs
    std::string unmasked;    ///< the same of the first 8 octets XORed with the sender's cookie
  };

  /// Takes the vendor IDs of a message, if it has any.
  void add(const exchange::FrameRecord& record, const wire::Tree& tree,
           const getvpn::VersionRules& rules);

  /// By sender, message, frequency.
  [[nodiscard]] std::vector<Entry> entries() const;
  [[nodiscard]] std::vector<Pattern> patterns() const;

  [[nodiscard]] bool empty() const { return entries_.empty(); }

  /// Different vendor IDs beyond kMaxEntries, which are not kept.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

  static constexpr std::size_t kMaxEntries = 10'000;

 private:
  using Key = std::tuple<exchange::Sender, std::string, Bytes>;
  std::map<Key, Entry> entries_;
  std::uint64_t left_out_ = 0;
};

/// A rules file (getvpn::parse_version_rules) for the vendor ID of that number in the table, from
/// 1: its prefix is what stays constant before the version. Error where there is no such vendor ID,
/// or nothing in it reads like a version.
[[nodiscard]] Result<std::string> rule_text(const VendorIds& ids, std::size_t number);

/// The table of `inspect --vendor-ids`.
[[nodiscard]] std::string vendor_ids_text(const Style& style, const VendorIds& ids);

}  // namespace gdoi::report
