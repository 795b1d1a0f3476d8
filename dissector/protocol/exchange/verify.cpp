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

Hash hash_of(const Phase1& phase1, std::size_t digest_size) {
  return phase1.negotiated.hash.value_or(hash_of_size(digest_size).value_or(Hash::kSha1));
}

// Good if any alternative fits; bad only if there was one.
template <typename Fits>
Verdict any_of(const std::vector<keys::SidedSecret>& secrets, const Fits& fits) {
  if (secrets.empty()) {
    return Verdict::kUnverified;
  }
  return std::ranges::any_of(secrets, fits) ? Verdict::kGood : Verdict::kBad;
}

// HASH_I or HASH_R as a function of SKEYID and hash.
class PeerHash {
 public:
  PeerHash(const crypto::Suite& suite, const Phase1& phase1, bool initiator, ByteView id_b)
      : suite_(suite),
        phase1_(phase1),
        g_xi_(phase1.padded(phase1.g_xi)),
        g_xr_(phase1.padded(phase1.g_xr)),
        initiator_(initiator),
        id_b_(id_b) {}

  [[nodiscard]] Bytes value(Hash hash, ByteView skeyid) const {
    const crypto::Phase1Transcript transcript{g_xi_, g_xr_, phase1_.initiator, phase1_.responder,
                                              phase1_.sai_b};
    return initiator_ ? crypto::hash_i(suite_, hash, skeyid, transcript, id_b_)
                      : crypto::hash_r(suite_, hash, skeyid, transcript, id_b_);
  }

 private:
  const crypto::Suite& suite_;
  const Phase1& phase1_;
  Bytes g_xi_;
  Bytes g_xr_;
  bool initiator_;
  ByteView id_b_;
};

// Keeps the best of several checks.
void note(const SignatureCheck& check, Checked& checked) {
  if (check.verdict == SignatureCheck::Verdict::kGood) {
    checked.signature = Verdict::kGood;
    checked.form      = check.form;
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

void verify_signature(const Phase1& phase1, const PeerHash& peer, const MessageView& message,
                      ByteView signature, Checked& checked) {
  const auto keys = certified_keys(message);
  for (const auto& key : keys) {
    for (const auto& skeyid : phase1.keys.skeyid) {
      const auto negotiated = hash_of(phase1, skeyid.secret.size());
      for (const auto hash :
           {std::optional(negotiated), crypto::tied_hash(phase1.negotiated.auth)}) {
        if (hash && checked.signature != Verdict::kGood) {
          note(key.verify(*hash, peer.value(*hash, skeyid.secret.view()), signature), checked);
        }
      }
    }
  }
}

Verdict pull_verdict(const crypto::Suite& suite, const Phase1& phase1,
                     const Conversation& conversation, std::uint8_t number,
                     const MessageView& message, ByteView value) {
  const auto rest       = message.after_first_payload();
  const auto message_id = message_id_of(message);
  const auto hash       = hash_of(phase1, value.size());
  if ((number >= 2 && conversation.ni_b.empty()) || (number >= 3 && conversation.nr_b.empty())) {
    return Verdict::kUnverified;
  }
  return any_of(phase1.keys.skeyid_a, [&](const keys::SidedSecret& one) {
    const auto key = one.secret.view();
    switch (number) {
      case 1:
        return equal(crypto::hash_1(suite, hash, key, message_id, rest), value);
      case 2:
        return equal(crypto::hash_2(suite, hash, key, message_id, conversation.ni_b, rest), value);
      default:
        return equal(crypto::hash_3_4(suite, hash, key, message_id, conversation.ni_b,
                                      conversation.nr_b, rest),
                     value);
    }
  });
}

const PayloadView* leading_hash(const MessageView& message) {
  const auto& payloads = message.payloads();
  return payloads.empty() || payloads.front().type != payload::kHash ? nullptr : &payloads.front();
}

}  // namespace

Checked verify_phase1(const crypto::Suite& suite, const Phase1& phase1, std::uint8_t number,
                      const MessageView& message) {
  Checked checked;
  const auto* hash      = message.find(payload::kHash);
  const auto* signature = message.find(payload::kSig);
  const auto* id        = message.find(payload::kId);
  const auto* step      = step_of(phase1.mode, number);
  if (step == nullptr || step->hash == HashRule::kNone) {
    return checked;
  }
  const bool initiator = step->hash == HashRule::kHashI;
  const auto id_b   = id != nullptr ? id->body : initiator ? ByteView(phase1.idii_b) : ByteView{};
  checked.hash      = hash != nullptr ? Verdict::kUnverified : Verdict::kAbsent;
  checked.signature = signature != nullptr ? Verdict::kUnverified : Verdict::kAbsent;
  if (id_b.empty() || phase1.g_xi.empty() || phase1.g_xr.empty() || phase1.sai_b.empty() ||
      phase1.responder == keys::Cookie{}) {
    return checked;
  }
  const PeerHash peer(suite, phase1, initiator, id_b);
  if (hash != nullptr) {
    checked.hash = any_of(phase1.keys.skeyid, [&](const keys::SidedSecret& one) {
      return equal(peer.value(hash_of(phase1, hash->body.size()), one.secret.view()), hash->body);
    });
  }
  if (signature != nullptr) {
    verify_signature(phase1, peer, message, signature->body, checked);
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
  checked.hash = number == 0
                     ? Verdict::kUnverified
                     : pull_verdict(suite, phase1, conversation, number, message, hash->body);
  return checked;
}

Checked verify_informational(const crypto::Suite& suite, const Phase1& phase1,
                             const MessageView& message) {
  Checked checked;
  if (const auto* hash = leading_hash(message)) {
    const auto algorithm = hash_of(phase1, hash->body.size());
    checked.hash         = any_of(phase1.keys.skeyid_a, [&](const keys::SidedSecret& one) {
      return equal(crypto::hash_1(suite, algorithm, one.secret.view(), message_id_of(message),
                                          message.after_first_payload()),
                           hash->body);
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
  const auto* begin = message.payloads().front().whole.data();
  const auto* sig   = signature->whole.data();
  const ByteView payloads(begin, sig);
  const auto end     = payloads.size() + signature->whole.size();
  const auto sealed  = message.ciphertext().size();
  const auto padding = static_cast<std::uint32_t>(sealed - std::min(sealed, end));
  const auto length  = static_cast<std::uint32_t>(to_uint(message.header().subspan(24, 4)));
  for (const auto hash : kHashes) {
    if (key.hash && *key.hash != hash) {
      continue;
    }
    for (const bool without : {key.without_padding_first, !key.without_padding_first}) {
      if (checked.signature != Verdict::kGood && (!without || padding > 0)) {
        const auto digest = crypto::push_digest(suite, hash, message.header(),
                                                without ? length - padding : length, payloads);
        note(key.key->verify(hash, digest, signature->body), checked);
        checked.without_padding = without && checked.signature == Verdict::kGood;
      }
    }
  }
  return checked;
}

bool push_ack_fits(const crypto::Suite& suite, ByteView base_key, const MessageView& message) {
  const auto* value = leading_hash(message);
  const auto hash   = value != nullptr ? hash_of_size(value->body.size()) : std::nullopt;
  if (!hash) {
    return false;
  }
  // RFC 8263 section 3.2 can be read as the prf's block, its output or the key itself.
  constexpr std::size_t kBits = 8;
  const std::size_t block     = *hash == Hash::kSha384 || *hash == Hash::kSha512 ? 1024 : 512;
  for (const auto bits : {block, value->body.size() * kBits, base_key.size() * kBits}) {
    const auto key =
        crypto::push_ack_key(suite, *hash, base_key, message.initiator_cookie(),
                             message.responder_cookie(), static_cast<std::uint16_t>(bits));
    if (equal(crypto::push_ack_hash(suite, *hash, key.view(), message.after_first_payload()),
              value->body)) {
      return true;
    }
  }
  return false;
}

}  // namespace gdoi::exchange
