#pragma once

#include "engine/credentials.h"
#include "engine/isakmp_sa.h"
#include "protocol/exchange/script.h"

/// How the ends of a phase 1 prove who they are: HASH under a pre-shared key, or certificate and
/// signature (RFC 2409 section 5). Both roles use it; what follows from a proof is theirs.
namespace gdoi::engine {

/// Why a peer is not believed.
struct Mistrust {  // NOLINT(clang-analyzer-core.uninitialized.Assign): it knows no std::variant
  std::uint16_t notify = 0;  ///< what RFC 2408 section 3.14.1 has for it
  std::string text;          ///< one sentence without its period
};

/// Whom a certificate showed; empty with a pre-shared key.
struct Proven {
  std::string subject;
  crypto::SignatureForm form = crypto::SignatureForm::kNone;
};

/// The octets of our HASH or SIG payload. Signatures are RSA over the bare HASH (RFC 2409 section
/// 5.1) and ECDSA over the HASH of its own hash (RFC 4754 section 4), which a peer that does not
/// follow the RFC may expect otherwise. `side` is ours; `credentials` may be nullptr with a
/// pre-shared key.
[[nodiscard]] Result<Bytes> prove(const IsakmpSa& sa, exchange::Sender side, ByteView id_b,
                                  const Credentials* credentials);

/// Checks the peer's HASH or SIG in a decoded message over its ID payload's body. A signature needs
/// a certificate, in the message or among our authorities, that confirms the ID and leads to one of
/// them; every reading of the RFCs is accepted (SignatureForm).
[[nodiscard]] Result<Proven, Mistrust> check_proof(const IsakmpSa& sa, exchange::Sender side,
                                                   const exchange::MessageView& message,
                                                   ByteView id_b, const Credentials* credentials,
                                                   Time now);

}  // namespace gdoi::engine
