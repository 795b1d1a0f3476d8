#include "protocol/crypto/certificate.h"

#include "protocol/crypto/openssl_library.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>

namespace gdoi::crypto {
namespace {

using Bio   = OpensslOwned<BIO, BIO_free>;
using Name  = OpensslOwned<X509_NAME, X509_NAME_free>;
using Names = OpensslOwned<GENERAL_NAMES, GENERAL_NAMES_free>;

constexpr std::size_t kMaxCertificatesOfFile = 256;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view text_of(ByteView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

// RFC 5321 section 2.4: the local part may depend on case, the domain does not.
bool same_mailbox(std::string_view a, std::string_view b) {
  const auto at = a.rfind('@');
  return at != std::string_view::npos && at == b.rfind('@') && a.substr(0, at) == b.substr(0, at) &&
         same_without_case(a.substr(at), b.substr(at));
}

bool same_name(std::uint8_t type, ByteView a, ByteView b) {
  switch (type) {
    case kIdFqdn:
      return same_without_case(text_of(a), text_of(b));
    case kIdUserFqdn:
      return same_mailbox(text_of(a), text_of(b));
    default:
      return equal(a, b);
  }
}

ByteView octets_of(const ASN1_STRING* value) {
  return {ASN1_STRING_get0_data(value), static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::optional<Identity> identity_of(const GENERAL_NAME* name) {
  int form          = 0;
  const auto* value = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &form));
  constexpr std::size_t kIpv4Size = 4;
  constexpr std::size_t kIpv6Size = 16;
  switch (form) {
    case GEN_DNS:
      return Identity{kIdFqdn, to_bytes(octets_of(value))};
    case GEN_EMAIL:
      return Identity{kIdUserFqdn, to_bytes(octets_of(value))};
    case GEN_IPADD: {
      const auto address = octets_of(value);
      if (address.size() != kIpv4Size && address.size() != kIpv6Size) {
        return std::nullopt;
      }
      return Identity{address.size() == kIpv4Size ? kIdIpv4 : kIdIpv6, to_bytes(address)};
    }
    default:
      return std::nullopt;
  }
}

/// Calls `take` with each subjectAltName that an ID payload can have, until it says true.
template <typename Take>
bool any_alternative(X509* certificate, const Take& take) {
  const OpensslErrors errors;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto found = identity_of(sk_GENERAL_NAME_value(names.get(), i));
    if (found && !found->data.empty() && take(*found)) {
      return true;
    }
  }
  return false;
}

/// Nothing where it is none, or more than one.
Name name_of(ByteView der) {
  const auto* at = der.data();
  Name name(der.empty() ? nullptr : d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())));
  if (name && at != der.data() + der.size()) {
    name.reset();
  }
  return name;
}

bool is_subject(X509* certificate, ByteView der) {
  const OpensslErrors errors;
  const auto name = name_of(der);
  return name && X509_NAME_cmp(name.get(), X509_get_subject_name(certificate)) == 0;
}

std::string text_of(const X509_NAME* name) {
  const OpensslErrors errors;
  const Bio bio(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) {
    return {};
  }
  constexpr long kMostShown = 200;
  const auto size           = BIO_get_mem_data(bio.get(), &text);
  std::string made(text, static_cast<std::size_t>(std::min(size, kMostShown)));
  std::ranges::replace_if(
      made, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return made;
}

bool has_subject(X509* certificate) {
  return X509_NAME_entry_count(X509_get_subject_name(certificate)) > 0;
}

/// Nobody is asked: the callback of a key under a passphrase.
int no_passphrase(char* /*into*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Result<Bio> bio_of(ByteView text, std::string_view name, std::string_view what,
                   std::string_view command) {
  constexpr std::uint8_t kSequence = 0x30;  // X.690: what a file in DER begins with
  if (text.empty()) {
    return Error{std::string(name) + ": is empty; it must hold " + std::string(what) + " in PEM"};
  }
  if (text.size() > kMaxPemSize) {
    return Error{std::string(name) + ": has more than " + std::to_string(kMaxPemSize) + " octets"};
  }
  if (text.front() == kSequence) {
    return Error{std::string(name) + ": looks like DER; PEM is needed (openssl " +
                 std::string(command) + " -inform DER -in FILE -out PEM)"};
  }
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Whether reading stopped because there is nothing more.
bool at_the_end() {
  const auto last = ERR_peek_last_error();
  return ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

std::string nothing_in(std::string_view name, std::string_view what, std::string_view label) {
  return std::string(name) + ": holds no " + std::string(what) + " (-----BEGIN " +
         std::string(label) + "-----)";
}

std::string broken(std::string_view name, std::string_view what, std::size_t before) {
  return std::string(name) + ": " + std::string(what) + " " + std::to_string(before + 1) +
         " is damaged or cut short";
}

}  // namespace

Result<Certificate> Certificate::from_der(ByteView der) {
  const OpensslErrors errors;
  if (der.empty() || der.size() > kMaxCertificateSize) {
    return Error{"the certificate has " + std::to_string(der.size()) + " octets; 1 to " +
                 std::to_string(kMaxCertificateSize) + " are read"};
  }
  X509* parsed   = X509_new_ex(openssl_context(), nullptr);
  const auto* at = der.data();
  // d2i_X509 frees what it was given when it fails, and clears the pointer.
  if (parsed == nullptr || d2i_X509(&parsed, &at, static_cast<long>(der.size())) == nullptr) {
    X509_free(parsed);
    return Error{"the certificate is no X.509 in DER"};
  }
  Certificate made(std::shared_ptr<X509>(parsed, X509_free));
  if (at != der.data() + der.size()) {
    return Error{"octets follow the certificate"};
  }
  return made;
}

Result<std::vector<Certificate>> Certificate::from_pem(ByteView text, std::string_view name) {
  const OpensslErrors errors;
  const auto bio = bio_of(text, name, "certificates", "x509");
  if (!bio) {
    return bio.error();
  }
  std::vector<Certificate> all;
  while (true) {
    X509* parsed = X509_new_ex(openssl_context(), nullptr);
    bool asked   = false;
    if (PEM_read_bio_X509(bio->get(), &parsed, no_passphrase, &asked) == nullptr) {
      X509_free(parsed);
      break;
    }
    all.push_back(Certificate(std::shared_ptr<X509>(parsed, X509_free)));
    if (all.size() > kMaxCertificatesOfFile) {
      return Error{std::string(name) + ": holds more than " +
                   std::to_string(kMaxCertificatesOfFile) + " certificates"};
    }
  }
  if (!at_the_end()) {
    return Error{broken(name, "certificate", all.size())};
  }
  if (all.empty()) {
    return Error{nothing_in(name, "certificate", "CERTIFICATE")};
  }
  return all;
}

Bytes Certificate::der() const {
  const int size = i2d_X509(x509_.get(), nullptr);
  Bytes out(size > 0 ? static_cast<std::size_t>(size) : 0);
  auto* at = out.data();
  if (size > 0) {
    i2d_X509(x509_.get(), &at);
  }
  return out;
}

std::string Certificate::subject() const {
  return has_subject(x509_.get()) ? text_of(X509_get_subject_name(x509_.get())) : "no subject";
}

Bytes Certificate::spki() const {
  const auto* key = X509_get_X509_PUBKEY(x509_.get());
  const int size  = i2d_X509_PUBKEY(key, nullptr);
  Bytes der(size > 0 ? static_cast<std::size_t>(size) : 0);
  auto* out = der.data();
  i2d_X509_PUBKEY(key, &out);
  return der;
}

Bytes Certificate::subject_der() const {
  const auto* const name = X509_get_subject_name(x509_.get());
  const int size         = i2d_X509_NAME(name, nullptr);
  Bytes out(size > 0 ? static_cast<std::size_t>(size) : 0);
  auto* at = out.data();
  if (size > 0) {
    i2d_X509_NAME(name, &at);
  }
  return out;
}

bool Certificate::confirms(std::uint8_t id_type, ByteView data) const {
  if (id_type == kIdDn) {
    return is_subject(x509_.get(), data);
  }
  return any_alternative(x509_.get(), [&](const Identity& one) {
    return one.type == id_type && same_name(id_type, one.data, data);
  });
}

std::optional<Identity> Certificate::identity_of_type(std::uint8_t id_type) const {
  std::optional<Identity> found;
  if (id_type == kIdDn && has_subject(x509_.get())) {
    found = Identity{kIdDn, subject_der()};
  }
  (void)any_alternative(x509_.get(), [&](const Identity& one) {
    if (!found && one.type == id_type) {
      found = one;
    }
    return found.has_value();
  });
  return found;
}

std::optional<Identity> Certificate::first_identity() const {
  auto found = identity_of_type(kIdDn);
  if (!found) {
    (void)any_alternative(x509_.get(), [&](const Identity& one) {
      found = one;
      return true;
    });
  }
  return found;
}

bool Certificate::may_sign() const {
  const OpensslErrors errors;
  // All bits are set where there is no such extension.
  return (X509_get_key_usage(x509_.get()) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

Result<PublicKey> Certificate::public_key() const {
  return PublicKey::from_certificate(der());
}

std::string dn_text(ByteView der) {
  const OpensslErrors errors;
  const auto name = name_of(der);
  return name ? text_of(name.get()) : std::string();
}

Result<std::vector<Crl>> Crl::from_pem(ByteView text, std::string_view name) {
  const OpensslErrors errors;
  const auto bio = bio_of(text, name, "revocation lists", "crl");
  if (!bio) {
    return bio.error();
  }
  std::vector<Crl> all;
  bool asked = false;
  while (auto* parsed = PEM_read_bio_X509_CRL(bio->get(), nullptr, no_passphrase, &asked)) {
    all.push_back(Crl(std::shared_ptr<X509_CRL>(parsed, X509_CRL_free)));
  }
  if (!at_the_end()) {
    return Error{broken(name, "revocation list", all.size())};
  }
  if (all.empty()) {
    return Error{nothing_in(name, "revocation list", "X509 CRL")};
  }
  return all;
}

}  // namespace gdoi::crypto
