#include "protocol/crypto/trust.h"

#include "protocol/crypto/openssl_library.h"

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

namespace gdoi::crypto {
namespace {

using StoreContext = OpensslOwned<X509_STORE_CTX, X509_STORE_CTX_free>;

void free_stack(STACK_OF(X509) * stack) {
  sk_X509_free(stack);
}

using Stack = OpensslOwned<STACK_OF(X509), free_stack>;

// An authority without a CRL of its own issuer is taken; the end's own certificate is not.
int on_problem(int good, X509_STORE_CTX* context) {
  if (good == 0 && X509_STORE_CTX_get_error(context) == X509_V_ERR_UNABLE_TO_GET_CRL &&
      X509_STORE_CTX_get_error_depth(context) > 0) {
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
  }
  return good;
}

Distrust::Kind kind_of(int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_CERT_UNTRUSTED:
      return Distrust::Kind::kAuthority;
    case X509_V_ERR_CERT_NOT_YET_VALID:
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Distrust::Kind::kExpired;
    case X509_V_ERR_CERT_REVOKED:
      return Distrust::Kind::kRevoked;
    default:
      return Distrust::Kind::kUnusable;
  }
}

Distrust distrust(X509_STORE_CTX* context, const Certificate& own) {
  const auto error = X509_STORE_CTX_get_error(context);
  const auto depth = X509_STORE_CTX_get_error_depth(context);
  std::string text = "certificate " + own.subject();
  if (depth > 0) {
    text += ", authority " + std::to_string(depth) + " above it";
  }
  return {kind_of(error), text + ": " + X509_verify_cert_error_string(error)};
}

}  // namespace

Result<TrustStore> TrustStore::of(std::vector<Certificate> authorities,
                                  const std::vector<Crl>& revocations) {
  const OpensslErrors errors;
  TrustStore made;
  made.store_ = std::shared_ptr<X509_STORE>(X509_STORE_new(), X509_STORE_free);
  if (!made.store_) {
    return Error{"OpenSSL has no memory for authorities"};
  }
  for (const auto& one : authorities) {
    if (X509_STORE_add_cert(made.store_.get(), one.handle()) != 1) {
      return Error{"the authority " + one.subject() + " cannot be used"};
    }
  }
  for (const auto& one : revocations) {
    if (X509_STORE_add_crl(made.store_.get(), one.handle()) != 1) {
      return Error{"a revocation list cannot be used"};
    }
  }
  made.revocations_ = !revocations.empty();
  made.authorities_ = std::move(authorities);
  return made;
}

Result<std::monostate, Distrust> TrustStore::check(const std::vector<Certificate>& chain,
                                                   std::int64_t unix_seconds) const {
  const OpensslErrors errors;
  if (!store_ || chain.empty()) {
    return Distrust{Distrust::Kind::kAuthority, "there is no certificate, or no authority"};
  }
  const auto& own = chain.front();
  if (chain.size() > kMaxChain) {
    return Distrust{Distrust::Kind::kAuthority, "certificate " + own.subject() +
                                                    ": comes with more than " +
                                                    std::to_string(kMaxChain) + " certificates"};
  }
  const Stack others(sk_X509_new_null());
  for (const auto& one : chain) {
    if (!others || sk_X509_push(others.get(), one.handle()) == 0) {
      return Distrust{Distrust::Kind::kUnusable, "OpenSSL has no memory for certificates"};
    }
  }
  const StoreContext context(X509_STORE_CTX_new_ex(openssl_context(), nullptr));
  if (!context ||
      X509_STORE_CTX_init(context.get(), store_.get(), own.handle(), others.get()) != 1) {
    return Distrust{Distrust::Kind::kUnusable, "OpenSSL cannot look at the certificates"};
  }
  auto* const how = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_depth(how, static_cast<int>(kMaxChain));
  X509_VERIFY_PARAM_set_time(how, static_cast<time_t>(unix_seconds));
  // An authority of --ca is believed though another one has signed it.
  auto flags = static_cast<unsigned long>(X509_V_FLAG_PARTIAL_CHAIN);
  if (revocations_) {
    flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  }
  X509_VERIFY_PARAM_set_flags(how, flags);
  X509_STORE_CTX_set_verify_cb(context.get(), on_problem);
  if (X509_verify_cert(context.get()) != 1) {
    return distrust(context.get(), own);
  }
  if (!own.may_sign()) {
    return Distrust{Distrust::Kind::kUnusable,
                    "certificate " + own.subject() +
                        ": its key usage allows no signatures (RFC 4945 section 5.1.3.2)"};
  }
  return std::monostate{};
}

}  // namespace gdoi::crypto
