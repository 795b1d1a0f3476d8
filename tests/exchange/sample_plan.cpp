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

plan::Plan sample_plan(const Captured& captured) {
  std::vector<Part> first{phase1_sa(captured.offers, captured.doi)};
  for (const auto& vendor_id : captured.vendor_ids) {
    first.push_back(octets_payload(payload::kVid, row("vid_bytes"), vendor_id));
  }
  auto mm1 = made(message_of(kCapturedInitiator, {}, 2, 0, false, std::move(first)), 1);

  std::vector<Part> third{
      octets_payload(payload::kKe, row("key_exchange.data"), Bytes(captured.ke_octets, 0x5a)),
      octets_payload(payload::kNonce, row("nonce"), Bytes(kNonceSize, 0x11))};
  if (captured.nat_d) {
    third.push_back(octets_payload(payload::kNatD, row("ike.nat_hash"), Bytes(20, 0xaa)));
    third.push_back(octets_payload(payload::kNatD, row("ike.nat_hash"), Bytes(20, 0xbb)));
  }
  auto mm3 =
      made(message_of(kCapturedInitiator, kCapturedResponder, 2, 0, false, std::move(third)), 3);

  std::vector<Part> fifth{
      {payload::kId, {{row("id.type"), 1U}, {row("id.data.ipv4_addr"), Bytes{10, 40, 10, 9}}}},
      octets_payload(payload::kHash, row("hash"), Bytes(20))
  };
  if (captured.initial_contact) {
    fifth.push_back(initial_contact());
  }
  auto mm5 =
      made(message_of(kCapturedInitiator, kCapturedResponder, 2, 0, true, std::move(fifth)), 5);

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
          std::move(mm1),
          std::move(mm3),
          std::move(mm5),
          std::move(pull1),
          std::move(pull3),
          Secret(bytes_of(captured.psk)),
          {}};
}

}  // namespace gdoi::simulation
