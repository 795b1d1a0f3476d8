#pragma once

#include "protocol/base/bytes.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace gdoi::crypto {

/// A primitive value in a DER structure (X.690), at its place.
struct DerLeaf {
  std::uint32_t tag  = 0;
  bool universal     = false;  ///< a type of ASN.1's own, else one that its context tells
  std::size_t offset = 0;      ///< of the contents
  std::size_t size   = 0;
};

/// Universal tags (X.680 section 8.4).
inline constexpr std::uint32_t kDerObjectIdentifier = 6;

/// Whether a universal tag is one of the character strings.
[[nodiscard]] bool is_der_string(std::uint32_t tag);

/// The primitive values of DER in their order; nothing where the octets are no DER, end in the
/// middle, or nest deeper than any name does.
[[nodiscard]] std::optional<std::vector<DerLeaf>> der_leaves(ByteView der);

}  // namespace gdoi::crypto
