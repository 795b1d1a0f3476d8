#include "protocol/crypto/certificate.h"
#include "protocol/crypto/openssl_library.h"

#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace gdoi::crypto {
namespace {

using Owned = OpensslOwned<X509, X509_free>;

// Years that any capture lies in.
constexpr const char* kFrom = "20000101000000Z";
constexpr const char* kTo   = "20991231235959Z";

// A comment (netscape-comment, an IA5String) that only takes room.
bool pad(X509* certificate, std::size_t size) {
  const std::string text(size, 'x');
  const OpensslOwned<ASN1_IA5STRING, ASN1_IA5STRING_free> comment(ASN1_IA5STRING_new());
  return comment &&
         ASN1_STRING_set(comment.get(), text.data(), static_cast<int>(text.size())) == 1 &&
         X509_add1_ext_i2d(certificate, NID_netscape_comment, comment.get(), 0,
                           X509V3_ADD_REPLACE) == 1;
}

bool set_number(X509* certificate, std::size_t octets) {
  const Bytes number(octets, 0x11);
  const OpensslOwned<BIGNUM, BN_free> big(
      BN_bin2bn(number.data(), static_cast<int>(number.size()), nullptr));
  return big && BN_to_ASN1_INTEGER(big.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Bytes signed_der(X509* certificate, EVP_PKEY* key) {
  if (X509_sign(certificate, key, EVP_sha256()) <= 0) {
    return {};
  }
  const int size = i2d_X509(certificate, nullptr);
  Bytes der(size > 0 ? static_cast<std::size_t>(size) : 0);
  auto* out = der.data();
  i2d_X509(certificate, &out);
  return der;
}

}  // namespace

Result<Bytes> PrivateKey::certificate_of_size(ByteView subject, std::size_t size) const {
  const OpensslErrors errors;
  const Owned certificate(X509_new_ex(openssl_context(), nullptr));
  const auto* at = subject.data();
  const OpensslOwned<X509_NAME, X509_NAME_free> name(
      d2i_X509_NAME(nullptr, &at, static_cast<long>(subject.size())));
  if (!certificate || !name || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      X509_set_subject_name(certificate.get(), name.get()) != 1 ||
      X509_set_issuer_name(certificate.get(), name.get()) != 1 ||
      ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate.get()), kFrom) != 1 ||
      ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate.get()), kTo) != 1 ||
      X509_set_pubkey(certificate.get(), key_.get()) != 1) {
    return Error{"OpenSSL makes no certificate for " + text()};
  }
  // Each octet of the comment is one more, but where a length needs another octet itself; and an
  // ECDSA signature is an octet shorter now and then. The serial number takes up what is between.
  std::size_t padding              = 0;
  constexpr int kTries             = 64;
  constexpr std::size_t kTriesEach = 8;
  constexpr std::size_t kMost      = 20;  // RFC 5280 section 4.1.2.2
  for (int tried = 0; tried < kTries; ++tried) {
    if (!set_number(certificate.get(), 1 + static_cast<std::size_t>(tried) / kTriesEach % kMost) ||
        !pad(certificate.get(), padding)) {
      break;
    }
    auto der = signed_der(certificate.get(), key_.get());
    if (der.empty() || der.size() == size) {
      return der.empty() ? Result<Bytes>(Error{"OpenSSL signs no certificate with " + text()})
                         : Result<Bytes>(std::move(der));
    }
    if (der.size() > size && der.size() - size > padding) {
      break;
    }
    padding += size - der.size();
  }
  return Error{"no certificate of " + std::to_string(size) + " octets can be made with " + text()};
}

}  // namespace gdoi::crypto
