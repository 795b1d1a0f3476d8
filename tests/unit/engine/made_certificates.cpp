#include "made_certificates.h"

#include "duel.h"
#include "protocol/crypto/openssl_library.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace gdoi::simulation {
namespace {

using crypto::OpensslOwned;
using Bio = OpensslOwned<BIO, BIO_free>;

constexpr std::int64_t kDay = 86'400;

void require(bool done, const char* what) {
  if (!done) {
    throw std::logic_error(std::string("OpenSSL: ") + what);
  }
}

std::shared_ptr<EVP_PKEY> key_on(const std::string& curve) {
  auto* const made =
      curve == "ED25519"
          ? EVP_PKEY_Q_keygen(crypto::openssl_context(), nullptr, "ED25519")
          : EVP_PKEY_Q_keygen(crypto::openssl_context(), nullptr, "EC", curve.c_str());
  require(made != nullptr, "no key");
  return {made, EVP_PKEY_free};
}

void set_name(X509_NAME* name, const std::string& common) {
  const auto add = [&](const char* field, const std::string& value) {
    require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC,
                                       reinterpret_cast<const unsigned char*>(value.c_str()), -1,
                                       -1, 0) == 1,
            "no name");
  };
  add("O", "Made");
  add("CN", common);
}

void set_time(ASN1_TIME* time, int days) {
  require(ASN1_TIME_set(time, static_cast<time_t>(kCalendar.unix_seconds + days * kDay)) != nullptr,
          "no time");
}

void add_extension(X509* certificate, const std::string& name, const std::string& value) {
  const OpensslOwned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_nconf(nullptr, nullptr, name.c_str(), value.c_str()));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, name.c_str());
}

Bytes contents(BIO* bio) {
  char* octets    = nullptr;
  const auto size = BIO_get_mem_data(bio, &octets);
  return to_bytes(bytes_of({octets, static_cast<std::size_t>(size)}));
}

}  // namespace

Wish authority(const std::string& name, const std::string& constraints) {
  Wish wish;
  wish.name       = name;
  wish.extensions = {
      {"basicConstraints", "critical,CA:TRUE" + constraints},
      {"keyUsage",         "critical,keyCertSign,cRLSign"  }
  };
  return wish;
}

Made make_certificate(const Wish& wish, const Made* issuer) {
  static long serial = 1;
  const auto key     = key_on(wish.curve);
  const OpensslOwned<X509, X509_free> x509(X509_new_ex(crypto::openssl_context(), nullptr));
  require(x509 && X509_set_version(x509.get(), X509_VERSION_3) == 1, "no certificate");
  require(ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), serial++) == 1, "no serial number");
  set_name(X509_get_subject_name(x509.get()), wish.name);
  auto* const by = issuer == nullptr ? x509.get() : issuer->certificate.handle();
  require(X509_set_issuer_name(x509.get(), X509_get_subject_name(by)) == 1, "no issuer");
  set_time(X509_getm_notBefore(x509.get()), wish.from);
  set_time(X509_getm_notAfter(x509.get()), wish.to);
  require(X509_set_pubkey(x509.get(), key.get()) == 1, "no public key");
  for (const auto& [name, value] : wish.extensions) {
    add_extension(x509.get(), name, value);
  }
  auto* const signer = issuer == nullptr ? key.get() : issuer->key.get();
  const auto* digest = EVP_PKEY_is_a(signer, "ED25519") == 1 ? nullptr : EVP_sha256();
  require(X509_sign(x509.get(), signer, digest) > 0, "no signature");
  const Bio bio(BIO_new(BIO_s_mem()));
  require(bio && i2d_X509_bio(bio.get(), x509.get()) == 1, "no DER");
  return {crypto::Certificate::from_der(contents(bio.get())).value(), key};
}

crypto::Crl make_crl(const Made& issuer, const std::vector<Made>& revoked, int to) {
  const OpensslOwned<X509_CRL, X509_CRL_free> crl(X509_CRL_new());
  const OpensslOwned<ASN1_TIME, ASN1_TIME_free> time(ASN1_TIME_new());
  require(crl && time && X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) == 1, "no CRL");
  auto* const name = X509_get_subject_name(issuer.certificate.handle());
  require(X509_CRL_set_issuer_name(crl.get(), name) == 1, "no issuer of a CRL");
  set_time(time.get(), -2);
  require(X509_CRL_set1_lastUpdate(crl.get(), time.get()) == 1, "no time of a CRL");
  for (const auto& one : revoked) {
    OpensslOwned<X509_REVOKED, X509_REVOKED_free> entry(X509_REVOKED_new());
    require(entry &&
                X509_REVOKED_set_serialNumber(
                    entry.get(), X509_get_serialNumber(one.certificate.handle())) == 1 &&
                X509_REVOKED_set_revocationDate(entry.get(), time.get()) == 1 &&
                X509_CRL_add0_revoked(crl.get(), entry.get()) == 1,
            "no entry of a CRL");
    (void)entry.release();
  }
  set_time(time.get(), to);
  require(X509_CRL_set1_nextUpdate(crl.get(), time.get()) == 1, "no end of a CRL");
  require(X509_CRL_sign(crl.get(), issuer.key.get(), EVP_sha256()) > 0, "no signature of a CRL");
  const Bio bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_X509_CRL(bio.get(), crl.get()) == 1, "no PEM of a CRL");
  return crypto::Crl::from_pem(contents(bio.get()), "made").value().front();
}

crypto::PrivateKey private_key(const Made& made) {
  const Bio bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_PrivateKey(bio.get(), made.key.get(), nullptr, nullptr, 0, nullptr,
                                          nullptr) == 1,
          "no PEM of a key");
  return crypto::PrivateKey::from_pem(Secret(contents(bio.get())), "made").value();
}

std::shared_ptr<const engine::Credentials> credentials_of(
    const std::vector<Made>& chain, const Made& root, const std::vector<crypto::Crl>& revocations) {
  std::vector<crypto::Certificate> certificates;
  for (const auto& one : chain) {
    certificates.push_back(one.certificate);
  }
  return std::make_shared<const engine::Credentials>(engine::Credentials{
      std::move(certificates), private_key(chain.front()),
      crypto::TrustStore::of({root.certificate}, revocations).value(), kCalendar});
}

Bytes cert_body(ByteView der) {
  Bytes body{4};
  append(body, der);
  return body;
}

}  // namespace gdoi::simulation
