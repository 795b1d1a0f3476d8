#include "protocol/exchange/plaintext.h"

#include "protocol/exchange/payload_types.h"

#include <algorithm>

namespace gdoi::exchange {
namespace {

constexpr std::size_t kGenericHeader = 4;  // RFC 2408 section 3.2

struct Generic {
  std::uint8_t next;
  std::uint8_t reserved;
  std::size_t length;
};

Generic generic(ByteView at) {
  return {at[0], at[1], static_cast<std::size_t>(to_uint(at.subspan(2, 2)))};
}

bool known(std::uint8_t type) {
  return type == payload::kSa || (type >= payload::kKe && type <= payload::kGap) ||
         (type >= payload::kNatDPrivate && type <= payload::kFragment);
}

bool is_digest_size(std::size_t size) {
  using crypto::Hash;
  constexpr std::array kAll{Hash::kMd5, Hash::kSha1, Hash::kSha256, Hash::kSha384, Hash::kSha512};
  return std::ranges::any_of(kAll, [size](Hash hash) { return crypto::digest_size(hash) == size; });
}

// Octets of an ID payload by its type (RFC 2407 section 4.6.2); 0: any.
std::size_t id_length(std::uint8_t type) {
  switch (type) {
    case 1:
      return 12;
    case 4:
    case 7:
      return 16;
    case 5:
      return 24;
    case 6:
    case 8:
      return 40;
    default:
      return 0;
  }
}

bool right_head(ByteView plaintext, std::uint8_t first) {
  const auto head = generic(plaintext);
  if (head.reserved != 0 || head.length > plaintext.size() ||
      (head.next != 0 && !known(head.next))) {
    return false;
  }
  switch (first) {
    case payload::kHash:
      return head.length > kGenericHeader && is_digest_size(head.length - kGenericHeader);
    case payload::kSeq:
      return head.length == 8 && head.next != 0;  // RFC 6407 section 5.7
    case payload::kId:
      return head.next != 0 && plaintext.size() > kGenericHeader &&
             head.length == id_length(plaintext[kGenericHeader]);
    default:
      return false;
  }
}

bool right_chain(ByteView rest, std::uint8_t type, std::size_t block) {
  while (type != 0) {
    if (!known(type) || rest.size() < kGenericHeader) {
      return false;
    }
    const auto head = generic(rest);
    if (head.reserved != 0 || head.length < kGenericHeader || head.length > rest.size()) {
      return false;
    }
    type = head.next;
    rest = rest.subspan(head.length);
  }
  return rest.size() <= block ||
         std::ranges::all_of(rest, [](std::uint8_t octet) { return octet == 0; });
}

}  // namespace

bool plausible(ByteView plaintext, std::uint8_t first, std::size_t block) {
  return first != 0 && plaintext.size() >= kGenericHeader &&
         (right_chain(plaintext, first, block) || right_head(plaintext, first));
}

bool Trial::set_key(crypto::Cipher cipher, ByteView key) {
  block_ = crypto::block_size(cipher);
  if (ciphertext_.empty() || ciphertext_.size() % block_ != 0 ||
      key.size() != crypto::key_size(cipher)) {
    return false;
  }
  const Block zero{};
  auto plaintext = suite_.decrypt(cipher, key, ByteView(zero).first(block_), ciphertext_);
  if (!plaintext) {
    return false;
  }
  wipe(plaintext_);
  plaintext_ = std::move(*plaintext);
  std::copy_n(plaintext_.begin(), block_, head_.begin());
  return true;
}

bool Trial::fits(const Block& iv) {
  for (std::size_t i = 0; i < block_; ++i) {
    plaintext_[i] = head_.at(i) ^ iv.at(i);
  }
  return plausible(plaintext_, first_payload_, block_);
}

}  // namespace gdoi::exchange
