#include "keyserver/messages.h"

#include "keyserver/prefix.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

namespace gdoi::keyserver {
namespace {

using tables::row;
namespace payload = exchange::payload;

constexpr std::uint8_t kVersion1       = 0x10;
constexpr std::uint8_t kIsakmpProtocol = 1;  // RFC 2407 section 4.4.1
constexpr std::size_t kGenericHeader   = 4;  // RFC 2408 section 3.2
constexpr std::uint8_t kIdIpv4         = 1;  // RFC 2407 section 4.6.2.1
constexpr std::uint8_t kIdIpv6         = 5;

}  // namespace

Result<wire::Document> message(const Header& header, std::vector<wire::Part> parts) {
  wire::Part top;
  top.values = {
      {row("ispi"), Bytes(header.initiator.begin(), header.initiator.end())},
      {row("rspi"), Bytes(header.responder.begin(), header.responder.end())},
      {row("version"), std::uint64_t{kVersion1}},
      {row("exchangetype"), std::uint64_t{header.exchange}},
      {row("flags"), std::uint64_t{header.encrypted ? 1U : 0U}},
      {row("messageid"), std::uint64_t{header.message_id}}
  };
  top.parts = std::move(parts);
  return wire::compose(tables::schema(), top);
}

Result<Bytes> hashed_message(engine::IsakmpSa& sa, Header header, std::vector<wire::Part> parts,
                             const std::function<Bytes(ByteView rest)>& hash) {
  const auto digest = crypto::digest_size(sa.algorithms.hash);
  header.initiator  = sa.initiator;
  header.responder  = sa.responder;
  header.encrypted  = true;
  parts.insert(parts.begin(), payload_of(payload::kHash, Bytes(digest)));
  auto document = message(header, std::move(parts));
  if (!document) {
    return document.error();
  }
  const Secret plaintext(wire::encode(*document, document->plaintext()));
  const auto leaf = document->find(row("hash"));
  if (!leaf) {
    return Error{"the message has no place for a HASH"};
  }
  const auto value = hash(plaintext.view().subspan(kGenericHeader + digest));
  if (const auto status = wire::Editor(*document).set_octets(*leaf, value); !status) {
    return status.error();
  }
  return sa.seal(*document);
}

wire::Part payload_of(std::uint32_t type, Bytes body) {
  wire::Part part;
  part.type = type;
  part.body = std::move(body);
  return part;
}

wire::Part notify(std::uint32_t doi, std::uint16_t type, const Bytes& spi) {
  wire::Part part{
      payload::kNotify,
      {{row("notify.doi"), std::uint64_t{doi}},
                 {row("notify.protoid"), std::uint64_t{kIsakmpProtocol}},
                 {row("notify.msgtype"), std::uint64_t{type}}}
  };
  if (!spi.empty()) {
    part.values.push_back({row("spi"), spi});
  }
  return part;
}

wire::Part delete_isakmp(std::uint32_t doi, const engine::IsakmpSa& sa) {
  const auto spi = cookie_pair(sa.initiator, sa.responder);
  return {
      payload::kDelete,
      {{row("delete.doi"), std::uint64_t{doi}},
                 {row("delete.protoid"), std::uint64_t{kIsakmpProtocol}},
                 {row("spisize"), std::uint64_t{spi.size()}}},
      {wire::Part{0, {{wire::kNoRow, spi}}}}
  };
}

Bytes cookie_pair(const keys::Cookie& initiator, const keys::Cookie& responder) {
  Bytes pair(initiator.begin(), initiator.end());
  append(pair, responder);
  return pair;
}

Bytes address_identity(const exchange::Endpoint& endpoint) {
  Bytes body{endpoint.family == 6 ? kIdIpv6 : kIdIpv4, 0, 0, 0};
  append(body, address_octets(endpoint));
  return body;
}

}  // namespace gdoi::keyserver
