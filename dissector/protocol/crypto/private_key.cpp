#include "protocol/crypto/certificate.h"
#include "protocol/crypto/curves.h"
#include "protocol/crypto/digest_info.h"
#include "protocol/crypto/openssl_library.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

namespace gdoi::crypto {
namespace {

using KeyContext = OpensslOwned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

std::size_t order_size(const EVP_PKEY* key) {
  return (static_cast<std::size_t>(EVP_PKEY_get_bits(key)) + 7) / 8;
}

// r|s of DER (RFC 4754 section 7), each left zero padded; empty where it is no signature.
Bytes halves_of(ByteView der, std::size_t half) {
  const auto* at = der.data();
  const OpensslOwned<ECDSA_SIG, ECDSA_SIG_free> pair(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Bytes out(2 * half);
  const auto size = static_cast<int>(half);
  if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), size) != size ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + half, size) != size) {
    return {};
  }
  return out;
}

// Each takes seconds; a KD can name a larger one.
constexpr int kMostRsaBits = 8'192;

// Sets up the making of a key like `model`: its curve, or the size of its modulus and its exponent.
KeyContext generation(EVP_PKEY* model) {
  const bool rsa = EVP_PKEY_is_a(model, "RSA") == 1;
  KeyContext context(rsa ? EVP_PKEY_CTX_new_from_name(openssl_context(), "RSA", nullptr)
                         : EVP_PKEY_CTX_new_from_pkey(openssl_context(), model, nullptr));
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1) {
    return {};
  }
  if (!rsa) {
    return context;
  }
  BIGNUM* exponent = nullptr;
  const bool ready =
      EVP_PKEY_get_bits(model) <= kMostRsaBits &&
      EVP_PKEY_get_bn_param(model, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
      EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), EVP_PKEY_get_bits(model)) == 1 &&
      EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context.get(), exponent) == 1;
  BN_free(exponent);
  return ready ? std::move(context) : KeyContext{};
}

}  // namespace

Result<PrivateKey> PrivateKey::made_like(ByteView spki) {
  const OpensslErrors errors;
  const auto* at = spki.data();
  const OpensslOwned<EVP_PKEY, EVP_PKEY_free> model(
      d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(spki.size()), openssl_context(), nullptr));
  if (!model) {
    return Error{"the public key is no SubjectPublicKeyInfo in DER"};
  }
  const bool rsa = EVP_PKEY_is_a(model.get(), "RSA") == 1;
  if (!rsa && (EVP_PKEY_is_a(model.get(), "EC") != 1 || curve_of(model.get()) == nullptr)) {
    return Error{"no key is made of this kind"};
  }
  const auto context = generation(model.get());
  EVP_PKEY* made     = nullptr;
  if (!context || EVP_PKEY_generate(context.get(), &made) != 1) {
    return Error{"OpenSSL makes no key of this size"};
  }
  return PrivateKey(std::shared_ptr<EVP_PKEY>(made, EVP_PKEY_free),
                    rsa ? SignatureKind::kRsa : SignatureKind::kEcdsa);
}

Bytes PrivateKey::spki() const {
  const int size = i2d_PUBKEY(key_.get(), nullptr);
  Bytes der(size > 0 ? static_cast<std::size_t>(size) : 0);
  auto* out = der.data();
  i2d_PUBKEY(key_.get(), &out);
  return der;
}

Result<PrivateKey> PrivateKey::from_pem(const Secret& text, std::string_view name) {
  const OpensslErrors errors;
  const std::string file(name);
  if (text.empty() || text.size() > kMaxPemSize) {
    return Error{file + (text.empty() ? ": is empty; it must hold a private key in PEM"
                                      : ": is too large for a private key in PEM")};
  }
  const OpensslOwned<BIO, BIO_free> bio(
      BIO_new_mem_buf(text.view().data(), static_cast<int>(text.size())));
  bool passphrase = false;
  const auto asks = [](char* /*into*/, int /*size*/, int /*writing*/, void* asked) {
    *static_cast<bool*>(asked) = true;
    return -1;
  };
  const std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PrivateKey_ex(bio.get(), nullptr, asks, &passphrase, openssl_context(), nullptr),
      EVP_PKEY_free);
  if (passphrase) {
    return Error{file + ": the private key is under a passphrase; openssl pkey -in " + file +
                 " -out PLAIN takes it off"};
  }
  if (!key) {
    return Error{file +
                 ": holds no private key in PEM (-----BEGIN PRIVATE KEY-----), or a "
                 "damaged one"};
  }
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
    return PrivateKey(key, SignatureKind::kRsa);
  }
  if (EVP_PKEY_is_a(key.get(), "EC") == 1) {
    if (curve_of(key.get()) == nullptr) {
      return Error{file + ": the key's curve is none of P-256, P-384 and P-521 (RFC 4754)"};
    }
    return PrivateKey(key, SignatureKind::kEcdsa);
  }
  const auto* type = EVP_PKEY_get0_type_name(key.get());
  return Error{file + ": a key of type " + (type != nullptr ? type : "unknown") +
               " makes no RSA or ECDSA signature; IKE needs one of these"};
}

unsigned PrivateKey::bits() const {
  const int bits = EVP_PKEY_get_bits(key_.get());
  return bits > 0 ? static_cast<unsigned>(bits) : 0;
}

std::string PrivateKey::text() const {
  return kind_ == SignatureKind::kRsa ? "RSA " + std::to_string(bits())
                                      : std::string(curve_of(key_.get())->text);
}

bool PrivateKey::belongs_to(const Certificate& certificate) const {
  const OpensslErrors errors;
  return X509_check_private_key(certificate.handle(), key_.get()) == 1;
}

bool PrivateKey::fits(std::uint16_t auth_method) const {
  return kind_ == SignatureKind::kRsa ? auth_method == kRsaSignatures
                                      : auth_method == curve_of(key_.get())->auth_method;
}

std::size_t PrivateKey::signature_size() const {
  return kind_ == SignatureKind::kRsa ? static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))
                                      : 2 * order_size(key_.get());
}

Result<Bytes> PrivateKey::sign(ByteView hash_value) const {
  const OpensslErrors errors;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(openssl_context(), key_.get(), nullptr));
  Bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  auto size = out.size();
  // No signature hash is set: PKCS#1 padding then goes around the octets as they are.
  if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
      (kind_ == SignatureKind::kRsa &&
       EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1) ||
      EVP_PKEY_sign(context.get(), out.data(), &size, hash_value.data(), hash_value.size()) != 1) {
    return Error{text() + " cannot sign " + std::to_string(hash_value.size()) + " octets"};
  }
  out.resize(size);
  if (kind_ == SignatureKind::kRsa) {
    return out;
  }
  auto halves = halves_of(out, order_size(key_.get()));
  if (halves.empty()) {
    return Error{"OpenSSL made no ECDSA signature"};
  }
  return halves;
}

Result<Bytes> PrivateKey::sign(SignatureForm form, Hash hash, ByteView hash_value) const {
  switch (form) {
    case SignatureForm::kRsaBareHash:
    case SignatureForm::kEcdsaDirect:
      return sign(hash_value);
    case SignatureForm::kRsaDigestInfo: {
      auto info = to_bytes(digest_info_prefix(hash));
      append(info, hash_value);
      return sign(info);
    }
    case SignatureForm::kEcdsaRehashed:
      return sign(openssl_suite().digest(hash, {hash_value}));
    case SignatureForm::kDss:
    case SignatureForm::kNone:
      break;
  }
  return Error{text() + " makes no signature of this form"};
}

}  // namespace gdoi::crypto
