#pragma once

#include "protocol/wire/tree.h"

namespace gdoi::wire {

/// Bounds on what one message may cost.
inline constexpr std::size_t kMaxDepth    = 16;
inline constexpr std::size_t kMaxPayloads = 1'000;
inline constexpr std::size_t kMaxNodes    = 40'000;

/// Where the datagram was seen.
struct DecodeOptions {
  bool nat_port = false;  ///< one of the UDP ports is 4500: a non-ESP marker is expected
  /// The capture has not all of the datagram: nothing is said of octets that are missing.
  bool cut = false;
};

/// Decodes a datagram (the UDP payload) into `tree`, whatever its octets are: what is wrong is a
/// diagnostic, what cannot be read is kept as octets. The datagram must outlive the tree.
void decode(const Schema& schema, ByteView datagram, const DecodeOptions& options, Tree& tree);

/// Decodes the plaintext of the encrypted message in `tree` and adds it as a buffer of its own.
/// `block_size` of the cipher bounds the padding.
void decode_plaintext(const Schema& schema, Secret plaintext, std::size_t block_size, Tree& tree);

/// Decodes one structure on its own, as for building messages from parts. `roles` are the values
/// that stood before it in its message.
void decode_layout(const Schema& schema, LayoutId layout, ByteView octets, Tree& tree,
                   const Roles& roles = {});

/// Decodes attributes of one set on their own; each becomes a group of depth 0.
void decode_attributes(const Schema& schema, LayoutId set, ByteView octets, Tree& tree,
                       const Roles& roles = {});

}  // namespace gdoi::wire
