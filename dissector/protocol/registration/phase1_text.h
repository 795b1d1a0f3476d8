#pragma once

#include "protocol/registration/registration.h"
#include "protocol/wire/tree.h"

namespace gdoi::registration {

/// One phase-1 transform (RFC 2409 appendix A) as text.
struct TransformText {
  std::string text;  ///< "aes256-cbc/sha256/ecp256/psk"; "-" for an attribute that it has not
  std::string auth;  ///< its last part
};

/// The transforms of the SA payload in a clear phase-1 message, in order; at most
/// kMaxOfferedTransforms of them.
[[nodiscard]] std::vector<TransformText> transforms_of(const wire::Tree& tree);

inline constexpr std::size_t kMaxOfferedTransforms = 64;

}  // namespace gdoi::registration
