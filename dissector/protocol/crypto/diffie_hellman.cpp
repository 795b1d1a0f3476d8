#include "protocol/crypto/diffie_hellman.h"

#include "protocol/crypto/openssl_library.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <array>

namespace gdoi::crypto {
namespace {

using BigNumber  = OpensslOwned<BIGNUM, BN_clear_free>;
using BigContext = OpensslOwned<BN_CTX, BN_CTX_free>;
using Montgomery = OpensslOwned<BN_MONT_CTX, BN_MONT_CTX_free>;
using Curve      = OpensslOwned<EC_GROUP, EC_GROUP_free>;
using Point      = OpensslOwned<EC_POINT, EC_POINT_clear_free>;

// SEC 1 section 2.3.3: the octet before an uncompressed point; a KE payload has x|y alone
// (RFC 5903 section 7).
constexpr std::uint8_t kUncompressed = 0x04;

struct Row {
  BIGNUM* (*prime)(BIGNUM*);  // null for curves
  int curve;                  // NID, 0 for MODP
  Group group;
};

// RFC 2409 section 6, RFC 3526, RFC 5903 section 3.
constexpr std::array kRows{
    Row{BN_get_rfc2409_prime_768,  0,                    Group::kModp768 },
    Row{BN_get_rfc2409_prime_1024, 0,                    Group::kModp1024},
    Row{BN_get_rfc3526_prime_1536, 0,                    Group::kModp1536},
    Row{BN_get_rfc3526_prime_2048, 0,                    Group::kModp2048},
    Row{BN_get_rfc3526_prime_3072, 0,                    Group::kModp3072},
    Row{BN_get_rfc3526_prime_4096, 0,                    Group::kModp4096},
    Row{BN_get_rfc3526_prime_6144, 0,                    Group::kModp6144},
    Row{BN_get_rfc3526_prime_8192, 0,                    Group::kModp8192},
    Row{nullptr,                   NID_X9_62_prime256v1, Group::kEcp256  },
    Row{nullptr,                   NID_secp384r1,        Group::kEcp384  },
    Row{nullptr,                   NID_secp521r1,        Group::kEcp521  },
};

Error failure(Group group, std::string_view what) {
  return {std::string(name_of(group)) + ": " + std::string(what)};
}

BigContext scratch() {
  return BigContext(BN_CTX_secure_new_ex(openssl_context()));
}

BigNumber number_of(ByteView octets) {
  return BigNumber(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
}

Bytes octets_of(const BIGNUM* number, std::size_t size) {
  Bytes octets(size);
  return BN_bn2binpad(number, octets.data(), static_cast<int>(size)) < 0 ? Bytes{} : octets;
}

}  // namespace

// What all pairs of a group share: made once and only read from then on; there is one thread. To
// make it for each pair would cost as much as the pair on P-256.
struct DhKeyPair::Domain {
  explicit Domain(const Row& row) : group(row.group) {
    const auto context = scratch();
    if (row.prime == nullptr) {
      curve.reset(EC_GROUP_new_by_curve_name_ex(openssl_context(), nullptr, row.curve));
      return;
    }
    prime.reset(row.prime(nullptr));
    last.reset(BN_dup(prime.get()));
    generator.reset(BN_new());
    montgomery.reset(BN_MONT_CTX_new());
    if (!context || !prime || !last || !generator || !montgomery ||
        BN_sub_word(last.get(), 1) != 1 || BN_set_word(generator.get(), 2) != 1 ||
        BN_MONT_CTX_set(montgomery.get(), prime.get(), context.get()) != 1) {
      montgomery.reset();
    }
  }

  /// The group's, or nullptr where OpenSSL has no such group.
  static const Domain* of(Group group) {
    static std::array<std::unique_ptr<const Domain>, kRows.size()> domains;
    for (std::size_t i = 0; i < kRows.size(); ++i) {
      if (kRows.at(i).group == group) {
        auto& made = domains.at(i);
        if (!made) {
          made = std::make_unique<Domain>(kRows.at(i));
        }
        return made->curve || made->montgomery ? made.get() : nullptr;
      }
    }
    return nullptr;
  }

  // base^x mod p, in a time that does not depend on x; 0 < x < p - 1.
  [[nodiscard]] Bytes power(const BIGNUM* base, const BIGNUM* x) const {
    const auto context = scratch();
    const BigNumber result(BN_secure_new());
    if (!context || !result ||
        BN_mod_exp_mont_consttime(result.get(), base, x, prime.get(), context.get(),
                                  montgomery.get()) != 1 ||
        BN_cmp(result.get(), BN_value_one()) <= 0 || BN_cmp(result.get(), last.get()) >= 0) {
      return {};
    }
    return octets_of(result.get(), public_value_size(group));
  }

  // x times the base point (`point` null) or `point`; 0 < x < n.
  [[nodiscard]] Point multiple(const EC_POINT* point, const BIGNUM* x, BN_CTX* context) const {
    Point result(EC_POINT_new(curve.get()));
    const auto* const of_base  = point == nullptr ? x : nullptr;
    const auto* const of_point = point == nullptr ? nullptr : x;
    if (result && EC_POINT_mul(curve.get(), result.get(), of_base, point, of_point, context) != 1) {
      result.reset();
    }
    return result;
  }

  // As a KE payload has it: x|y.
  [[nodiscard]] Bytes x_and_y(const EC_POINT* point, BN_CTX* context) const {
    Bytes octets(1 + public_value_size(group));
    if (point == nullptr ||
        EC_POINT_point2oct(curve.get(), point, POINT_CONVERSION_UNCOMPRESSED, octets.data(),
                           octets.size(), context) != octets.size()) {
      return {};
    }
    octets.erase(octets.begin());
    return octets;
  }

  // The shared secret (RFC 5903 section 9).
  [[nodiscard]] Bytes x_alone(const EC_POINT* point, BN_CTX* context) const {
    const BigNumber x(BN_secure_new());
    if (point == nullptr || !x ||
        EC_POINT_get_affine_coordinates(curve.get(), point, x.get(), nullptr, context) != 1) {
      return {};
    }
    return octets_of(x.get(), public_value_size(group) / 2);
  }

  Group group;
  BigNumber prime;
  BigNumber last;  // p - 1
  BigNumber generator;
  Montgomery montgomery;
  Curve curve;  // instead of all of the above
};

struct DhKeyPair::Impl {
  const Domain* domain;
  BigNumber private_value;
  Bytes public_value;
};

DhKeyPair::DhKeyPair(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

DhKeyPair::DhKeyPair(DhKeyPair&& other) noexcept            = default;
DhKeyPair& DhKeyPair::operator=(DhKeyPair&& other) noexcept = default;
DhKeyPair::~DhKeyPair()                                     = default;

Result<DhKeyPair> DhKeyPair::from_private(Group group, ByteView private_value) {
  const OpensslErrors errors;
  const auto* const domain = Domain::of(group);
  if (domain == nullptr) {
    return Error{"no such Diffie-Hellman group"};
  }
  if (private_value.size() > public_value_size(group)) {
    return failure(group, "the private value is longer than the group");
  }
  BigNumber x(BN_secure_new());
  const auto context = scratch();
  if (!x || !context ||
      BN_bin2bn(private_value.data(), static_cast<int>(private_value.size()), x.get()) == nullptr) {
    return failure(group, "no memory for the private value");
  }
  // Functions that look at this flag then take as long for every value.
  BN_set_flags(x.get(), BN_FLG_CONSTTIME);
  const auto* const bound =
      domain->curve ? EC_GROUP_get0_order(domain->curve.get()) : domain->last.get();
  Bytes value;
  if (BN_is_zero(x.get()) == 0 && BN_cmp(x.get(), bound) < 0) {
    if (domain->curve) {
      const auto point = domain->multiple(nullptr, x.get(), context.get());
      value            = domain->x_and_y(point.get(), context.get());
    } else {
      value = domain->power(domain->generator.get(), x.get());
    }
  }
  if (value.empty()) {
    return failure(group, "the private value is not in the group's range");
  }
  return DhKeyPair(std::make_unique<Impl>(Impl{domain, std::move(x), std::move(value)}));
}

Bytes DhKeyPair::public_value() const {
  return impl_->public_value;
}

Result<Secret> DhKeyPair::shared_secret(ByteView peer_public) const {
  const OpensslErrors errors;
  const auto& domain = *impl_->domain;
  const auto group   = domain.group;
  if (peer_public.size() != public_value_size(group)) {
    return failure(group, "the peer's public value has " + std::to_string(peer_public.size()) +
                              " octets instead of " + std::to_string(public_value_size(group)));
  }
  Bytes octets;
  if (domain.curve) {
    Bytes encoded{kUncompressed};
    append(encoded, peer_public);
    const auto context = scratch();
    const Point peer(EC_POINT_new(domain.curve.get()));
    // It refuses what is off the curve; the cofactor of these curves is 1, so that is the whole
    // check (RFC 6989 section 2.3).
    if (!context || !peer ||
        EC_POINT_oct2point(domain.curve.get(), peer.get(), encoded.data(), encoded.size(),
                           context.get()) != 1) {
      return failure(group, "the peer's public value is no point of the curve");
    }
    const auto point = domain.multiple(peer.get(), impl_->private_value.get(), context.get());
    octets           = domain.x_alone(point.get(), context.get());
  } else {
    const auto peer = number_of(peer_public);
    // RFC 6989 section 2.1: for these safe primes 1 < y < p - 1 is the whole check.
    if (!peer || BN_cmp(peer.get(), BN_value_one()) <= 0 ||
        BN_cmp(peer.get(), domain.last.get()) >= 0) {
      return failure(group, "the peer's public value y is not in 1 < y < p - 1");
    }
    octets = domain.power(peer.get(), impl_->private_value.get());
  }
  if (octets.empty()) {
    return failure(group, "OpenSSL cannot derive a shared secret from the peer's public value");
  }
  return Secret(std::move(octets));
}

}  // namespace gdoi::crypto
