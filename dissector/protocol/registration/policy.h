#pragma once

#include "protocol/exchange/packet.h"
#include "protocol/keys/key_ring.h"
#include "protocol/wire/tree.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the SA of a PULL message 2 or a PUSH says, for people (RFC 6407 sections 5.3 to 5.5).
namespace gdoi::registration {

/// TEKs told of one SA; more are counted only.
inline constexpr std::size_t kMaxTeks = 64;

struct KekTerms {
  std::optional<keys::KekSpi> spi;
  std::string algorithms;  ///< "3DES, RSA 1024 with SHA1"; what is not said is left out
  std::optional<std::uint64_t> lifetime;          ///< seconds
  std::optional<exchange::Endpoint> destination;  ///< of the PUSHes
  std::string acknowledgement;  ///< KEK_ACK_REQUESTED: "KEK_SHA256"; empty: not asked for
  std::uint64_t frame = 0;
};

struct TekTerms {
  std::uint32_t spi = 0;
  std::string algorithms;  ///< "ESP AES-CBC 256, HMAC-SHA2-256"
  std::optional<std::uint64_t> lifetime;
  std::string source;  ///< "10.0.0.0/8", as on the wire; empty: none
  std::string destination;
};

struct Policy {
  std::optional<KekTerms> kek;
  std::vector<TekTerms> teks;
  std::uint64_t tek_count = 0;
  std::uint64_t tek_frame = 0;  ///< of the message that has the TEKs
};

/// Where the SA KEK says that PUSHes go.
[[nodiscard]] std::optional<exchange::Endpoint> push_destination_of(const wire::Tree& tree);

[[nodiscard]] Policy policy_of(const wire::Tree& tree, std::uint64_t frame);

}  // namespace gdoi::registration
