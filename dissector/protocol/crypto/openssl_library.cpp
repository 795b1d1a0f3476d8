#include "protocol/crypto/openssl_library.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>

namespace gdoi::crypto {
namespace {

using Context  = OpensslOwned<OSSL_LIB_CTX, OSSL_LIB_CTX_free>;
using Provider = OpensslOwned<OSSL_PROVIDER, OSSL_PROVIDER_unload>;

struct Library {
  Context context{OSSL_LIB_CTX_new()};
  // Loaded by name, since a context of its own otherwise takes whatever is the fallback.
  Provider provider{OSSL_PROVIDER_load(context.get(), "default")};
};

}  // namespace

OSSL_LIB_CTX* openssl_context() {
  static const Library library;
  return library.context.get();
}

OpensslErrors::OpensslErrors() {
  ERR_set_mark();
}

OpensslErrors::~OpensslErrors() {
  ERR_pop_to_mark();
}

}  // namespace gdoi::crypto
