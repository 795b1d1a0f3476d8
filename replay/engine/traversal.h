#pragma once

#include "protocol/base/bytes.h"
#include "protocol/crypto/algorithms.h"
#include "protocol/exchange/message.h"
#include "protocol/exchange/packet.h"
#include "protocol/keys/key_ring.h"
#include "protocol/wire/document.h"

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

/// What both roles do about NATs (RFC 3947) and about messages that are too long for the path (IKE
/// fragmentation, exchange/fragments.h).
namespace gdoi::engine {

/// MD5("RFC 3947"), RFC 3947 section 3.1.
[[nodiscard]] ByteView nat_traversal_vendor_id();

/// MD5("FRAGMENTATION") ([MS-IKEE] section 2.2.3.1), the part of it that all have in common.
[[nodiscard]] ByteView fragmentation_vendor_id();

/// Whether a message has a vendor ID that begins so.
[[nodiscard]] bool announces(const exchange::MessageView& message, ByteView vendor_id);
[[nodiscard]] bool announces(const wire::Document& message, ByteView vendor_id);

/// Which ends of a phase 1 there are, as one of them sees it.
struct Ends {
  crypto::Hash hash = crypto::Hash::kSha1;  ///< that was negotiated
  keys::Cookie initiator{};
  keys::Cookie responder{};
  exchange::Endpoint local;
  exchange::Endpoint remote;
};

/// Bodies of the two NAT-D payloads of a message to `remote` (RFC 3947 section 3.2).
[[nodiscard]] std::array<Bytes, 2> nat_detection(const Ends& ends);

/// Who is behind a NAT.
struct NatSeen {
  bool local  = false;
  bool remote = false;

  [[nodiscard]] bool any() const { return local || remote; }
};

/// What the NAT-D payloads of a message that came say; nothing where it has none.
[[nodiscard]] std::optional<NatSeen> nat_between(const Ends& ends,
                                                 const exchange::MessageView& message);

/// Messages longer than this go in fragments to a peer that announced to take them: each fits an IP
/// packet of 1,280 octets (IPv6's least MTU, RFC 8200 section 5), header, marker and all.
inline constexpr std::size_t kLongestWhole = 1'280 - 40 - 8 - 4;

/// The message, or its fragments.
[[nodiscard]] std::vector<Bytes> in_pieces(ByteView message);

}  // namespace gdoi::engine
