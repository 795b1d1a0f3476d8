#include "protocol/crypto/openssl_library.h"
#include "protocol/crypto/suite.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <limits>

namespace gdoi::crypto {
namespace {

using Digest        = OpensslOwned<EVP_MD, EVP_MD_free>;
using DigestContext = OpensslOwned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Mac           = OpensslOwned<EVP_MAC, EVP_MAC_free>;
using MacContext    = OpensslOwned<EVP_MAC_CTX, EVP_MAC_CTX_free>;
using CipherAlgo    = OpensslOwned<EVP_CIPHER, EVP_CIPHER_free>;
using CipherContext = OpensslOwned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

constexpr std::array kDigestNames{"MD5", "SHA1", "SHA2-256", "SHA2-384", "SHA2-512"};

// Single DES is in the legacy provider only; triple DES with K|K|K is the same function.
constexpr std::array kCipherNames{"DES-EDE3-CBC", "DES-EDE3-CBC", "AES-128-CBC", "AES-192-CBC",
                                  "AES-256-CBC"};
constexpr std::size_t kDesKeySize = 8;

// OpenSSL takes a null pointer as "keep what was set", so no octets still need an address.
constexpr std::uint8_t kNothing = 0;

const std::uint8_t* address_of(ByteView view) {
  return view.empty() ? &kNothing : view.data();
}

// The key that a kept context was last set to: setting the same one again costs as much as a block
// or two, and most messages of a session and all of a KEK follow under the key of the one before.
class LastKey {
 public:
  LastKey()                          = default;
  LastKey(const LastKey&)            = delete;
  LastKey& operator=(const LastKey&) = delete;
  LastKey(LastKey&&)                 = delete;
  LastKey& operator=(LastKey&&)      = delete;

  ~LastKey() { forget(); }

  [[nodiscard]] bool is(ByteView key) const {
    return known_ && equal_constant_time({octets_.data(), size_}, key);
  }

  void remember(ByteView key) {
    forget();
    known_ = key.size() <= octets_.size();
    if (known_) {
      std::copy(key.begin(), key.end(), octets_.begin());
      size_ = key.size();
    }
  }

  void forget() {
    wipe({octets_.data(), size_});
    size_  = 0;
    known_ = false;
  }

 private:
  std::array<std::uint8_t, 128> octets_{};
  std::size_t size_ = 0;
  bool known_       = false;
};

enum class Direction : std::uint8_t { kDecrypt = 0, kEncrypt = 1 };

Error sizes_error(Cipher cipher, std::string_view what, std::size_t had, std::size_t needed) {
  return {std::string(name_of(cipher)) + ": " + std::string(what) + " has " + std::to_string(had) +
          " octets instead of " + std::to_string(needed)};
}

class OpensslSuite final : public Suite {
 public:
  OpensslSuite() {
    const OpensslErrors errors;
    auto* library = openssl_context();
    const Mac hmac(EVP_MAC_fetch(library, "HMAC", nullptr));
    for (std::size_t i = 0; i < hashes_.size(); ++i) {
      auto& kept = hashes_.at(i);
      kept.algorithm.reset(EVP_MD_fetch(library, kDigestNames.at(i), nullptr));
      kept.digest.reset(EVP_MD_CTX_new());
      kept.hmac.reset(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr);
      // OSSL_PARAM has no const; OpenSSL only reads the name.
      std::string name(kDigestNames.at(i));
      const std::array params{
          OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
          OSSL_PARAM_construct_end()};
      if (kept.hmac && EVP_MAC_CTX_set_params(kept.hmac.get(), params.data()) != 1) {
        kept.hmac.reset();
      }
    }
    for (std::size_t i = 0; i < ciphers_.size(); ++i) {
      const CipherAlgo algorithm(EVP_CIPHER_fetch(library, kCipherNames.at(i), nullptr));
      for (const auto direction : {Direction::kDecrypt, Direction::kEncrypt}) {
        prepare(ciphers_.at(i).at(static_cast<std::size_t>(direction)), algorithm.get(), direction);
      }
    }
  }

  [[nodiscard]] Bytes digest(Hash hash, std::initializer_list<ByteView> parts) const override {
    const auto& kept = hashes_.at(static_cast<std::size_t>(hash));
    auto* context    = kept.digest.get();
    if (!kept.algorithm || context == nullptr ||
        EVP_DigestInit_ex2(context, kept.algorithm.get(), nullptr) != 1) {
      return {};
    }
    for (const auto part : parts) {
      if (!part.empty() && EVP_DigestUpdate(context, part.data(), part.size()) != 1) {
        return {};
      }
    }
    Bytes value(digest_size(hash));
    if (EVP_DigestFinal_ex(context, value.data(), nullptr) != 1) {
      return {};
    }
    return value;
  }

  [[nodiscard]] Bytes hmac(Hash hash, ByteView key,
                           std::initializer_list<ByteView> parts) const override {
    auto& kept    = hashes_.at(static_cast<std::size_t>(hash));
    auto* context = kept.hmac.get();
    if (context == nullptr || !set_key(kept, key)) {
      return {};
    }
    for (const auto part : parts) {
      if (!part.empty() && EVP_MAC_update(context, part.data(), part.size()) != 1) {
        kept.key.forget();
        return {};
      }
    }
    Bytes value(digest_size(hash));
    std::size_t size = 0;
    if (EVP_MAC_final(context, value.data(), &size, value.size()) != 1 || size != value.size()) {
      kept.key.forget();
      return {};
    }
    return value;
  }

  [[nodiscard]] Result<Bytes> encrypt(Cipher cipher, ByteView key, ByteView iv,
                                      ByteView plaintext) const override {
    return run(Direction::kEncrypt, cipher, key, iv, plaintext);
  }

  [[nodiscard]] Result<Bytes> decrypt(Cipher cipher, ByteView key, ByteView iv,
                                      ByteView ciphertext) const override {
    return run(Direction::kDecrypt, cipher, key, iv, ciphertext);
  }

 private:
  struct KeptHash {
    Digest algorithm;
    DigestContext digest;
    MacContext hmac;
    LastKey key;
  };

  struct KeptCipher {
    CipherContext context;
    LastKey key;
  };

  static void prepare(KeptCipher& kept, const EVP_CIPHER* algorithm, Direction direction) {
    // Padding off as a parameter of the provider's context: set by EVP_CIPHER_CTX_set_padding, it
    // would be handed down again at every new IV.
    unsigned int padding = 0;
    const std::array params{OSSL_PARAM_construct_uint(OSSL_CIPHER_PARAM_PADDING, &padding),
                            OSSL_PARAM_construct_end()};
    kept.context.reset(algorithm != nullptr ? EVP_CIPHER_CTX_new() : nullptr);
    if (kept.context && EVP_CipherInit_ex2(kept.context.get(), algorithm, nullptr, nullptr,
                                           static_cast<int>(direction), params.data()) != 1) {
      kept.context.reset();
    }
  }

  static bool set_key(KeptHash& kept, ByteView key) {
    if (kept.key.is(key)) {
      return EVP_MAC_init(kept.hmac.get(), nullptr, 0, nullptr) == 1;
    }
    kept.key.forget();
    if (EVP_MAC_init(kept.hmac.get(), address_of(key), key.size(), nullptr) != 1) {
      return false;
    }
    kept.key.remember(key);
    return true;
  }

  static bool set_key(KeptCipher& kept, Cipher cipher, ByteView key, ByteView iv) {
    constexpr int kSameDirection = -1;
    if (kept.key.is(key)) {
      return EVP_CipherInit_ex2(kept.context.get(), nullptr, nullptr, iv.data(), kSameDirection,
                                nullptr) == 1;
    }
    kept.key.forget();
    const auto start = [&](ByteView octets) {
      return EVP_CipherInit_ex2(kept.context.get(), nullptr, octets.data(), iv.data(),
                                kSameDirection, nullptr) == 1;
    };
    bool good = false;
    if (cipher == Cipher::kDesCbc) {
      std::array<std::uint8_t, 3 * kDesKeySize> thrice{};
      for (std::size_t i = 0; i < thrice.size(); ++i) {
        thrice.at(i) = key[i % kDesKeySize];
      }
      good = start(thrice);
      wipe(thrice);
    } else {
      good = start(key);
    }
    if (good) {
      kept.key.remember(key);
    }
    return good;
  }

  Result<Bytes> run(Direction direction, Cipher cipher, ByteView key, ByteView iv,
                    ByteView input) const {
    const auto block = block_size(cipher);
    if (key.size() != key_size(cipher)) {
      return sizes_error(cipher, "the key", key.size(), key_size(cipher));
    }
    if (iv.size() != block) {
      return sizes_error(cipher, "the IV", iv.size(), block);
    }
    if (input.size() % block != 0 || input.size() > std::numeric_limits<int>::max()) {
      return Error{std::string(name_of(cipher)) + ": " + std::to_string(input.size()) +
                   " octets are no multiple of the block of " + std::to_string(block)};
    }
    auto& kept =
        ciphers_.at(static_cast<std::size_t>(cipher)).at(static_cast<std::size_t>(direction));
    if (!kept.context) {
      return Error{std::string(name_of(cipher)) + ": not in this build of OpenSSL"};
    }
    Bytes output(input.size());
    if (input.empty()) {
      return output;
    }
    int written = 0;
    if (!set_key(kept, cipher, key, iv) ||
        EVP_CipherUpdate(kept.context.get(), output.data(), &written, input.data(),
                         static_cast<int>(input.size())) != 1 ||
        static_cast<std::size_t>(written) != output.size()) {
      kept.key.forget();
      return Error{std::string(name_of(cipher)) + ": OpenSSL refused the key or the data"};
    }
    return output;
  }

  // Contexts are scratch space: what they hold between two calls shows in no result.
  mutable std::array<KeptHash, kDigestNames.size()> hashes_;
  mutable std::array<std::array<KeptCipher, 2>, kCipherNames.size()> ciphers_;
};

}  // namespace

const Suite& openssl_suite() {
  thread_local const OpensslSuite suite;
  return suite;
}

}  // namespace gdoi::crypto
