#include "protocol/crypto/signature.h"

#include "protocol/crypto/curves.h"
#include "protocol/crypto/digest_info.h"
#include "protocol/crypto/openssl_library.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dsa.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <limits>
#include <string_view>

namespace gdoi::crypto {
namespace {

using Key         = OpensslOwned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext  = OpensslOwned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Certificate = OpensslOwned<X509, X509_free>;
using Verdict     = SignatureCheck::Verdict;

constexpr std::size_t kHeaderSize     = 28;  // RFC 2408 section 3.1
constexpr std::size_t kLengthPosition = 24;

// 00 01 FF..FF 00 prefix value (RFC 8017 section 9.2); empty where the modulus has no room.
Bytes type_1_block(std::size_t size, ByteView prefix, ByteView value) {
  constexpr std::size_t kOverhead = 11;  // 00 01, at least eight FF, 00
  if (size < kOverhead + prefix.size() + value.size()) {
    return {};
  }
  Bytes block{0x00, 0x01};
  block.resize(size - prefix.size() - value.size() - 1, 0xff);
  block.push_back(0x00);
  append(block, prefix);
  append(block, value);
  return block;
}

SignatureCheck good(SignatureForm form) {
  return {Verdict::kGood, form, {}};
}

SignatureCheck bad() {
  return {Verdict::kBad, SignatureForm::kNone, {}};
}

SignatureCheck unverifiable(std::string reason) {
  return {Verdict::kUnverifiable, SignatureForm::kNone, std::move(reason)};
}

// DER of SEQUENCE { r INTEGER, s INTEGER } from r|s: DSS and ECDSA write the same (RFC 3279
// section 2.2). Empty on failure.
Bytes der_of_halves(ByteView signature) {
  const auto half = signature.size() / 2;
  const OpensslOwned<DSA_SIG, DSA_SIG_free> pair(DSA_SIG_new());
  BIGNUM* r = BN_bin2bn(signature.data(), static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(signature.subspan(half).data(), static_cast<int>(half), nullptr);
  if (!pair || r == nullptr || s == nullptr || DSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return {};
  }
  const int size = i2d_DSA_SIG(pair.get(), nullptr);
  if (size <= 0) {
    return {};
  }
  Bytes der(static_cast<std::size_t>(size));
  auto* out = der.data();
  i2d_DSA_SIG(pair.get(), &out);
  return der;
}

KeyContext verification(EVP_PKEY* key) {
  KeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl_context(), key, nullptr));
  if (context && EVP_PKEY_verify_init(context.get()) != 1) {
    context.reset();
  }
  return context;
}

bool verifies(EVP_PKEY_CTX* context, ByteView der, ByteView digest) {
  return EVP_PKEY_verify(context, der.data(), der.size(), digest.data(), digest.size()) == 1;
}

SignatureCheck verify_rsa(EVP_PKEY* key, Hash hash, ByteView hash_value, ByteView signature) {
  const int modulus = EVP_PKEY_get_size(key);
  if (modulus <= 0 || signature.size() != static_cast<std::size_t>(modulus)) {
    return bad();
  }
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl_context(), key, nullptr));
  if (!context || EVP_PKEY_verify_recover_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1) {
    return unverifiable("OpenSSL cannot use this RSA key");
  }
  Bytes block(signature.size());
  auto size = block.size();
  if (EVP_PKEY_verify_recover(context.get(), block.data(), &size, signature.data(),
                              signature.size()) != 1 ||
      size != block.size()) {
    return bad();
  }
  if (equal(block, type_1_block(size, {}, hash_value))) {
    return good(SignatureForm::kRsaBareHash);
  }
  if (equal(block, type_1_block(size, digest_info_prefix(hash), hash_value))) {
    return good(SignatureForm::kRsaDigestInfo);
  }
  return bad();
}

SignatureCheck verify_pair(EVP_PKEY* key, SignatureKind kind, Hash hash, ByteView hash_value,
                           ByteView signature) {
  // Both halves as long as the group's order (RFC 4754 section 7); leading zeros more or less
  // change no number, so only an odd length or none is no r|s.
  if (signature.empty() || signature.size() % 2 != 0 ||
      signature.size() > std::numeric_limits<std::uint16_t>::max()) {
    return bad();
  }
  const auto der     = der_of_halves(signature);
  const auto context = verification(key);
  if (der.empty() || !context) {
    return unverifiable("OpenSSL cannot use this key");
  }
  if (verifies(context.get(), der, hash_value)) {
    return good(kind == SignatureKind::kDss ? SignatureForm::kDss : SignatureForm::kEcdsaDirect);
  }
  if (kind == SignatureKind::kEcdsa &&
      verifies(context.get(), der, openssl_suite().digest(hash, {hash_value}))) {
    return good(SignatureForm::kEcdsaRehashed);
  }
  return bad();
}

}  // namespace

ByteView digest_info_prefix(Hash hash) {
  using namespace std::string_view_literals;
  switch (hash) {
    case Hash::kMd5:
      return bytes_of("\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10"sv);
    case Hash::kSha1:
      return bytes_of("\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"sv);
    case Hash::kSha256:
      return bytes_of(
          "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"sv);
    case Hash::kSha384:
      return bytes_of(
          "\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"sv);
    case Hash::kSha512:
      return bytes_of(
          "\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"sv);
  }
  return {};
}

struct PublicKey::Impl {
  Key key;
  SignatureKind kind;

  static Result<PublicKey> of(Key key) {
    if (!key) {
      return Error{"the public key is of a kind that OpenSSL does not know, or broken"};
    }
    if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
      return PublicKey(std::make_unique<Impl>(Impl{std::move(key), SignatureKind::kRsa}));
    }
    if (EVP_PKEY_is_a(key.get(), "DSA") == 1) {
      return PublicKey(std::make_unique<Impl>(Impl{std::move(key), SignatureKind::kDss}));
    }
    if (EVP_PKEY_is_a(key.get(), "EC") == 1) {
      return PublicKey(std::make_unique<Impl>(Impl{std::move(key), SignatureKind::kEcdsa}));
    }
    const auto* type = EVP_PKEY_get0_type_name(key.get());
    return Error{std::string("a key of type ") + (type != nullptr ? type : "unknown") +
                 " makes no RSA, DSS or ECDSA signature"};
  }
};

PublicKey::PublicKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PublicKey::PublicKey(PublicKey&& other) noexcept            = default;
PublicKey& PublicKey::operator=(PublicKey&& other) noexcept = default;
PublicKey::~PublicKey()                                     = default;

Result<PublicKey> PublicKey::from_certificate(ByteView der) {
  const OpensslErrors errors;
  X509* parsed   = X509_new_ex(openssl_context(), nullptr);
  const auto* at = der.data();
  if (parsed == nullptr || der.empty() ||
      d2i_X509(&parsed, &at, static_cast<long>(der.size())) == nullptr) {
    // d2i_X509 frees what it was given when it fails, and clears the pointer.
    X509_free(parsed);
    return Error{"the certificate is no X.509 in DER"};
  }
  const Certificate certificate(parsed);
  if (at != der.data() + der.size()) {
    return Error{"octets follow the certificate"};
  }
  return Impl::of(Key(X509_get_pubkey(certificate.get())));
}

Result<PublicKey> PublicKey::from_spki(ByteView der) {
  const OpensslErrors errors;
  const auto* at = der.data();
  if (der.empty()) {
    return Error{"the public key is empty"};
  }
  Key key(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), openssl_context(), nullptr));
  if (!key) {
    return Error{"the public key is no SubjectPublicKeyInfo in DER"};
  }
  if (at != der.data() + der.size()) {
    return Error{"octets follow the public key"};
  }
  return Impl::of(std::move(key));
}

SignatureKind PublicKey::kind() const {
  return impl_->kind;
}

unsigned PublicKey::bits() const {
  const int bits = EVP_PKEY_get_bits(impl_->key.get());
  return bits > 0 ? static_cast<unsigned>(bits) : 0;
}

bool PublicKey::fits(std::uint16_t auth_method) const {
  const OpensslErrors errors;
  if (impl_->kind != SignatureKind::kEcdsa) {
    return impl_->kind == SignatureKind::kRsa && auth_method == kRsaSignatures;
  }
  const auto* const curve = curve_of(impl_->key.get());
  return curve != nullptr && auth_method == curve->auth_method;
}

SignatureCheck PublicKey::verify(Hash hash, ByteView hash_value, ByteView signature) const {
  const OpensslErrors errors;
  if (hash_value.size() != digest_size(hash)) {
    return unverifiable("the hash value is not of the length of " + std::string(name_of(hash)));
  }
  auto* key = impl_->key.get();
  return impl_->kind == SignatureKind::kRsa
             ? verify_rsa(key, hash, hash_value, signature)
             : verify_pair(key, impl_->kind, hash, hash_value, signature);
}

// SEQUENCE { AlgorithmIdentifier, BIT STRING } (RFC 5280 section 4.1)
std::optional<SignatureKind> kind_of_spki(ByteView der) {
  const OpensslErrors errors;
  const auto* at        = der.data();
  const auto size       = static_cast<long>(der.size());
  long length           = 0;
  int tag               = 0;
  int class_bits        = 0;
  constexpr int kFailed = 0x80;  // ASN1_get_object(3)
  if (der.empty() || (ASN1_get_object(&at, &length, &tag, &class_bits, size) & kFailed) != 0 ||
      tag != V_ASN1_SEQUENCE) {
    return std::nullopt;
  }
  const OpensslOwned<X509_ALGOR, X509_ALGOR_free> algorithm(d2i_X509_ALGOR(nullptr, &at, length));
  if (!algorithm) {
    return std::nullopt;
  }
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm.get());
  switch (OBJ_obj2nid(object)) {
    case NID_rsaEncryption:
      return SignatureKind::kRsa;
    case NID_dsa:
      return SignatureKind::kDss;
    case NID_X9_62_id_ecPublicKey:
      return SignatureKind::kEcdsa;
    default:
      return std::nullopt;
  }
}

Bytes push_digest(const Suite& suite, Hash hash, ByteView header, std::uint32_t length,
                  ByteView payloads) {
  if (header.size() != kHeaderSize) {
    return {};
  }
  Bytes length_field;
  append_uint(length_field, length, kHeaderSize - kLengthPosition);
  return suite.digest(hash,
                      {bytes_of("rekey"), header.first(kLengthPosition), length_field, payloads});
}

}  // namespace gdoi::crypto
