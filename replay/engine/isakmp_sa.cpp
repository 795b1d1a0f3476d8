#include "engine/isakmp_sa.h"

#include "protocol/crypto/exchange_hash.h"
#include "protocol/exchange/plaintext.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <array>

namespace gdoi::engine {
namespace {

using tables::row;

std::array<std::uint8_t, 4> octets_of(std::uint32_t message_id) {
  return {static_cast<std::uint8_t>(message_id >> 24U),
          static_cast<std::uint8_t>(message_id >> 16U), static_cast<std::uint8_t>(message_id >> 8U),
          static_cast<std::uint8_t>(message_id)};
}

Bytes tail(ByteView ciphertext, std::size_t block) {
  return to_bytes(ciphertext.last(block));
}

}  // namespace

Bytes datagram_of(const wire::Document& document) {
  const auto message = document.find(row("message"));
  return message ? wire::encode(document, *message) : Bytes{};
}

Status IsakmpSa::derive(ByteView psk, const Secret& g_xy) {
  const auto size = crypto::public_value_size(algorithms.group);
  // That of the initiator may be anything: a GM that sends a wrong one goes on with the right one.
  if (g_xr.size() != size) {
    return Error{"a public value is not as long as its Diffie-Hellman group"};
  }
  const auto& suite = crypto::openssl_suite();
  const auto hash   = algorithms.hash;
  const bool signs  = algorithms.auth_method != crypto::kAuthPsk;
  const auto skeyid = signs ? crypto::skeyid_from_signature(suite, hash, ni_b, nr_b, g_xy.view())
                            : crypto::skeyid_from_psk(suite, hash, psk, ni_b, nr_b);
  if (skeyid.empty()) {
    return Error{std::string(crypto::name_of(hash)) + " is not available in this OpenSSL"};
  }
  skeyids_ = crypto::derive_skeyids(suite, hash, skeyid.view(), g_xy.view(), initiator, responder);
  key_     = crypto::cipher_key(suite, hash, algorithms.cipher, skeyids_.skeyid_e.view());
  psk_     = signs ? Secret() : Secret(psk);
  dh_secret_ = g_xy.clone();
  last_block_.clear();
  chains_.clear();
  chains_[0] = crypto::phase1_iv(suite, hash, algorithms.cipher, g_xi, g_xr);
  return success();
}

Bytes IsakmpSa::hash_i(ByteView idii_b, crypto::Hash hash) const {
  return crypto::hash_i(crypto::openssl_suite(), hash, skeyids_.skeyid.view(),
                        {g_xi, g_xr, initiator, responder, sai_b}, idii_b);
}

Bytes IsakmpSa::hash_r(ByteView idir_b, crypto::Hash hash) const {
  return crypto::hash_r(crypto::openssl_suite(), hash, skeyids_.skeyid.view(),
                        {g_xi, g_xr, initiator, responder, sai_b}, idir_b);
}

Bytes IsakmpSa::hash_1(std::uint32_t message_id, ByteView rest) const {
  return crypto::hash_1(crypto::openssl_suite(), algorithms.hash, skeyids_.skeyid_a.view(),
                        octets_of(message_id), rest);
}

Bytes IsakmpSa::hash_2(std::uint32_t message_id, ByteView ni_b_pull, ByteView rest) const {
  return crypto::hash_2(crypto::openssl_suite(), algorithms.hash, skeyids_.skeyid_a.view(),
                        octets_of(message_id), ni_b_pull, rest);
}

Bytes IsakmpSa::hash_3_4(std::uint32_t message_id, ByteView ni_b_pull, ByteView nr_b_pull,
                         ByteView rest) const {
  return crypto::hash_3_4(crypto::openssl_suite(), algorithms.hash, skeyids_.skeyid_a.view(),
                          octets_of(message_id), ni_b_pull, nr_b_pull, rest);
}

Result<Bytes> IsakmpSa::padded_plaintext(const wire::Document& document) const {
  const auto top = document.plaintext();
  if (top == wire::kNoRef) {
    return Error{"the message has no payloads to encrypt"};
  }
  const auto block = crypto::block_size(algorithms.cipher);
  auto plaintext   = wire::encode(document, top);
  if (plaintext.size() % block != 0) {
    const auto& children = document.value(top).children;
    if (!children.empty() && document.value(children.back()).row == row("padding")) {
      plaintext.resize(plaintext.size() - document.size(children.back()));
    }
    plaintext.resize((plaintext.size() + block - 1) / block * block);
  }
  if (plaintext.empty()) {
    return Error{"the message has no payloads to encrypt"};
  }
  return plaintext;
}

Result<Bytes> IsakmpSa::seal(wire::Document& document) {
  const auto id   = document.find(row("messageid"));
  const auto leaf = document.find(row("enc.data"));
  if (!has_keys() || !id || !leaf) {
    return Error{has_keys() ? "the message has no place for encrypted payloads"
                            : "phase 1 has no keys yet"};
  }
  const auto message_id = static_cast<std::uint32_t>(document.value(*id).number);
  auto plaintext        = padded_plaintext(document);
  if (!plaintext) {
    return plaintext;
  }
  const Secret clear(std::move(*plaintext));
  const auto ciphertext = crypto::openssl_suite().encrypt(algorithms.cipher, key_.view(),
                                                          iv_of(message_id), clear.view());
  if (!ciphertext) {
    return ciphertext.error();
  }
  if (const auto status = wire::Editor(document).set_octets(*leaf, *ciphertext); !status) {
    return status.error();
  }
  chains_[message_id] = tail(*ciphertext, crypto::block_size(algorithms.cipher));
  return datagram_of(document);
}

Status IsakmpSa::open(wire::Tree& tree) const {
  return open_with(tree, {});
}

Status IsakmpSa::open_again(wire::Tree& tree, ByteView last_block) const {
  const auto block = crypto::block_size(algorithms.cipher);
  return last_block.size() < block ? Status(Error{"no whole cipher block"})
                                   : open_with(tree, last_block.last(block));
}

// Without an IV: that of the message's exchange.
Status IsakmpSa::open_with(wire::Tree& tree, ByteView iv) const {
  const exchange::MessageView message(tree);
  const auto block = crypto::block_size(algorithms.cipher);
  if (!message.valid() || !message.encrypted() || message.ciphertext().empty() ||
      message.ciphertext().size() % block != 0) {
    return Error{"the encrypted part is no whole number of cipher blocks"};
  }
  if (!has_keys()) {
    return Error{"phase 1 has no keys yet"};
  }
  auto plaintext = crypto::openssl_suite().decrypt(
      algorithms.cipher, key_.view(), iv.empty() ? iv_of(message.message_id()) : to_bytes(iv),
      message.ciphertext());
  if (!plaintext) {
    return plaintext.error();
  }
  Secret clear(std::move(*plaintext));
  constexpr std::size_t kNextPayloadAt = 16;  // RFC 2408 section 3.1
  if (!exchange::plausible(clear.view(), message.header()[kNextPayloadAt], block)) {
    return Error{"decrypted, it holds no payloads: the two sides have different keys"};
  }
  wire::decode_plaintext(tables::schema(), std::move(clear), block, tree);
  return success();
}

void IsakmpSa::accept(const exchange::MessageView& message) {
  const auto block = crypto::block_size(algorithms.cipher);
  if (message.ciphertext().size() >= block) {
    chains_[message.message_id()] = tail(message.ciphertext(), block);
  }
}

Status IsakmpSa::follow_clear(std::uint32_t message_id, ByteView payloads) {
  const auto block = crypto::block_size(algorithms.cipher);
  auto padded      = to_bytes(payloads);
  padded.resize((padded.size() + block - 1) / block * block);
  if (!has_keys() || padded.empty()) {
    return Error{has_keys() ? "the message has no payloads" : "phase 1 has no keys yet"};
  }
  const auto ciphertext =
      crypto::openssl_suite().encrypt(algorithms.cipher, key_.view(), iv_of(message_id), padded);
  if (!ciphertext) {
    return ciphertext.error();
  }
  chains_[message_id] = tail(*ciphertext, block);
  return success();
}

void IsakmpSa::complete() {
  last_block_ = chains_[0];
}

void IsakmpSa::forget(std::uint32_t message_id) {
  if (message_id != 0) {
    chains_.erase(message_id);
  }
}

// An Informational may come before phase 1 is complete (a NOTIFY that refuses message 5): its IV
// begins with the last phase-1 block that there is.
Bytes IsakmpSa::iv_of(std::uint32_t message_id) const {
  if (const auto chain = chains_.find(message_id); chain != chains_.end()) {
    return chain->second;
  }
  const auto phase1 = chains_.find(0);
  const auto& last  = last_block_.empty() && phase1 != chains_.end() ? phase1->second : last_block_;
  return crypto::phase2_iv(crypto::openssl_suite(), algorithms.hash, algorithms.cipher, last,
                           octets_of(message_id));
}

std::vector<std::string> IsakmpSa::key_log() const {
  if (!has_keys()) {
    return {};
  }
  const auto whose = last_block_.empty() ? side : keys::Side::kBoth;
  std::vector<std::string> lines{
      keys::phase1_key_line(initiator,
                            {whose, algorithms.cipher, algorithms.hash, last_block_, key_.clone()}),
      keys::skeyid_line(initiator, {whose, skeyids_.skeyid.clone()}),
      keys::skeyid_a_line(initiator, {whose, skeyids_.skeyid_a.clone()})};
  if (!psk_.empty()) {
    lines.push_back(keys::psk_line(initiator, {whose, psk_.clone()}));
  }
  lines.push_back(keys::dh_secret_line(initiator, {whose, dh_secret_.clone()}));
  return lines;
}

}  // namespace gdoi::engine
