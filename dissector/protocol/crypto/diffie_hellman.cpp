#include "protocol/crypto/diffie_hellman.h"

#include "protocol/crypto/openssl_library.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

namespace gdoi::crypto {
namespace {

using BigNumber    = OpensslOwned<BIGNUM, BN_clear_free>;
using BigContext   = OpensslOwned<BN_CTX, BN_CTX_free>;
using Curve        = OpensslOwned<EC_GROUP, EC_GROUP_free>;
using Point        = OpensslOwned<EC_POINT, EC_POINT_free>;
using Key          = OpensslOwned<EVP_PKEY, EVP_PKEY_free>;
using KeyContext   = OpensslOwned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using ParamBuilder = OpensslOwned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params       = OpensslOwned<OSSL_PARAM, OSSL_PARAM_free>;

// SEC 1 section 2.3.3: the octet before an uncompressed point; a KE payload has x|y alone
// (RFC 5903 section 7).
constexpr std::uint8_t kUncompressed = 0x04;

struct Row {
  const char* openssl_name;   // null where OpenSSL names no such group
  BIGNUM* (*prime)(BIGNUM*);  // null for curves
  int curve;                  // NID, 0 for MODP
  Group group;
};

// RFC 2409 section 6, RFC 3526, RFC 5903 section 3.
constexpr Row kRows[] = {
    {nullptr,     BN_get_rfc2409_prime_768,  0,                    Group::kModp768 },
    {nullptr,     BN_get_rfc2409_prime_1024, 0,                    Group::kModp1024},
    {"modp_1536", BN_get_rfc3526_prime_1536, 0,                    Group::kModp1536},
    {"modp_2048", BN_get_rfc3526_prime_2048, 0,                    Group::kModp2048},
    {"modp_3072", BN_get_rfc3526_prime_3072, 0,                    Group::kModp3072},
    {"modp_4096", BN_get_rfc3526_prime_4096, 0,                    Group::kModp4096},
    {"modp_6144", BN_get_rfc3526_prime_6144, 0,                    Group::kModp6144},
    {"modp_8192", BN_get_rfc3526_prime_8192, 0,                    Group::kModp8192},
    {"P-256",     nullptr,                   NID_X9_62_prime256v1, Group::kEcp256  },
    {"P-384",     nullptr,                   NID_secp384r1,        Group::kEcp384  },
    {"P-521",     nullptr,                   NID_secp521r1,        Group::kEcp521  },
};

const Row* row_of(Group group) {
  for (const auto& row : kRows) {
    if (row.group == group) {
      return &row;
    }
  }
  return nullptr;
}

bool is_modp(const Row& row) {
  return row.prime != nullptr;
}

Error failure(Group group, std::string_view what) {
  return {std::string(name_of(group)) + ": " + std::string(what)};
}

// What names the group to OpenSSL, and where given a key of it.
Params build_params(const Row& row, const BIGNUM* private_value, ByteView public_octets,
                    const BIGNUM* public_number) {
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  BigNumber prime;
  BigNumber generator;
  bool good = builder != nullptr;
  if (row.openssl_name != nullptr) {
    good = good && OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                                   row.openssl_name, 0) == 1;
  } else {
    prime.reset(row.prime(nullptr));
    generator.reset(BN_new());
    good = good && prime && generator && BN_set_word(generator.get(), 2) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_P, prime.get()) == 1 &&
           OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_FFC_G, generator.get()) == 1;
  }
  if (private_value != nullptr) {
    good =
        good && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, private_value) == 1;
  }
  if (public_number != nullptr) {
    good =
        good && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, public_number) == 1;
  } else if (!public_octets.empty()) {
    good =
        good && OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                                 public_octets.data(), public_octets.size()) == 1;
  }
  return Params(good ? OSSL_PARAM_BLD_to_param(builder.get()) : nullptr);
}

KeyContext context_by_name(const Row& row) {
  return KeyContext(
      EVP_PKEY_CTX_new_from_name(openssl_context(), is_modp(row) ? "DH" : "EC", nullptr));
}

Key key_from_params(const Row& row, int selection, OSSL_PARAM* params) {
  const auto context = context_by_name(row);
  EVP_PKEY* key      = nullptr;
  if (params == nullptr || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, selection, params) != 1) {
    return nullptr;
  }
  return Key(key);
}

// A pair with a given private value x, 0 < x < p - 1; nothing outside of that.
Key modp_key_from_private(const Row& row, const BIGNUM* private_value) {
  const BigContext scratch(BN_CTX_secure_new_ex(openssl_context()));
  const BigNumber prime(row.prime(nullptr));
  const BigNumber generator(BN_new());
  const BigNumber public_number(BN_new());
  const BigNumber last(prime ? BN_dup(prime.get()) : nullptr);
  if (!scratch || !prime || !generator || !public_number || !last ||
      BN_set_word(generator.get(), 2) != 1 || BN_sub_word(last.get(), 1) != 1 ||
      BN_is_zero(private_value) != 0 || BN_cmp(private_value, last.get()) >= 0 ||
      BN_mod_exp_mont_consttime(public_number.get(), generator.get(), private_value, prime.get(),
                                scratch.get(), nullptr) != 1) {
    return nullptr;
  }
  const auto params = build_params(row, private_value, {}, public_number.get());
  return key_from_params(row, EVP_PKEY_KEYPAIR, params.get());
}

// The same on a curve, 0 < x < n.
Key ecp_key_from_private(const Row& row, const BIGNUM* private_value) {
  const BigContext scratch(BN_CTX_secure_new_ex(openssl_context()));
  const Curve curve(EC_GROUP_new_by_curve_name_ex(openssl_context(), nullptr, row.curve));
  const Point point(curve ? EC_POINT_new(curve.get()) : nullptr);
  Bytes octets(1 + public_value_size(row.group));
  if (!scratch || !curve || !point || BN_is_zero(private_value) != 0 ||
      BN_cmp(private_value, EC_GROUP_get0_order(curve.get())) >= 0 ||
      EC_POINT_mul(curve.get(), point.get(), private_value, nullptr, nullptr, scratch.get()) != 1 ||
      EC_POINT_point2oct(curve.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, octets.data(),
                         octets.size(), scratch.get()) != octets.size()) {
    return nullptr;
  }
  const auto params = build_params(row, private_value, octets, nullptr);
  return key_from_params(row, EVP_PKEY_KEYPAIR, params.get());
}

// The value as a KE payload carries it; empty on failure.
Bytes public_value_of(const Row& row, EVP_PKEY* key) {
  unsigned char* encoded = nullptr;
  const auto size        = EVP_PKEY_get1_encoded_public_key(key, &encoded);
  const OpensslOwned<unsigned char, [](void* p) { OPENSSL_free(p); }> owner(encoded);
  const auto prefix = is_modp(row) ? std::size_t{0} : std::size_t{1};
  if (encoded == nullptr || size != prefix + public_value_size(row.group)) {
    return {};
  }
  return to_bytes(ByteView(encoded, size).subspan(prefix));
}

// RFC 6989 section 2.1: for these safe primes 1 < y < p - 1 is the whole check.
bool in_modp_range(const Row& row, ByteView value) {
  const BigNumber number(BN_bin2bn(value.data(), static_cast<int>(value.size()), nullptr));
  const BigNumber last(row.prime(nullptr));
  return number && last && BN_sub_word(last.get(), 1) == 1 &&
         BN_cmp(number.get(), BN_value_one()) > 0 && BN_cmp(number.get(), last.get()) < 0;
}

Key peer_key(const Row& row, const EVP_PKEY* own, ByteView value) {
  Bytes encoded;
  if (!is_modp(row)) {
    encoded.push_back(kUncompressed);
  }
  append(encoded, value);
  Key peer(EVP_PKEY_new());
  if (!peer || EVP_PKEY_copy_parameters(peer.get(), own) != 1 ||
      EVP_PKEY_set1_encoded_public_key(peer.get(), encoded.data(), encoded.size()) != 1) {
    return nullptr;
  }
  return peer;
}

}  // namespace

struct DhKeyPair::Impl {
  const Row* row;
  Key key;
  Bytes public_value;
};

DhKeyPair::DhKeyPair(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

DhKeyPair::DhKeyPair(DhKeyPair&& other) noexcept            = default;
DhKeyPair& DhKeyPair::operator=(DhKeyPair&& other) noexcept = default;
DhKeyPair::~DhKeyPair()                                     = default;

Result<DhKeyPair> DhKeyPair::generate(Group group) {
  const OpensslErrors errors;
  const auto* row = row_of(group);
  if (row == nullptr) {
    return Error{"no such Diffie-Hellman group"};
  }
  const auto params = build_params(*row, nullptr, {}, nullptr);
  KeyContext context;
  if (row->openssl_name != nullptr) {
    context = context_by_name(*row);
  } else if (const auto domain = key_from_params(*row, EVP_PKEY_KEY_PARAMETERS, params.get())) {
    context.reset(EVP_PKEY_CTX_new_from_pkey(openssl_context(), domain.get(), nullptr));
  }
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      (row->openssl_name != nullptr && EVP_PKEY_CTX_set_params(context.get(), params.get()) != 1) ||
      EVP_PKEY_generate(context.get(), &key) != 1) {
    return failure(group, "OpenSSL cannot generate a key pair");
  }
  Key owned(key);
  auto value = public_value_of(*row, key);
  if (value.empty()) {
    return failure(group, "OpenSSL gave a public value of the wrong length");
  }
  return DhKeyPair(std::make_unique<Impl>(Impl{row, std::move(owned), std::move(value)}));
}

Result<DhKeyPair> DhKeyPair::from_private(Group group, ByteView private_value) {
  const OpensslErrors errors;
  const auto* row = row_of(group);
  if (row == nullptr) {
    return Error{"no such Diffie-Hellman group"};
  }
  if (private_value.size() > public_value_size(group)) {
    return failure(group, "the private value is longer than the group");
  }
  const BigNumber number(BN_secure_new());
  if (!number || BN_bin2bn(private_value.data(), static_cast<int>(private_value.size()),
                           number.get()) == nullptr) {
    return failure(group, "no memory for the private value");
  }
  auto key   = is_modp(*row) ? modp_key_from_private(*row, number.get())
                             : ecp_key_from_private(*row, number.get());
  auto value = key ? public_value_of(*row, key.get()) : Bytes{};
  if (value.empty()) {
    return failure(group, "the private value is not in the group's range");
  }
  return DhKeyPair(std::make_unique<Impl>(Impl{row, std::move(key), std::move(value)}));
}

Bytes DhKeyPair::public_value() const {
  return impl_->public_value;
}

Result<Secret> DhKeyPair::shared_secret(ByteView peer_public) const {
  const OpensslErrors errors;
  const auto& row  = *impl_->row;
  const auto group = row.group;
  if (peer_public.size() != public_value_size(group)) {
    return failure(group, "the peer's public value has " + std::to_string(peer_public.size()) +
                              " octets instead of " + std::to_string(public_value_size(group)));
  }
  if (is_modp(row) && !in_modp_range(row, peer_public)) {
    return failure(group, "the peer's public value y is not in 1 < y < p - 1");
  }
  const auto peer = peer_key(row, impl_->key.get(), peer_public);
  if (!peer) {
    return failure(group, "the peer's public value is no point of the curve");
  }
  const KeyContext context(
      EVP_PKEY_CTX_new_from_pkey(openssl_context(), impl_->key.get(), nullptr));
  // Validation by OpenSSL costs 7.5 times the derivation; the range check and the import above are
  // the checks that these groups need.
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      (is_modp(row) && EVP_PKEY_CTX_set_dh_pad(context.get(), 1) != 1) ||
      EVP_PKEY_derive_set_peer_ex(context.get(), peer.get(), 0) != 1) {
    return failure(group, "OpenSSL cannot derive a shared secret");
  }
  const auto expected = is_modp(row) ? public_value_size(group) : public_value_size(group) / 2;
  Bytes octets(expected);
  auto size          = octets.size();
  const auto derived = EVP_PKEY_derive(context.get(), octets.data(), &size);
  Secret secret(std::move(octets));
  if (derived != 1 || size != expected) {
    return failure(group, "OpenSSL cannot derive a shared secret from the peer's public value");
  }
  return secret;
}

}  // namespace gdoi::crypto
