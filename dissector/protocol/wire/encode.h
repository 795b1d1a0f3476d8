#pragma once

#include "protocol/wire/document.h"

namespace gdoi::wire {

/// The octets of a node, made from its values: numbers big-endian in their width (RFC 6407 section
/// 5), lengths as they are recorded, also where they lie.
[[nodiscard]] Bytes encode(const Document& document, NodeRef ref);

/// The datagram. The ciphertext of an encrypted message goes out as it is; encrypting
/// `encode(document, document.plaintext())` and setting it is the caller's part.
[[nodiscard]] Bytes encode(const Document& document);

}  // namespace gdoi::wire
