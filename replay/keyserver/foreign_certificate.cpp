// A certificate of its own making, with somebody else's names.

#include "keyserver/misbehaviour.h"
#include "protocol/crypto/openssl_library.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>

namespace gdoi::keyserver {
namespace {

using crypto::OpensslOwned;
using Key        = OpensslOwned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = OpensslOwned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using X509Owned  = OpensslOwned<X509, X509_free>;

constexpr std::string_view kName = "a made-up certificate";
constexpr long kHour             = 3'600;
constexpr long kDay              = 24 * kHour;

Key key_like(EVP_PKEY* own) {
  const bool rsa = EVP_PKEY_get_base_id(own) == EVP_PKEY_RSA;
  const KeyContext context(
      EVP_PKEY_CTX_new_from_name(crypto::openssl_context(), rsa ? "RSA" : "EC", nullptr));
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1) {
    return {};
  }
  std::array<char, 64> curve{};
  std::size_t size = 0;
  const bool set =
      rsa ? EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), EVP_PKEY_get_bits(own)) == 1
          : EVP_PKEY_get_group_name(own, curve.data(), curve.size(), &size) == 1 &&
                EVP_PKEY_CTX_set_group_name(context.get(), curve.data()) == 1;
  EVP_PKEY* made = nullptr;
  return set && EVP_PKEY_generate(context.get(), &made) == 1 ? Key(made) : Key();
}

/// Everything of the certificate that names its owner, under another key and signed with it.
X509Owned signed_by_itself(X509* own, EVP_PKEY* key) {
  X509Owned made(X509_dup(own));
  const bool done = made && X509_set_pubkey(made.get(), key) == 1 &&
                    X509_set_issuer_name(made.get(), X509_get_subject_name(own)) == 1 &&
                    X509_gmtime_adj(X509_getm_notBefore(made.get()), -kHour) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(made.get()), kDay) != nullptr;
  if (!done) {
    return {};
  }
  for (const auto extension : {NID_authority_key_identifier, NID_subject_key_identifier}) {
    const auto at = X509_get_ext_by_NID(made.get(), extension, -1);
    if (at >= 0) {
      X509_EXTENSION_free(X509_delete_ext(made.get(), at));
    }
  }
  return X509_sign(made.get(), key, EVP_sha256()) > 0 ? std::move(made) : X509Owned();
}

Result<crypto::PrivateKey> private_key(EVP_PKEY* key) {
  const OpensslOwned<BIO, BIO_free_all> memory(BIO_new(BIO_s_secmem()));
  char* octets = nullptr;
  if (!memory ||
      PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Error{"OpenSSL does not write the key"};
  }
  const auto size = BIO_get_mem_data(memory.get(), &octets);
  const std::string_view text(octets, static_cast<std::size_t>(size));
  return crypto::PrivateKey::from_pem(Secret(bytes_of(text)), kName);
}

}  // namespace

Result<engine::Credentials> foreign_credentials(const engine::Credentials& own) {
  const crypto::OpensslErrors errors;
  auto* const certificate = own.own().handle();
  const auto key          = key_like(X509_get0_pubkey(certificate));
  const auto made         = key ? signed_by_itself(certificate, key.get()) : X509Owned();
  unsigned char* der      = nullptr;
  const auto size         = made ? i2d_X509(made.get(), &der) : 0;
  if (size <= 0) {
    return Error{"OpenSSL makes no certificate like that of the key server"};
  }
  const Bytes octets(der, der + size);  // NOLINT(cppcoreguidelines-pro-bounds-pointer-arithmetic)
  OPENSSL_free(der);
  auto read   = crypto::Certificate::from_der(octets);
  auto signer = private_key(key.get());
  if (!read || !signer) {
    return read ? signer.error() : read.error();
  }
  return engine::Credentials{
      {std::move(read).value()}, std::move(signer).value(), own.trust, own.calendar};
}

}  // namespace gdoi::keyserver
