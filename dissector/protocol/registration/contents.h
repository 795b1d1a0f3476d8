#pragma once

#include "protocol/keys/key_ring.h"
#include "protocol/registration/registration.h"
#include "protocol/wire/tree.h"

#include <optional>
#include <vector>

/// What registrations take out of single messages. Nothing here fails: what a message does not hold
/// is left out.
namespace gdoi::registration {

/// The header of an ISAKMP message (RFC 2408 section 3.1).
struct Header {
  keys::Cookie initiator{};
  keys::Cookie responder{};
  std::uint32_t message_id = 0;
};

/// Nothing where the datagram has no whole ISAKMP header.
[[nodiscard]] std::optional<Header> header_of(const wire::Tree& tree);

/// The group in the ID payload of PULL message 1 (RFC 6407 section 5.1, RFC 8052 section 2.1).
[[nodiscard]] std::optional<Group> group_of(const wire::Tree& tree);

/// Of the SA in PULL message 2: KEK_KEY_LIFETIME (RFC 6407 section 5.3.4), the SA Life Duration in
/// seconds of each SA TEK (RFC 2407 section 4.5), Remaining Lifetime (RFC 8052 section 2.2).
[[nodiscard]] Lifetimes lifetimes_of(const wire::Tree& tree);

/// The same of one SA TEK.
[[nodiscard]] std::vector<std::uint64_t> tek_lifetimes_of(const wire::Tree& tree, wire::NodeId sat);

/// How many key packets of each kind a KD has (RFC 6407 section 5.6).
struct KeyDownload {
  std::uint32_t teks  = 0;
  std::uint32_t keks  = 0;
  std::uint32_t lkhs  = 0;
  std::uint32_t sids  = 0;
  std::uint32_t other = 0;
};

/// Nothing where the message has no KD that was read.
[[nodiscard]] std::optional<KeyDownload> key_download_of(const wire::Tree& tree);

/// The SPI of the KEK in an SA (RFC 6407 section 5.3).
[[nodiscard]] std::optional<keys::KekSpi> kek_spi_of(const wire::Tree& tree);

/// The cookies of a PUSH or PUSH-ACK: the SPI of its KEK.
[[nodiscard]] std::optional<keys::KekSpi> rekey_spi_of(const wire::Tree& tree);

/// The number in a SEQ payload (RFC 6407 section 5.7).
[[nodiscard]] std::optional<std::uint32_t> sequence_of(const wire::Tree& tree);

/// The SID_VALUEs of a KD (RFC 6407 section 5.6.4.2), at most kMaxSenderIds.
[[nodiscard]] std::vector<std::uint64_t> sender_ids_of(const wire::Tree& tree);

inline constexpr std::size_t kMaxSenderIds = 64;

/// A NOTIFY or DELETE that ends something.
struct Notice {
  How how            = How::kNone;  ///< kNotify or kDelete
  std::uint16_t type = 0;
  /// Initiator cookie in a 16-octet ISAKMP SPI; nothing where it names no phase 1.
  std::optional<keys::Cookie> names{};
};

/// The error NOTIFYs and the DELETEs of a message, in order (RFC 2408 sections 3.14, 3.15).
[[nodiscard]] std::vector<Notice> notices_of(const wire::Tree& tree);

/// Whether a main mode message 1 says of itself that no registration follows it: the question of
/// `gdoi-replay run` whether a KS is alive.
[[nodiscard]] bool is_probe(const wire::Tree& tree);

/// Reads the vendor IDs of a GM's message and keeps the better of what was known and what is read.
void read_version(const wire::Tree& tree, const keys::Cookie& sender, std::uint64_t frame,
                  const getvpn::VersionRules& rules, GmVersion& version);

}  // namespace gdoi::registration
