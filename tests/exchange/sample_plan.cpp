#include "exchange/sample_plan.h"

#include "exchange/network.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"

#include <stdexcept>

namespace gdoi::simulation {
namespace {

namespace payload = exchange::payload;
using tables::row;
using wire::Part;

plan::Template made(const Part& part, std::uint64_t frame) {
  auto document = wire::compose(tables::schema(), part);
  if (!document) {
    throw std::logic_error(document.error().text);
  }
  return {std::move(*document), frame};
}

Part transform(const Offer& offer, std::uint64_t number) {
  Part part{
      0, {{row("trans.number"), number}, {row("trans.id"), 1U}},
       {},
       {}
  };
  const auto add = [&](std::uint32_t type, std::uint64_t value) {
    if (value != 0) {
      part.parts.push_back(wire::attribute(type, value));
    }
  };
  add(1, offer.cipher);
  add(2, offer.hash);
  add(3, offer.auth);
  add(4, offer.group);
  add(14, offer.key_bits);
  add(11, offer.life == 0 ? 0 : 1);
  add(12, offer.life);
  return part;
}

Part octets_payload(std::uint32_t type, wire::RowId field, Bytes octets) {
  return {type, {{field, std::move(octets)}}, {}, {}};
}

Part initial_contact() {
  Bytes cookies = to_bytes(kCapturedInitiator);
  append(cookies, kCapturedResponder);
  return {
      payload::kNotify,
      {{row("notify.doi"), 1U},
                 {row("notify.protoid"), 1U},
                 {row("notify.msgtype"), 24578U},
                 {row("spi"), std::move(cookies)}},
      {},
      {}
  };
}

}  // namespace

Part message_of(const keys::Cookie& initiator, const keys::Cookie& responder, std::uint8_t exchange,
                std::uint32_t message_id, bool encrypted, std::vector<Part> payloads) {
  return {
      0,
      {{row("ispi"), to_bytes(initiator)},
        {row("rspi"), to_bytes(responder)},
        {row("version"), 0x10U},
        {row("exchangetype"), exchange},
        {row("flags"), encrypted ? 1U : 0U},
        {row("messageid"), message_id}},
      std::move(payloads),
      {}
  };
}

Part phase1_sa(const std::vector<Offer>& offers, std::uint64_t doi) {
  Part proposal{
      0, {{row("prop.number"), 1U}, {row("prop.protoid"), 1U}},
       {},
       {}
  };
  for (std::size_t i = 0; i < offers.size(); ++i) {
    proposal.parts.push_back(transform(offers[i], i + 1));
  }
  return {
      payload::kSa,
      {{row("sa.doi"), doi}, {row("sa.situation"), doi == 1 ? 1U : 0U}},
      {std::move(proposal)},
      {}
  };
}

namespace {

std::vector<Part> key_exchange(const Captured& captured) {
  return {octets_payload(payload::kKe, row("key_exchange.data"), Bytes(captured.ke_octets, 0x5a)),
          octets_payload(payload::kNonce, row("nonce"), Bytes(kNonceSize, 0x11))};
}

Part raw(std::uint32_t type, Bytes body) {
  return {type, {}, {}, std::move(body)};
}

// HASH, or certificates and a signature.
std::vector<Part> proof(const Captured& captured) {
  if (!captured.credentials) {
    return {octets_payload(payload::kHash, row("hash"), Bytes(20))};
  }
  std::vector<Part> parts;
  if (captured.certificates) {
    for (const auto& body : *captured.certificates) {
      parts.push_back(raw(payload::kCert, body));
    }
  } else {
    for (const auto& one : captured.credentials->chain) {
      Bytes body{4};
      append(body, one.der());
      parts.push_back(raw(payload::kCert, std::move(body)));
    }
  }
  parts.push_back(octets_payload(payload::kSig, row("sig"), Bytes(20)));
  return parts;
}

void add(std::vector<Part>& to, std::vector<Part> parts) {
  for (auto& part : parts) {
    to.push_back(std::move(part));
  }
}

std::vector<plan::Template> phase1_of(const Captured& captured) {
  const std::uint8_t exchange = captured.aggressive ? 4 : 2;
  std::vector<plan::Template> messages;
  std::vector<Part> first{phase1_sa(captured.offers, captured.doi)};
  if (captured.aggressive) {
    add(first, key_exchange(captured));
    first.push_back(raw(payload::kId, captured.identity));
  }
  for (const auto& vendor_id : captured.vendor_ids) {
    first.push_back(octets_payload(payload::kVid, row("vid_bytes"), vendor_id));
  }
  messages.push_back(
      made(message_of(kCapturedInitiator, {}, exchange, 0, false, std::move(first)), 1));
  auto last = proof(captured);
  if (captured.aggressive) {
    messages.push_back(made(message_of(kCapturedInitiator, kCapturedResponder, exchange, 0,
                                       !captured.third_in_clear, std::move(last)),
                            3));
    return messages;
  }
  auto third = key_exchange(captured);
  if (captured.nat_d) {
    third.push_back(octets_payload(payload::kNatD, row("ike.nat_hash"), Bytes(20, 0xaa)));
    third.push_back(octets_payload(payload::kNatD, row("ike.nat_hash"), Bytes(20, 0xbb)));
  }
  messages.push_back(made(
      message_of(kCapturedInitiator, kCapturedResponder, exchange, 0, false, std::move(third)), 3));
  last.insert(last.begin(), raw(payload::kId, captured.identity));
  if (captured.initial_contact) {
    last.push_back(initial_contact());
  }
  messages.push_back(made(
      message_of(kCapturedInitiator, kCapturedResponder, exchange, 0, true, std::move(last)), 5));
  return messages;
}

}  // namespace

plan::Plan sample_plan(const Captured& captured) {
  auto pull1 = made(
      message_of(kCapturedInitiator, kCapturedResponder, 32, kCapturedMessageId, true,
                 {
                     octets_payload(payload::kHash, row("hash"), Bytes(20)),
                     octets_payload(payload::kNonce, row("nonce"), Bytes(kNonceSize, 0x22)),
                     {payload::kId,
                                                                               {{row("id.type"), 11U}, {row("id.data.key_id"), Bytes{0, 0, 4, 0xd2}}}}
  }),
      7);
  std::vector<Part> ninth{octets_payload(payload::kHash, row("hash"), Bytes(20))};
  if (captured.gap) {
    ninth.push_back({payload::kGap, {}, {wire::attribute(3, 2)}, {}});
  }
  auto pull3 = made(message_of(kCapturedInitiator, kCapturedResponder, 32, kCapturedMessageId, true,
                               std::move(ninth)),
                    9);

  plan::Captured bound;
  bound.initiator  = kCapturedInitiator;
  bound.responder  = kCapturedResponder;
  bound.message_id = kCapturedMessageId;
  bound.gm         = endpoint({10, 1, 1, 1});
  bound.ks         = endpoint({10, 1, 1, 2});
  return {1,
          bound,
          captured.aggressive ? exchange::Exchange::kAggressive : exchange::Exchange::kMain,
          phase1_of(captured),
          std::move(pull1),
          std::move(pull3),
          static_cast<std::uint16_t>(captured.offers.front().auth),
          captured.credentials ? Secret() : Secret(bytes_of(captured.psk)),
          captured.credentials,
          {},
          captured.changes};
}

}  // namespace gdoi::simulation
