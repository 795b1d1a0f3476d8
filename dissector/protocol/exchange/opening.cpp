#include "protocol/exchange/opening.h"

#include "protocol/crypto/key_schedule.h"
#include "protocol/exchange/phase1_keys.h"

#include <algorithm>
#include <numeric>
#include <ranges>

namespace gdoi::exchange {
namespace {

constexpr std::uint8_t kLastOfMain       = 6;
constexpr std::uint8_t kLastOfAggressive = 3;

Block block_of(ByteView octets) {
  Block block{};
  std::copy_n(octets.begin(), std::min(octets.size(), block.size()), block.begin());
  return block;
}

std::optional<Block> tail_of(const Seen& seen, std::size_t size) {
  if (seen.tail_size < size) {
    return std::nullopt;
  }
  return block_of(ByteView(seen.tail).first(seen.tail_size).last(size));
}

bool opened(const Seen& seen) {
  return seen.record.crypt == Crypt::kDecrypted;
}

// IVs of one exchange in the order in which they are likely.
class Candidates {
 public:
  Candidates(const crypto::Suite& suite, const Phase1& phase1, const Conversation* conversation,
             const Sealed& sealed)
      : suite_(suite), phase1_(phase1), conversation_(conversation), sealed_(sealed) {}

  // Last blocks of the other messages of the exchange, newest first, those that were decrypted
  // before those that were not. The message itself is in the history too when it is tried again.
  [[nodiscard]] std::vector<Block> chained(std::size_t size) const {
    const auto& history = conversation_ != nullptr ? conversation_->history : phase1_.history;
    const auto own      = block_of(sealed_.ciphertext.last(size));
    std::vector<Block> ivs;
    for (const bool wanted : {true, false}) {
      for (const auto& seen : std::views::reverse(history.all())) {
        if (const auto tail = tail_of(seen, size); tail && *tail != own && opened(seen) == wanted) {
          ivs.push_back(*tail);
        }
      }
    }
    return ivs;
  }

  [[nodiscard]] std::vector<Block> first(crypto::Cipher cipher, const keys::Phase1Key& key) const {
    std::vector<Block> ivs;
    for (const auto hash : hashes_for(phase1_, key)) {
      if (conversation_ == nullptr) {
        if (const auto iv = phase1_first(cipher, hash)) {
          ivs.push_back(*iv);
        }
        continue;
      }
      Bytes message_id;
      append_uint(message_id, conversation_->message_id, 4);
      const auto size = crypto::block_size(cipher);
      for (const auto& last : last_blocks(cipher, hash, key)) {
        ivs.push_back(block_of(
            crypto::phase2_iv(suite_, hash, cipher, ByteView(last).first(size), message_id)));
      }
    }
    return ivs;
  }

  // Whether the IV must be among the candidates: the message before was seen. What looks like the
  // first message of a conversation is taken for it only where the end of phase 1 was seen.
  [[nodiscard]] bool complete(crypto::Cipher cipher, const keys::Phase1Key& key) const {
    if (sealed_.number == 0 || !order_is_known()) {
      return false;
    }
    if (conversation_ != nullptr) {
      const auto before = static_cast<std::size_t>(sealed_.number - 1);
      return before == 0
                 ? end_was_seen() && !first(cipher, key).empty()
                 : before < conversation_->frames.size() && conversation_->frames.at(before) != 0;
    }
    if (phase1_.mode == Exchange::kMain && sealed_.number == kLastOfMain) {
      return phase1_.frames[kLastOfMain - 1] != 0;
    }
    return !phase1_.g_xi.empty() && !phase1_.g_xr.empty();
  }

 private:
  [[nodiscard]] std::optional<Block> phase1_first(crypto::Cipher cipher, crypto::Hash hash) const {
    if (phase1_.g_xi.empty() || phase1_.g_xr.empty()) {
      return std::nullopt;
    }
    return block_of(crypto::phase1_iv(suite_, hash, cipher, phase1_.padded(phase1_.g_xi),
                                      phase1_.padded(phase1_.g_xr)));
  }

  // What can be the last ciphertext block of phase 1.
  [[nodiscard]] std::vector<Block> last_blocks(crypto::Cipher cipher, crypto::Hash hash,
                                               const keys::Phase1Key& key) const {
    const auto size = crypto::block_size(cipher);
    std::vector<Block> blocks;
    for (const auto& seen : std::views::reverse(phase1_.history.all())) {
      const auto tail = tail_of(seen, size);
      if (tail && (sealed_.informational || ends_phase1(seen.record))) {
        blocks.push_back(*tail);
      }
    }
    if (key.last_block.size() == size) {
      blocks.push_back(block_of(key.last_block));
    }
    // Where aggressive mode ended in clear there is no last block. RFC 2409 does not say what to
    // take; that the first phase-1 IV stands in for it is a convention of implementations which no
    // capture has confirmed. A refusal before phase 1 is complete may be sent under it too.
    if (phase1_.ends_in_clear || sealed_.informational) {
      if (const auto iv = phase1_first(cipher, hash)) {
        blocks.push_back(*iv);
      }
    }
    return blocks;
  }

  // While GM and KS are only guessed, two messages may be in the wrong order (a retransmission of
  // the one before the capture began); of three, the right key would have opened one.
  [[nodiscard]] bool order_is_known() const {
    constexpr std::size_t kEnough = 2;
    return phase1_.roles_sure ||
           (conversation_ != nullptr && conversation_->history.all().size() >= kEnough);
  }

  [[nodiscard]] bool end_was_seen() const {
    return std::ranges::any_of(phase1_.history.all(), [this](const Seen& seen) {
      return seen.tail_size > 0 && ends_phase1(seen.record);
    });
  }

  [[nodiscard]] bool ends_phase1(const FrameRecord& record) const {
    if (record.guessed && !phase1_.roles_sure) {
      return true;
    }
    return record.exchange == Exchange::kAggressive ? record.number == kLastOfAggressive
                                                    : record.number == kLastOfMain;
  }

  const crypto::Suite& suite_;
  const Phase1& phase1_;
  const Conversation* conversation_;
  const Sealed& sealed_;
};

// Keys that have decrypted something first.
std::vector<std::size_t> in_order(const Phase1Keys& keys) {
  std::vector<std::size_t> order(keys.ciphers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_partition(order, [&](std::size_t i) { return keys.ciphers[i].proved; });
  return order;
}

bool first_iv_first(const Phase1& phase1, const Conversation* conversation, const Sealed& sealed) {
  return conversation != nullptr ? conversation->history.all().empty()
                                 : phase1.mode != Exchange::kMain || sealed.number != kLastOfMain;
}

}  // namespace

Opening open_message(const crypto::Suite& suite, Phase1& phase1, const Conversation* conversation,
                     const Sealed& sealed) {
  Opening opening;
  if (phase1.keys.ciphers.empty()) {
    return opening;
  }
  const Candidates candidates(suite, phase1, conversation, sealed);
  const bool first_first = first_iv_first(phase1, conversation, sealed);
  Trial trial(suite, sealed.ciphertext, sealed.first_payload);
  bool fits     = false;
  bool tried    = false;
  bool complete = false;
  for (const auto place : in_order(phase1.keys)) {
    auto& key = phase1.keys.ciphers[place];
    for (const auto cipher : ciphers_for(phase1, key.given)) {
      tried = true;
      if (!trial.set_key(cipher, key.given.key.view())) {
        continue;
      }
      fits     = true;
      complete = complete || candidates.complete(cipher, key.given);
      for (const bool first : {first_first, !first_first}) {
        const auto ivs = first ? candidates.first(cipher, key.given)
                               : candidates.chained(crypto::block_size(cipher));
        const auto iv =
            std::ranges::find_if(ivs, [&](const Block& one) { return trial.fits(one); });
        if (iv != ivs.end()) {
          key.proved = true;
          return {Crypt::kDecrypted, cipher, *iv, place, trial.take_plaintext()};
        }
      }
    }
  }
  if (tried && !fits) {
    opening.crypt = Crypt::kDamaged;
  } else {
    const bool wrong = !tried || (complete && !phase1.keys.proved());
    opening.crypt    = wrong ? Crypt::kWrongKey : Crypt::kNoIv;
  }
  return opening;
}

}  // namespace gdoi::exchange
