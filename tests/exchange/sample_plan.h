#pragma once

#include "plan/plan.h"
#include "protocol/wire/compose.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A registration as it may stand in a capture, made from values.
namespace gdoi::simulation {

/// Numbers of a phase-1 transform (RFC 2409 appendix A); 0 leaves the attribute out.
struct Offer {
  std::uint64_t cipher   = 7;
  std::uint64_t key_bits = 128;
  std::uint64_t hash     = 4;
  std::uint64_t group    = 14;
  std::uint64_t auth     = 1;
  std::uint64_t life     = 86'400;
};

struct Captured {
  std::vector<Offer> offers{Offer{}};
  std::string psk = "a pre-shared key";
  std::vector<Bytes> vendor_ids{};
  std::size_t ke_octets = 256;
  bool nat_d            = true;
  bool initial_contact  = true;
  bool gap              = false;
  bool aggressive       = false;
  bool third_in_clear   = false;              ///< aggressive mode message 3
  Bytes identity{1, 0, 0, 0, 10, 40, 10, 9};  ///< body of IDii
  /// Certificates and signatures instead of a pre-shared key.
  std::shared_ptr<const engine::Credentials> credentials{};
  /// Bodies of CERT payloads that stand there instead of the credentials' own chain.
  std::optional<std::vector<Bytes>> certificates{};
  std::uint64_t doi = 2;
  std::vector<plan::Change> changes{};
};

inline constexpr keys::Cookie kCapturedInitiator{0xc1, 2, 3, 4, 5, 6, 7, 8};
inline constexpr keys::Cookie kCapturedResponder{0xd1, 2, 3, 4, 5, 6, 7, 8};
inline constexpr std::uint32_t kCapturedMessageId = 0x11223344;
inline constexpr std::size_t kNonceSize           = 20;

/// One header of a message: the rest are its payloads.
[[nodiscard]] wire::Part message_of(const keys::Cookie& initiator, const keys::Cookie& responder,
                                    std::uint8_t exchange, std::uint32_t message_id, bool encrypted,
                                    std::vector<wire::Part> payloads);

/// The SA payload of main mode message 1.
[[nodiscard]] wire::Part phase1_sa(const std::vector<Offer>& offers, std::uint64_t doi = 2);

[[nodiscard]] plan::Plan sample_plan(const Captured& captured = {});

}  // namespace gdoi::simulation
