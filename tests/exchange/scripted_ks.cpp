#include "exchange/scripted_ks.h"

#include "engine/key_pair.h"
#include "engine/proposal.h"
#include "plan/rebind.h"
#include "protocol/base/hex.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <stdexcept>
#include <tuple>
#include <utility>

namespace gdoi::simulation {
namespace {

namespace payload = exchange::payload;
using exchange::MessageView;
using tables::row;
using wire::Part;

// Policy and keys as octets, after RFC 6407 sections 5.2 to 5.6, so that they do not come from the
// code under test: KEK AES-128, SHA-256, RSA-2048, one day; TEK ESP AES-CBC, HMAC-SHA-256, 1 h.
constexpr std::string_view kSaBody =
    "00000002"
    "00000000"
    "000f0000"
    "10000045"
    "11"
    "01035004"
    "0a28010a"
    "01035004"
    "ef0a0101"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
    "00000000"
    "80020003"
    "80030080"
    "0004000400015180"
    "80050003"
    "80060001"
    "80070800"
    "00000033"
    "01"
    "00"
    "01000004"
    "0a280000"
    "01000004"
    "ef0a0102"
    "0c"
    "aabbccdd"
    "80010001"
    "0002000400000e10"
    "80040001"
    "80050005"
    "80060080";
constexpr std::string_view kKdBody =
    "0002"
    "0000"
    "01000041"
    "04"
    "aabbccdd"
    "00010010"
    "00112233445566778899aabbccddeeff"
    "00020020"
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    "02000039"
    "10"
    "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"
    "00010020"
    "0f0e0d0c0b0a09080706050403020100"
    "ffeeddccbbaa99887766554433221100";

Bytes hex(std::string_view digits) {
  return from_hex(digits).value();
}

// RFC 3706 section 5.3: DOI 1, protocol 1, 16 octets of SPI, a sequence number.
constexpr std::uint16_t kAreYouThere    = 36'136;
constexpr std::uint16_t kAreYouThereAck = 36'137;

Bytes composed(const Part& part) {
  const auto document = wire::compose(tables::schema(), part);
  if (!document) {
    throw std::logic_error(document.error().text);
  }
  return wire::encode(*document);
}

Part raw(std::uint32_t type, Bytes body) {
  return {type, {}, {}, std::move(body)};
}

Bytes dead_peer(const engine::IsakmpSa& sa, std::uint16_t type) {
  Bytes body = hex("000000010110");
  append_uint(body, type, 2);
  append(body, sa.initiator);
  append(body, sa.responder);
  append(body, hex("01020304"));
  return body;
}

}  // namespace

std::vector<engine::Outgoing> ScriptedKs::take_output() {
  return std::exchange(output_, {});
}

Bytes ScriptedKs::octets(std::size_t count) {
  Bytes made(count);
  random_.fill(made);
  return made;
}

std::string ScriptedKs::name_of(const Session& session, const MessageView& message) const {
  if (message.exchange_type() == 2) {
    return message.encrypted() ? "mm5" : message.find(payload::kSa) != nullptr ? "mm1" : "mm3";
  }
  return message.exchange_type() == 32 ? (session.last == "pull1" ? "pull3" : "pull1") : "other";
}

void ScriptedKs::on_datagram(const exchange::Endpoint& from, ByteView datagram,
                             engine::Time /*now*/) {
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  const MessageView message(tree);
  if (!message.valid() || (script_.answers && answered_ >= *script_.answers)) {
    return;
  }
  auto& session      = sessions_[message.initiator_cookie()];
  const auto request = to_bytes(datagram);
  if (!session.answers.contains(request)) {
    if (message.encrypted() && !session.sa.open(tree)) {
      return;
    }
    const auto name = name_of(session, MessageView(tree));
    if (name == "other") {
      on_goodbye(session, MessageView(tree));
      return;
    }
    session.sa.initiator = message.initiator_cookie();
    if (script_.asks_at == name) {
      const auto question = sealed(session, 5, 0x66666666,
                                   {raw(payload::kNotify, dead_peer(session.sa, kAreYouThere))},
                                   nullptr, nullptr, script_.fault == Fault::kNotifyHash);
      for (unsigned i = 0; i < script_.asks; ++i) {
        output_.push_back({at_, from, question, 0, {}});
      }
    }
    session.answers[request] = answer(session, name, tree).value_or(Bytes{});
    session.last             = name;
  }
  const auto& answer = session.answers[request];
  for (unsigned i = 0; i < script_.copies && !answer.empty(); ++i) {
    output_.push_back({at_, from, answer, 0, {}});
  }
  answered_ += answer.empty() ? 0U : 1U;
}

std::optional<Bytes> ScriptedKs::answer(Session& session, const std::string& name,
                                        const wire::Tree& tree) {
  const MessageView message(tree);
  if (message.encrypted()) {
    session.sa.accept(message);
  }
  if (script_.fault == Fault::kGarbage) {
    return octets(60);
  }
  if (script_.silent_at.contains(name)) {
    return std::nullopt;
  }
  if (script_.notify_at == name) {
    return notify(session);
  }
  if (script_.delete_at == name) {
    Bytes cookies = to_bytes(session.sa.initiator);
    append(cookies, session.sa.responder);
    Bytes body = hex("0000000201100001");
    append(body, cookies);
    return sealed(session, 5, 0x77777777, {raw(payload::kDelete, std::move(body))}, nullptr,
                  nullptr, false);
  }
  if (name == "mm1") {
    return mm2(session, message);
  }
  if (name == "mm3") {
    return mm4(session, message);
  }
  if (name == "mm5") {
    return mm6(session, message);
  }
  return name == "pull1" ? pull2(session, message) : pull4(session, message);
}

Bytes ScriptedKs::mm2(Session& session, const MessageView& message) {
  auto& sa          = session.sa;
  sa                = {};
  sa.initiator      = message.initiator_cookie();
  sa.responder      = engine::make_cookie(random_);
  sa.sai_b          = to_bytes(message.find(payload::kSa)->body);
  const auto offers = engine::transforms_of(message);
  sa.algorithms = offers.at(script_.transform).algorithms().value_or(engine::Phase1Algorithms{});
  std::vector<Offer> chosen{script_.offered};
  if (script_.fault == Fault::kUnlistedTransform) {
    chosen.front().hash = 6;
  } else if (script_.fault == Fault::kTwoTransforms) {
    chosen.push_back(script_.offered);
  }
  auto cookie = sa.initiator;
  if (script_.fault == Fault::kWrongCookie) {
    cookie[0] ^= 0xff;
  }
  auto datagram =
      composed(message_of(cookie, sa.responder, 2, 0, false, {phase1_sa(chosen, script_.doi)}));
  return datagram;
}

Bytes ScriptedKs::mm4(Session& session, const MessageView& message) {
  auto& sa         = session.sa;
  session.key_pair = engine::make_key_pair(sa.algorithms.group, random_).value();
  sa.g_xi          = to_bytes(message.find(payload::kKe)->body);
  sa.ni_b          = to_bytes(message.find(payload::kNonce)->body);
  sa.g_xr          = session.key_pair->public_value();
  sa.nr_b          = octets(24);
  const auto g_xy  = session.key_pair->shared_secret(sa.g_xi);
  if (!g_xy || !sa.derive(bytes_of(script_.psk), *g_xy)) {
    throw std::logic_error("the GM's public value does not fit");
  }
  auto value = sa.g_xr;
  if (script_.fault == Fault::kPublicValueSize) {
    value.pop_back();
  }
  return composed(message_of(sa.initiator, sa.responder, 2, 0, false,
                             {raw(payload::kKe, std::move(value)), raw(payload::kNonce, sa.nr_b)}));
}

std::optional<Bytes> ScriptedKs::mm6(Session& session, const MessageView& message) {
  auto& sa                   = session.sa;
  const auto* const identity = message.find(payload::kId);
  const auto* const hash     = message.find(payload::kHash);
  if (identity == nullptr || hash == nullptr || !equal(hash->body, sa.hash_i(identity->body))) {
    ++wrong_hashes_;
    return std::nullopt;
  }
  Bytes cookies = to_bytes(sa.initiator);
  append(cookies, sa.responder);
  if (const auto* const contact = message.find(payload::kNotify);
      contact != nullptr && contact->body.size() == 24 && equal(contact->body.last(16), cookies)) {
    ++initial_contacts_;
  }
  const auto idir_b = hex("010000000a28010a");
  auto hash_r       = sa.hash_r(idir_b);
  if (script_.fault == Fault::kHashR) {
    hash_r[0] ^= 1;
  }
  auto document = wire::compose(
      tables::schema(), message_of(sa.initiator, sa.responder, 2, 0, true,
                                   {raw(payload::kId, idir_b), raw(payload::kHash, hash_r)}));
  auto sealed_octets = sa.seal(*document);
  sa.complete();
  return std::move(sealed_octets).value();
}

std::optional<Bytes> ScriptedKs::pull2(Session& session, const MessageView& message) {
  session.message_id      = message.message_id();
  const auto* const nonce = message.find(payload::kNonce);
  if (nonce == nullptr ||
      !equal(message.payloads().front().body,
             session.sa.hash_1(session.message_id, message.after_first_payload()))) {
    ++wrong_hashes_;
    return std::nullopt;
  }
  session.ni_b = to_bytes(nonce->body);
  session.nr_b = octets(16);
  return sealed(
      session, 32, session.message_id,
      {raw(payload::kNonce, session.nr_b), raw(payload::kSa, sa_b_.value_or(hex(kSaBody)))},
      &session.ni_b, nullptr, script_.fault == Fault::kHash2);
}

std::optional<Bytes> ScriptedKs::pull4(Session& session, const MessageView& message) {
  if (!equal(message.payloads().front().body,
             session.sa.hash_3_4(session.message_id, session.ni_b, session.nr_b,
                                 message.after_first_payload()))) {
    ++wrong_hashes_;
    return std::nullopt;
  }
  ++registered_;
  return sealed(
      session, 32, session.message_id,
      {raw(payload::kSeq, Bytes{0, 0, 0, 0}), raw(payload::kKd, kd_b_.value_or(hex(kKdBody)))},
      &session.ni_b, &session.nr_b, script_.fault == Fault::kHash4);
}

Bytes ScriptedKs::sealed(Session& session, std::uint8_t exchange, std::uint32_t message_id,
                         const std::vector<Part>& payloads, const Bytes* ni_b, const Bytes* nr_b,
                         bool spoil) {
  auto& sa   = session.sa;
  auto parts = payloads;
  parts.insert(parts.begin(), raw(payload::kHash, Bytes(crypto::digest_size(sa.algorithms.hash))));
  auto document = wire::compose(tables::schema(), message_of(sa.initiator, sa.responder, exchange,
                                                             message_id, true, std::move(parts)));
  if (!document) {
    throw std::logic_error(document.error().text);
  }
  for (const auto& [fault, group, length] :
       {std::tuple(Fault::kMalformedSa, row("sak"), row("payloadlength")),
        std::tuple(Fault::kMalformedKd, row("kd.packet"), row("kd.length"))}) {
    if (const auto node = document->find(group); script_.fault == fault && node) {
      constexpr std::uint64_t kTooLong = 0x7fff;
      if (!wire::Editor(*document).set_number(document->find(length, *node).value(), kTooLong)) {
        throw std::logic_error("no length to lie about");
      }
    }
  }
  const auto rest = plan::behind_hash(*document).value();
  auto hash       = nr_b != nullptr   ? sa.hash_3_4(message_id, *ni_b, *nr_b, rest)
                    : ni_b != nullptr ? sa.hash_2(message_id, *ni_b, rest)
                                      : sa.hash_1(message_id, rest);
  if (spoil) {
    hash[0] ^= 1;
  }
  if (!plan::set_hash(*document, hash)) {
    throw std::logic_error("no HASH payload");
  }
  return sa.seal(*document).value();
}

Bytes ScriptedKs::notify(Session& session) {
  auto& sa   = session.sa;
  Bytes body = hex("000000020100");
  append_uint(body, script_.notify_type, 2);
  if (script_.notify_clear || !sa.has_keys()) {
    return composed(
        message_of(sa.initiator, sa.responder, 5, 0, false, {raw(payload::kNotify, body)}));
  }
  return sealed(session, 5, 0x66666666, {raw(payload::kNotify, body)}, nullptr, nullptr,
                script_.fault == Fault::kNotifyHash);
}

void ScriptedKs::on_goodbye(Session& session, const MessageView& message) {
  const auto* const gone   = message.find(payload::kDelete);
  const auto* const notice = message.find(payload::kNotify);
  if ((gone == nullptr && notice == nullptr) ||
      !equal(message.payloads().front().body,
             session.sa.hash_1(message.message_id(), message.after_first_payload()))) {
    ++wrong_hashes_;
    return;
  }
  Bytes cookies = to_bytes(session.sa.initiator);
  append(cookies, session.sa.responder);
  if (gone != nullptr && gone->body.size() == 24 && equal(gone->body.last(16), cookies)) {
    ++goodbyes_;
  }
  if (notice != nullptr && equal(notice->body, dead_peer(session.sa, kAreYouThereAck))) {
    ++acknowledgements_;
  }
}

}  // namespace gdoi::simulation
