#include "engine/proof.h"

#include "protocol/exchange/payload_types.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::engine {
namespace {

namespace payload = exchange::payload;
using crypto::Certificate;
using crypto::Distrust;
using exchange::MessageView;

// Certificate encodings with X.509 inside (RFC 2408 section 3.9).
constexpr std::uint8_t kX509Signature   = 4;
constexpr std::uint8_t kX509KeyExchange = 5;

// RFC 2408 section 3.14.1
constexpr std::uint16_t kPayloadMalformed       = 16;
constexpr std::uint16_t kInvalidIdInformation   = 18;
constexpr std::uint16_t kInvalidCertificate     = 20;
constexpr std::uint16_t kInvalidCertAuthority   = 22;
constexpr std::uint16_t kInvalidHash            = 23;
constexpr std::uint16_t kInvalidSignature       = 25;
constexpr std::uint16_t kCertificateUnavailable = 28;

Bytes hash_of(const IsakmpSa& sa, exchange::Sender side, ByteView id_b, crypto::Hash hash) {
  return side == exchange::Sender::kGm ? sa.hash_i(id_b, hash) : sa.hash_r(id_b, hash);
}

Result<std::vector<Certificate>, Mistrust> certificates_in(const MessageView& message) {
  std::vector<Certificate> all;
  for (const auto& one : message.payloads()) {
    if (one.type != payload::kCert || one.body.empty() ||
        (one.body[0] != kX509Signature && one.body[0] != kX509KeyExchange)) {
      continue;
    }
    if (all.size() == crypto::kMaxChain) {
      return Mistrust{kInvalidCertificate,
                      fmt::format("more than {} certificates", crypto::kMaxChain)};
    }
    auto read = Certificate::from_der(one.body.subspan(1));
    if (!read) {
      return Mistrust{kInvalidCertificate, read.error().text};
    }
    all.push_back(std::move(read).value());
  }
  return all;
}

std::uint16_t notify_of(Distrust::Kind kind) {
  return kind == Distrust::Kind::kAuthority ? kInvalidCertAuthority : kInvalidCertificate;
}

/// The chain that the peer's identity is in, its own certificate first.
Result<std::vector<Certificate>, Mistrust> chain_for(const MessageView& message, ByteView id_b,
                                                     const Credentials& credentials) {
  auto all = certificates_in(message);
  if (!all) {
    return all.error();
  }
  const auto is_named = [&](const Certificate& one) { return confirms(one, id_b); };
  if (all->empty()) {
    // [CERT,] may be left out (RFC 2409 section 5.1) where the peer's certificate is known already.
    const auto& known = credentials.trust.authorities();
    const auto found  = std::ranges::find_if(known, is_named);
    if (found == known.end()) {
      return Mistrust{
          kCertificateUnavailable,
          fmt::format(
              "no certificate of {} came with its signature, and none is among the authorities",
              identity_text(id_b))};
    }
    return std::vector<Certificate>{*found};
  }
  const auto own = std::ranges::find_if(*all, is_named);
  if (own == all->end()) {
    return Mistrust{kInvalidIdInformation,
                    fmt::format("the certificate {} does not name {}, which its owner says to be",
                                all->front().subject(), identity_text(id_b))};
  }
  std::iter_swap(all->begin(), own);
  return all;
}

Result<Proven, Mistrust> check_signature(const IsakmpSa& sa, exchange::Sender side,
                                         const MessageView& message, ByteView id_b,
                                         const Credentials& credentials, Time now) {
  const auto* const signature = message.find(payload::kSig);
  if (signature == nullptr) {
    return Mistrust{kPayloadMalformed, "there is no signature"};
  }
  const auto chain = chain_for(message, id_b, credentials);
  if (!chain) {
    return chain.error();
  }
  const auto trusted = credentials.trust.check(*chain, credentials.calendar.unix_time(now));
  if (!trusted) {
    return Mistrust{notify_of(trusted.error().kind), trusted.error().text};
  }
  const auto& own = chain->front();
  const auto key  = own.public_key();
  const auto auth = sa.algorithms.auth_method;
  if (!key || !key->fits(auth)) {
    return Mistrust{kInvalidCertificate,
                    fmt::format("the key of {} makes no signatures of method {}", own.subject(),
                                crypto::name_of_auth(auth))};
  }
  for (const auto hash :
       {crypto::tied_hash(auth).value_or(sa.algorithms.hash), sa.algorithms.hash}) {
    const auto check = key->verify(hash, hash_of(sa, side, id_b, hash), signature->body);
    if (check.verdict == crypto::SignatureCheck::Verdict::kGood) {
      return Proven{own.subject(), check.form};
    }
  }
  return Mistrust{kInvalidSignature,
                  fmt::format("the signature is not that of the key of {}", own.subject())};
}

}  // namespace

Result<Bytes> prove(const IsakmpSa& sa, exchange::Sender side, ByteView id_b,
                    const Credentials* credentials) {
  const auto auth = sa.algorithms.auth_method;
  if (auth == crypto::kAuthPsk) {
    return hash_of(sa, side, id_b, sa.algorithms.hash);
  }
  if (credentials == nullptr || !credentials->key.fits(auth)) {
    return Error{fmt::format("there is no private key for {}", crypto::name_of_auth(auth))};
  }
  return credentials->key.sign(
      hash_of(sa, side, id_b, crypto::tied_hash(auth).value_or(sa.algorithms.hash)));
}

Result<Proven, Mistrust> check_proof(const IsakmpSa& sa, exchange::Sender side,
                                     const MessageView& message, ByteView id_b,
                                     const Credentials* credentials, Time now) {
  if (sa.algorithms.auth_method != crypto::kAuthPsk) {
    if (credentials == nullptr) {
      return Mistrust{kCertificateUnavailable, "there is no authority to believe"};
    }
    return check_signature(sa, side, message, id_b, *credentials, now);
  }
  const auto* const hash = message.find(payload::kHash);
  if (hash == nullptr) {
    return Mistrust{kPayloadMalformed, "there is no HASH"};
  }
  if (!equal_constant_time(hash->body, hash_of(sa, side, id_b, sa.algorithms.hash))) {
    return Mistrust{kInvalidHash,
                    side == exchange::Sender::kGm ? "HASH_I is wrong" : "HASH_R is wrong"};
  }
  return Proven{};
}

}  // namespace gdoi::engine
