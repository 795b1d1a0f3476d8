#pragma once

#include "engine/credentials.h"
#include "keyserver/misbehaviour.h"
#include "keyserver/prefix.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"
#include "protocol/getvpn/feature.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the reference KS grants, to whom, and how it behaves when it does not.
namespace gdoi::keyserver {

/// Bounds of a policy file.
inline constexpr std::size_t kMaxPsks       = 10'000;
inline constexpr std::size_t kMaxPskSize    = 1'024;
inline constexpr std::size_t kMaxGroups     = 1'000;
inline constexpr std::size_t kMaxMembers    = 10'000;
inline constexpr std::size_t kMaxTeks       = 64;
inline constexpr std::size_t kMaxProposals  = 64;
inline constexpr std::uint32_t kMaxHalfOpen = 100'000;

/// Ranges of lifetimes with long-sa-lifetime (GET VPN configuration guide), in seconds.
inline constexpr std::uint32_t kLeastKekLifetime = 300;
inline constexpr std::uint32_t kLeastTekLifetime = 120;
inline constexpr std::uint32_t kMostLifetime     = 2'592'000;

/// A pre-shared key and whose it is. Main mode can tell peers apart by address only (RFC 2409
/// section 5.4).
struct Psk {
  Prefix peer;
  Secret secret;
};

/// A group as the ID payload of PULL message 1 names it.
struct GroupIdentity {
  std::uint8_t type = 0;  ///< RFC 2407 section 4.6.2.1, RFC 8052 section 2.1
  Bytes data;

  /// ID_KEY_ID with 4 octets, big-endian (RFC 6407 section 5.1).
  [[nodiscard]] static GroupIdentity number(std::uint32_t group);
  /// ID_KEY_ID with these octets.
  [[nodiscard]] static GroupIdentity octets(Bytes key_id);
  /// ID_IPV4_ADDR; `address` has 4 octets.
  [[nodiscard]] static GroupIdentity address(Bytes address);
  /// ID_OID; `oid` in DER with tag and length.
  [[nodiscard]] static GroupIdentity oid(const Bytes& oid, const Bytes& payload = {});

  auto operator<=>(const GroupIdentity&) const = default;
};

/// DER of an object identifier, with tag and length; nothing where the text is none.
[[nodiscard]] std::optional<Bytes> oid_der(std::string_view dotted);

/// How rekey messages are protected and sent. Signatures are ECDSA on P-256 (RFC 6407 section
/// 5.3.6).
struct KekPolicy {
  crypto::Cipher cipher  = crypto::Cipher::kAes128Cbc;
  std::uint32_t lifetime = 604'800;     ///< seconds
  std::optional<Prefix> destination{};  ///< one address; none: the GM's own (unicast)
  std::uint16_t source_port      = 848;
  std::uint16_t destination_port = 848;
};

/// One TEK, in the numbers of the wire.
struct TekPolicy {
  std::uint8_t protocol  = 1;   ///< RFC 6407 section 5.5, RFC 8052 section 2.2
  std::uint8_t transform = 12;  ///< of ESP or AH; not used for IEC 61850
  std::uint16_t key_bits = 0;   ///< Key Length attribute; 0: none is sent
  /// ESP and AH: Authentication Algorithm attribute, 0: none. IEC 61850: registry of RFC 8052.
  std::uint16_t authentication        = 0;
  std::uint16_t confidentiality       = 0;  ///< IEC 61850: registry of RFC 8052
  std::size_t key_size                = 0;  ///< octets, salt included
  std::size_t authentication_key_size = 0;
  std::string authentication_name{};  ///< as the key log writes it
  bool counter_mode        = false;   ///< needs sender IDs (RFC 6407 section 3.5)
  std::uint32_t lifetime   = 3'600;   ///< seconds
  std::uint8_t mode        = 1;       ///< 1 tunnel, 2 transport
  std::uint8_t ip_protocol = 0;       ///< of the traffic; 0: any
  Prefix source{};
  Prefix destination{};
  std::uint16_t source_port      = 0;
  std::uint16_t destination_port = 0;
  Bytes oid{};          ///< IEC 61850: DER
  Bytes oid_payload{};  ///< IEC 61850
};

/// Group Associated Policy (RFC 6407 section 5.4), in seconds.
struct GapPolicy {
  std::optional<std::uint16_t> activation_delay;
  std::optional<std::uint16_t> deactivation_delay;
};

struct GroupPolicy {
  std::string name;  ///< for log lines
  GroupIdentity identity;
  std::vector<Prefix> members;  ///< source addresses that may register; empty: any
  std::optional<KekPolicy> kek;
  std::optional<GapPolicy> gap;
  std::uint8_t sender_id_bits = 16;  ///< 1 to 31; used where a TEK is in counter mode
  std::vector<TekPolicy> teks;

  [[nodiscard]] bool uses_long_lifetimes() const;
  [[nodiscard]] bool needs_sender_ids() const;
};

/// What a PULL meets that is not granted. The phase-1 SA is dropped, except after a NOTIFY.
enum class Refusal : std::uint8_t { kSilence, kNotify, kDelete };

/// What a message under cookies that the KS does not know meets.
enum class UnknownCookie : std::uint8_t { kSilence, kNotify };

/// What a GM meets that does not prove in phase 1 to be who it says.
enum class AuthenticationFailure : std::uint8_t { kSilence, kNotify };

struct Policy {
  std::vector<Psk> psks;
  std::vector<engine::Phase1Algorithms> proposals;
  std::vector<GroupPolicy> groups;
  /// Address in IDir and in the log; none: the address that the KS listens on.
  std::optional<Prefix> identity{};
  getvpn::Version version{0x01000012};  ///< the KS's own: 1.0.18
  bool announce_version = true;         ///< as synthetic vendor ID in main mode message 2
  std::vector<const getvpn::Feature*> features;
  /// Replaces the documented minimum of long-sa-lifetime, about which public sources disagree.
  getvpn::Version long_sa_minimum{0x01000004};
  getvpn::VersionRules version_rules{};
  Refusal refusal = Refusal::kSilence;
  /// Notify type of refusals. No RFC names one; INVALID-ID-INFORMATION is what RFC 2408 section 5.8
  /// has for an identity that is not acceptable.
  std::uint16_t refusal_notify                 = 18;
  UnknownCookie unknown_cookie                 = UnknownCookie::kSilence;
  AuthenticationFailure authentication_failure = AuthenticationFailure::kSilence;
  bool aggressive_mode                         = false;
  bool nat_traversal                           = true;  ///< RFC 3947, where the GM announces it
  bool fragmentation                           = true;  ///< of IKE, where the GM announces it
  /// What signatures need: as a policy file names it, and as `load_credentials` reads it.
  engine::CredentialFiles credential_files{};
  std::shared_ptr<const engine::Credentials> credentials{};
  std::size_t half_open_limit    = 1'000;
  engine::Time half_open_timeout = 30 * engine::kSecond;
  /// Of the KS's own messages that await an answer; one try: it waits for the GM to repeat.
  engine::Retransmission retransmission{.first = 2 * engine::kSecond, .factor = 1.8, .tries = 1};
  Misbehaviour misbehaviour{};

  /// The PSK of the longest prefix that holds the peer's address, or nullptr.
  [[nodiscard]] const Psk* psk_for(const exchange::Endpoint& peer) const;
};

/// Proposals that a policy accepts unless it says otherwise: AES-128/256, SHA-1/256, MODP-2048,
/// ECP-256.
[[nodiscard]] std::vector<engine::Phase1Algorithms> default_proposals();

/// Cipher, hash, group and how to authenticate: "aes128-sha256-modp2048-rsa-sig", with ecdsa-256,
/// ecdsa-384 or ecdsa-521, with psk or nothing for a pre-shared key. Nothing for another text.
[[nodiscard]] std::optional<engine::Phase1Algorithms> proposal_named(std::string_view text);

/// One group with the number 1 for any GM that has the PSK: KEK of 7 days, one ESP TEK of an hour
/// (AES-128-CBC, HMAC-SHA-256), long lifetimes on.
[[nodiscard]] Policy default_policy(Secret psk);

/// Reads the certificate, keys and authorities that a policy file names, if it names any. Where no
/// proposal of the policy is for signatures, the default ones are accepted with the key, too.
/// Error: a file that cannot be used, or a proposal for which the key is not.
[[nodiscard]] Status load_credentials(Policy& policy, engine::Calendar calendar);

/// Reads a policy file (example-policy.yaml shows all that there is). `name` is what errors call
/// it: NAME:LINE:COLUMN; the files that it names are found from
/// there, and read by `load_credentials`. A policy that breaks the rules of long lifetimes is an
/// error too.
[[nodiscard]] Result<Policy> parse_policy(std::string_view text, std::string_view name);

}  // namespace gdoi::keyserver
