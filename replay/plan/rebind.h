#pragma once

#include "plan/plan.h"

#include <span>

/// Puts live values where captured ones are bound to their session. All else of a captured message
/// stays as it is, octet for octet.
namespace gdoi::plan {

/// What a message to be sent is bound to.
struct Live {
  keys::Cookie initiator{};
  keys::Cookie responder{};                 ///< zero in the first message
  std::optional<std::uint32_t> message_id;  ///< set in a PULL; nothing: as captured (0 in phase 1)
  std::optional<Bytes> public_value;        ///< of KE; it may have another length than the captured
  std::optional<Bytes> nonce;
  exchange::Endpoint gm;  ///< for NAT-D, with `hash`
  exchange::Endpoint ks;
  std::optional<crypto::Hash> hash;  ///< of phase 1; nothing: NAT-D is left as it is
};

/// A value that was rebound, for the captured -> live map: no secrets.
struct Rebound {
  std::string name;
  std::string captured;
  std::string live;
};

/// A copy of a captured message with live values: header cookies and M-ID, KE, nonce, NAT-D,
/// cookies in SPIs (NOTIFY, DELETE, a proposal), and vendor IDs that are masked with the
/// initiator's cookie. `rebound` gets an entry for each SPI and vendor ID that was changed. HASH
/// payloads are left: they depend on the rest. Lengths follow.
[[nodiscard]] Result<wire::Document> rebind(const Template& message, const Captured& captured,
                                            const Live& live, std::vector<Rebound>& rebound);

/// Removes every NOTIFY INITIAL-CONTACT (RFC 2407 section 4.6.3.3); how many there were.
[[nodiscard]] Result<std::size_t> drop_initial_contact(wire::Document& document);

/// Puts an ID payload with another body where the first one stands: its type steers the layout.
[[nodiscard]] Status replace_id(wire::Document& document, const Bytes& body);

/// Adds a payload behind the last one of the chain in which the payload `beside` stands.
[[nodiscard]] Status append_payload(wire::Document& document, wire::RowId beside, std::uint8_t type,
                                    ByteView body);

/// Adds a vendor ID as last payload of a message that has an SA payload.
[[nodiscard]] Status append_vendor_id(wire::Document& document, ByteView vendor_id);

/// Octets of the nonce of a captured message; 0 where it has none.
[[nodiscard]] std::size_t nonce_size(const Template& message);

/// Body (`_b`, without the generic header) of the first payload of a kind, or nothing.
[[nodiscard]] std::optional<Bytes> body_of(const wire::Document& document, wire::RowId payload);

/// Everything behind the HASH payload up to the padding, as HASH(n) covers it (RFC 6407 section
/// 3.2); nothing where there is no HASH payload.
[[nodiscard]] std::optional<Bytes> behind_hash(const wire::Document& document);

/// Sets the data of the HASH payload. Error where there is none.
[[nodiscard]] Status set_hash(wire::Document& document, ByteView hash);

/// Sets the data of the proof that a phase-1 message has, HASH or SIG. Error where it has none of
/// the kind.
[[nodiscard]] Status set_proof(wire::Document& document, bool signature, ByteView octets);

/// HASH of a NAT-D payload: hash(CKY-I | CKY-R | IP | port) (RFC 3947 section 3.2).
[[nodiscard]] Bytes nat_hash(crypto::Hash hash, const keys::Cookie& initiator,
                             const keys::Cookie& responder, const exchange::Endpoint& endpoint);

}  // namespace gdoi::plan
