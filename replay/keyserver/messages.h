#pragma once

#include "engine/isakmp_sa.h"
#include "protocol/exchange/packet.h"
#include "protocol/wire/compose.h"

#include <functional>
#include <vector>

/// Messages of the KS, from values.
namespace gdoi::keyserver {

/// Header of a message (RFC 2408 section 3.1).
struct Header {
  keys::Cookie initiator{};
  keys::Cookie responder{};
  std::uint8_t exchange    = 0;
  std::uint32_t message_id = 0;
  bool encrypted           = false;
};

/// A message of these payloads, its lengths and next-payload fields in place.
[[nodiscard]] Result<wire::Document> message(const Header& header, std::vector<wire::Part> parts);

/// An encrypted message that begins with a HASH payload; `hash` is given all behind that payload
/// (RFC 6407 section 3.2, RFC 2409 section 5.7).
[[nodiscard]] Result<Bytes> hashed_message(engine::IsakmpSa& sa, Header header,
                                           std::vector<wire::Part> parts,
                                           const std::function<Bytes(ByteView rest)>& hash);

/// A payload with these octets behind its generic header.
[[nodiscard]] wire::Part payload_of(std::uint32_t type, Bytes body);

/// NOTIFY about the ISAKMP SA, without data (RFC 2408 section 3.14).
[[nodiscard]] wire::Part notify(std::uint32_t doi, std::uint16_t type, const Bytes& spi = {});

/// DELETE of an ISAKMP SA (RFC 2408 section 3.15).
[[nodiscard]] wire::Part delete_isakmp(std::uint32_t doi, const engine::IsakmpSa& sa);

/// Both cookies: the SPI of an ISAKMP SA.
[[nodiscard]] Bytes cookie_pair(const keys::Cookie& initiator, const keys::Cookie& responder);

/// ID payload body of an address (RFC 2407 section 4.6.2).
[[nodiscard]] Bytes address_identity(const exchange::Endpoint& endpoint);

}  // namespace gdoi::keyserver
