#pragma once

#include "protocol/exchange/packet.h"
#include "protocol/exchange/script.h"
#include "protocol/getvpn/feature.h"
#include "protocol/getvpn/version.h"
#include "protocol/keys/key_ring.h"
#include "protocol/registration/diagnosis.h"
#include "protocol/registration/signs.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::registration {

/// How a registration ended, by what the wire shows.
enum class Outcome : std::uint8_t {
  kRegistered,  ///< PULL message 4 came
  kRefused,     ///< the KS ended it
  kNoAnswer,    ///< the KS never answered anything
  kIncomplete   ///< the capture or the GM stopped before it could be told
};

/// By what the KS refused.
enum class How : std::uint8_t {
  kNone,
  kSilence,
  kNotify,
  kDelete,
  kInformational  ///< encrypted, no key: a NOTIFY or a DELETE
};

/// Names as in `inspect --json`: registered, refused, no-answer, incomplete; silence, notify,
/// delete, informational (kNone: empty).
[[nodiscard]] std::string_view name_of(Outcome outcome);
[[nodiscard]] std::string_view name_of(How how);

/// The group that a GM asks for, as on the wire.
struct Group {
  std::uint8_t id_type = 0;
  Bytes octets;
  std::string text;  ///< ID_KEY_ID of 4 octets: big-endian decimal; else as the ID type says
  std::string
      remark;  ///< "little-endian it reads 1234": where the other order gives a small number
};

/// What is known of the GM's GETVPN version.
struct GmVersion {
  enum class Source : std::uint8_t {
    kNotAnnounced,  ///< no vendor ID that is not known for something else
    kUnknown,       ///< vendor IDs that nobody recognises, or that were cut off
    kRule,
    kCandidate
  };
  Source source = Source::kNotAnnounced;
  std::optional<getvpn::Version> version;
  std::string rule;
  bool synthetic      = false;
  std::uint64_t frame = 0;  ///< that carries it

  /// "1.0.4", "1.0.4 (synthetic)", "1.0.4 (candidate)", "unknown", "not announced".
  [[nodiscard]] std::string text() const;
};

/// Phase 1 as seen.
struct Phase1 {
  std::string state;                 ///< "none", "negotiating", "keys exchanged", "complete"
  std::vector<std::string> offered;  ///< each as "3des-cbc/sha1/modp1024/psk"
  std::string chosen;                ///< the same; empty where message 2 was not seen
  std::string auth;                  ///< "psk", "rsa-sig", ...; empty where not known
};

/// Seconds; empty where not seen or encrypted.
struct Lifetimes {
  std::optional<std::uint64_t> kek;
  std::vector<std::uint64_t> teks;
};

/// What a PULL gave the GM for the rekeys to come (RFC 6407 sections 3.2, 5.3, 5.6.4).
struct RekeyStart {
  std::optional<keys::KekSpi> kek;        ///< of the SA KEK in message 2
  std::optional<std::uint32_t> sequence;  ///< SEQ in message 4
  std::vector<std::uint64_t> sender_ids;  ///< SID_VALUEs in message 4, as on the wire
};

/// Whether a GM of this version supports the feature. A candidate is not known to be a version.
[[nodiscard]] getvpn::Support support_of(const getvpn::Feature& feature, const GmVersion& version);

/// The same of each feature.
[[nodiscard]] std::map<std::string, getvpn::Support> features_of(const GmVersion& version);

/// One PULL, or a phase 1 that no PULL followed.
struct Registration {
  /// From 1, in the order in which phase 1s and further PULLs began. What began so and turned out
  /// to be no registration (a Quick mode) leaves its number out.
  std::uint32_t number = 0;
  exchange::Endpoint gm;
  exchange::Endpoint ks;
  keys::Cookie initiator_cookie{};
  std::optional<std::uint32_t> message_id;
  std::uint64_t first_frame = 0;  ///< of the PULL, or of phase 1 if no PULL followed
  std::optional<Group> group;
  GmVersion gm_version;
  Phase1 phase1;
  Outcome outcome = Outcome::kIncomplete;
  How how         = How::kNone;
  std::optional<std::uint16_t> notify_type;
  std::string step;  ///< "pull1": the message that got no acceptance, of an incomplete one the last
                     ///< seen; empty when registered
  std::string reason;                   ///< one sentence, and on what it rests
  std::vector<std::uint64_t> evidence;  ///< frames that the reason names
  std::uint32_t attempt = 1;
  Lifetimes lifetimes;
  std::vector<Use> uses;  ///< features that the policy in its PULL message 2 uses
  RekeyStart rekey;
  std::vector<std::uint64_t> frames;  ///< bounded by kMaxFrames
  std::int64_t started_ns = 0;
  std::int64_t ended_ns   = 0;
  bool decrypted          = false;  ///< every encrypted message of it was
  Signs signs;
  Diagnosis diagnosis;
};

/// How a registration stands after its last message, in words: "negotiating", "keys exchanged",
/// "phase 1 complete", "PULL 2 of 4", "registered", "refused (notify)", "no answer".
[[nodiscard]] std::string state_of(const Registration& one);

/// Frames listed for one registration; more are counted only in its reason.
inline constexpr std::size_t kMaxFrames = 256;

}  // namespace gdoi::registration
