#include "protocol/exchange/verify.h"

#include "protocol/crypto/exchange_hash.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/exchange/phase1_keys.h"

#include <algorithm>
#include <array>

namespace gdoi::exchange {
namespace {

using crypto::Hash;
using crypto::SignatureCheck;

constexpr std::array kHashes{Hash::kSha256, Hash::kSha1, Hash::kSha512, Hash::kSha384, Hash::kMd5};

// Certificate encodings with X.509 inside (RFC 2408 section 3.9): for signatures and for key
// exchange.
constexpr std::uint8_t kX509Signature   = 4;
constexpr std::uint8_t kX509KeyExchange = 5;

ByteView message_id_of(const MessageView& message) {
  return message.header().subspan(20, 4);
}

// Good if any alternative fits; bad only if there was one.
template <typename Fits>
Verdict any_of(const std::vector<keys::SidedSecret>& secrets, const Fits& fits) {
  if (secrets.empty()) {
    return Verdict::kUnverified;
  }
  return std::ranges::any_of(secrets, fits) ? Verdict::kGood : Verdict::kBad;
}

// Keeps the best of several checks.
void note(const SignatureCheck& check, Hash hash, Checked& checked) {
  if (check.verdict == SignatureCheck::Verdict::kGood) {
    checked.signature = Verdict::kGood;
    checked.form      = check.form;
    checked.sig_hash  = hash;
  } else if (check.verdict == SignatureCheck::Verdict::kBad) {
    checked.signature = Verdict::kBad;
  }
}

std::vector<crypto::PublicKey> certified_keys(const MessageView& message) {
  std::vector<crypto::PublicKey> found;
  for (const auto& item : message.payloads()) {
    if (item.type != payload::kCert || item.body.empty() ||
        (item.body[0] != kX509Signature && item.body[0] != kX509KeyExchange)) {
      continue;
    }
    if (auto key = crypto::PublicKey::from_certificate(item.body.subspan(1))) {
      found.push_back(std::move(*key));
    }
  }
  return found;
}

void verify_signature(const crypto::Suite& suite, const Phase1& phase1, std::uint8_t number,
                      const MessageView& message, ByteView signature, Checked& checked) {
  const auto keys = certified_keys(message);
  const auto id_b = peer_id(phase1, number, message);
  for (const auto& key : keys) {
    for (const auto& skeyid : phase1.keys.skeyid) {
      const auto negotiated = negotiated_hash(phase1, skeyid.secret.size());
      for (const auto hash :
           {std::optional(negotiated), crypto::tied_hash(phase1.negotiated.auth)}) {
        if (hash && checked.signature != Verdict::kGood) {
          const auto value = peer_hash(suite, phase1, number, id_b, *hash, skeyid.secret.view());
          note(key.verify(*hash, value, signature), *hash, checked);
        }
      }
    }
  }
}

const PayloadView* leading_hash(const MessageView& message) {
  const auto& payloads = message.payloads();
  return payloads.empty() || payloads.front().type != payload::kHash ? nullptr : &payloads.front();
}

// Octets behind the last payload of a PUSH that its signature may leave out of the Length.
std::uint32_t padding_of(const MessageView& message) {
  const auto* signature = message.find(payload::kSig);
  const auto* begin     = message.payloads().front().whole.data();
  const auto end =
      static_cast<std::size_t>(signature->whole.data() - begin) + signature->whole.size();
  const auto sealed = message.ciphertext().size();
  return static_cast<std::uint32_t>(sealed - std::min(sealed, end));
}

bool is_initiators(const Phase1& phase1, std::uint8_t number) {
  const auto* step = step_of(phase1.mode, number);
  return step != nullptr && step->hash == HashRule::kHashI;
}

}  // namespace

Hash negotiated_hash(const Phase1& phase1, std::size_t digest_size) {
  return phase1.negotiated.hash.value_or(hash_of_size(digest_size).value_or(Hash::kSha1));
}

ByteView peer_id(const Phase1& phase1, std::uint8_t number, const MessageView& message) {
  if (const auto* id = message.find(payload::kId)) {
    return id->body;
  }
  return is_initiators(phase1, number) ? ByteView(phase1.idii_b) : ByteView{};
}

Bytes peer_hash(const crypto::Suite& suite, const Phase1& phase1, std::uint8_t number,
                ByteView id_b, Hash hash, ByteView skeyid) {
  const auto g_xi = phase1.padded(phase1.g_xi);
  const auto g_xr = phase1.padded(phase1.g_xr);
  const crypto::Phase1Transcript transcript{g_xi, g_xr, phase1.initiator, phase1.responder,
                                            phase1.sai_b};
  return is_initiators(phase1, number) ? crypto::hash_i(suite, hash, skeyid, transcript, id_b)
                                       : crypto::hash_r(suite, hash, skeyid, transcript, id_b);
}

Bytes pull_hash(const crypto::Suite& suite, const Conversation& conversation, std::uint8_t number,
                Hash hash, ByteView skeyid_a, const MessageView& message) {
  const auto rest       = message.after_first_payload();
  const auto message_id = message_id_of(message);
  if ((number >= 2 && conversation.ni_b.empty()) || (number >= 3 && conversation.nr_b.empty())) {
    return {};
  }
  switch (number) {
    case 1:
      return crypto::hash_1(suite, hash, skeyid_a, message_id, rest);
    case 2:
      return crypto::hash_2(suite, hash, skeyid_a, message_id, conversation.ni_b, rest);
    default:
      return crypto::hash_3_4(suite, hash, skeyid_a, message_id, conversation.ni_b,
                              conversation.nr_b, rest);
  }
}

Bytes informational_hash(const crypto::Suite& suite, Hash hash, ByteView skeyid_a,
                         const MessageView& message) {
  return crypto::hash_1(suite, hash, skeyid_a, message_id_of(message),
                        message.after_first_payload());
}

Bytes signed_digest(const crypto::Suite& suite, Hash hash, const MessageView& message,
                    bool without_padding) {
  const auto* signature = message.find(payload::kSig);
  if (signature == nullptr) {
    return {};
  }
  const auto* begin = message.payloads().front().whole.data();
  const ByteView payloads(begin, signature->whole.data());
  const auto length = static_cast<std::uint32_t>(to_uint(message.header().subspan(24, 4)));
  return crypto::push_digest(suite, hash, message.header(),
                             without_padding ? length - padding_of(message) : length, payloads);
}

Checked verify_phase1(const crypto::Suite& suite, const Phase1& phase1, std::uint8_t number,
                      const MessageView& message) {
  Checked checked;
  const auto* hash      = message.find(payload::kHash);
  const auto* signature = message.find(payload::kSig);
  const auto* step      = step_of(phase1.mode, number);
  if (step == nullptr || step->hash == HashRule::kNone) {
    return checked;
  }
  const auto id_b   = peer_id(phase1, number, message);
  checked.hash      = hash != nullptr ? Verdict::kUnverified : Verdict::kAbsent;
  checked.signature = signature != nullptr ? Verdict::kUnverified : Verdict::kAbsent;
  if (id_b.empty() || phase1.g_xi.empty() || phase1.g_xr.empty() || phase1.sai_b.empty() ||
      phase1.responder == keys::Cookie{}) {
    return checked;
  }
  if (hash != nullptr) {
    const auto algorithm = negotiated_hash(phase1, hash->body.size());
    checked.hash         = any_of(phase1.keys.skeyid, [&](const keys::SidedSecret& one) {
      return equal(peer_hash(suite, phase1, number, id_b, algorithm, one.secret.view()),
                           hash->body);
    });
  }
  if (signature != nullptr) {
    verify_signature(suite, phase1, number, message, signature->body, checked);
  }
  return checked;
}

Checked verify_pull(const crypto::Suite& suite, const Phase1& phase1,
                    const Conversation& conversation, std::uint8_t number,
                    const MessageView& message) {
  Checked checked;
  const auto* hash = leading_hash(message);
  if (hash == nullptr) {
    return checked;
  }
  checked.hash = Verdict::kUnverified;
  if (number == 0 || (number >= 2 && conversation.ni_b.empty()) ||
      (number >= 3 && conversation.nr_b.empty())) {
    return checked;
  }
  const auto algorithm = negotiated_hash(phase1, hash->body.size());
  checked.hash         = any_of(phase1.keys.skeyid_a, [&](const keys::SidedSecret& one) {
    return equal(pull_hash(suite, conversation, number, algorithm, one.secret.view(), message),
                         hash->body);
  });
  return checked;
}

Checked verify_informational(const crypto::Suite& suite, const Phase1& phase1,
                             const MessageView& message) {
  Checked checked;
  if (const auto* hash = leading_hash(message)) {
    const auto algorithm = negotiated_hash(phase1, hash->body.size());
    checked.hash         = any_of(phase1.keys.skeyid_a, [&](const keys::SidedSecret& one) {
      return equal(informational_hash(suite, algorithm, one.secret.view(), message), hash->body);
    });
  }
  return checked;
}

Checked verify_push(const crypto::Suite& suite, const SignatureKey& key,
                    const MessageView& message) {
  Checked checked;
  const auto* signature = message.find(payload::kSig);
  if (signature == nullptr) {
    return checked;
  }
  checked.signature = Verdict::kUnverified;
  if (key.key == nullptr) {
    return checked;
  }
  const bool padded = padding_of(message) > 0;
  for (const auto hash : kHashes) {
    if (key.hash && *key.hash != hash) {
      continue;
    }
    for (const bool without : {key.without_padding_first, !key.without_padding_first}) {
      if (checked.signature != Verdict::kGood && (!without || padded)) {
        const auto digest = signed_digest(suite, hash, message, without);
        note(key.key->verify(hash, digest, signature->body), hash, checked);
        checked.without_padding = without && checked.signature == Verdict::kGood;
      }
    }
  }
  return checked;
}

Bytes push_ack_hash(const crypto::Suite& suite, ByteView base_key, std::uint16_t bits,
                    const MessageView& message) {
  const auto* value = leading_hash(message);
  const auto hash   = value != nullptr ? hash_of_size(value->body.size()) : std::nullopt;
  if (!hash) {
    return {};
  }
  const auto key = crypto::push_ack_key(suite, *hash, base_key, message.initiator_cookie(),
                                        message.responder_cookie(), bits);
  return crypto::push_ack_hash(suite, *hash, key.view(), message.after_first_payload());
}

std::optional<std::uint16_t> push_ack_bits(const crypto::Suite& suite, ByteView base_key,
                                           const MessageView& message) {
  const auto* value = leading_hash(message);
  const auto hash   = value != nullptr ? hash_of_size(value->body.size()) : std::nullopt;
  if (!hash) {
    return std::nullopt;
  }
  // RFC 8263 section 3.2 can be read as the prf's block, its output or the key itself.
  constexpr std::size_t kBits = 8;
  const std::size_t block     = *hash == Hash::kSha384 || *hash == Hash::kSha512 ? 1024 : 512;
  for (const auto size : {block, value->body.size() * kBits, base_key.size() * kBits}) {
    const auto bits = static_cast<std::uint16_t>(size);
    if (equal(push_ack_hash(suite, base_key, bits, message), value->body)) {
      return bits;
    }
  }
  return std::nullopt;
}

}  // namespace gdoi::exchange
