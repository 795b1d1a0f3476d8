#pragma once

#include "engine/isakmp_sa.h"
#include "keyserver/policy.h"

#include <array>
#include <optional>
#include <vector>

namespace gdoi::keyserver {

/// Both cookies, which name a phase 1.
using SessionKey = std::array<std::uint8_t, 16>;

/// The KS chose the second half at random: a fair hash, whatever a peer sends.
struct SessionKeyHash {
  [[nodiscard]] std::size_t operator()(const SessionKey& key) const {
    return static_cast<std::size_t>(to_uint(ByteView(key).subspan(8)));
  }
};

/// Where a phase 1 stands, by the message that the KS waits for.
enum class Stage : std::uint8_t {
  kAwaitsKe,     ///< main mode message 3
  kAwaitsId,     ///< main mode message 5
  kAwaitsProof,  ///< aggressive mode message 3
  kComplete,     ///< PULLs and Informationals
  kDeleted       ///< nothing: only repeats are answered, from memory
};

/// A request and the answer that it got. A request that comes again gets the same octets: nothing
/// is computed twice.
struct Answer {
  Bytes request_digest;
  Bytes datagram;
  bool withheld = false;  ///< silence: nothing was sent, and nothing will be
};

/// A GROUPKEY-PULL under a phase 1.
struct Pull {
  std::uint32_t message_id = 0;
  std::size_t group        = 0;
  bool awaits_3            = false;  ///< message 2 is sent
  Bytes ni_b;
  Bytes nr_b;
  Answer last;
  Bytes first_request{};  ///< digest of PULL message 1
};

/// Own messages that await an answer.
struct Repeat {
  Bytes datagram;
  unsigned sent     = 0;
  engine::Time next = 0;
};

/// A phase 1 with one peer.
struct Session {
  SessionKey key{};
  engine::IsakmpSa sa;
  Stage stage = Stage::kAwaitsKe;
  exchange::Endpoint origin;  ///< where its message 1 came from
  exchange::Endpoint peer;    ///< where it is now: a NAT, or RFC 3947, may change the port
  exchange::Endpoint local;
  bool marked           = false;  ///< behind a non-ESP marker (RFC 3948 section 2.2)
  std::uint32_t doi     = 2;
  engine::Time began    = 0;
  engine::Time lifetime = 0;  ///< of the complete phase 1
  engine::Time expires  = 0;
  std::optional<engine::Time> alarm{};  ///< as it stands in the KS's table
  std::optional<getvpn::Version> version{};
  Bytes identity{};       ///< body of IDii
  Bytes first_request{};  ///< digest of phase-1 message 1
  Answer last{};
  Answer declined{};     ///< to a message of phase 1 that was not believed
  Answer last_report{};  ///< to an R-U-THERE
  std::vector<Pull> pulls{};
  std::optional<Repeat> repeat{};
  bool secrets_logged = false;
  bool nat_traversal  = false;  ///< both announced it
  bool fragmentation  = false;  ///< both announced it
};

}  // namespace gdoi::keyserver
