#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <string_view>

/// The curves of ECDSA in phase 1 (RFC 4754 section 3); for this folder.
namespace gdoi::crypto {

struct Curve {
  std::string_view openssl_name;
  std::string_view text;
  std::uint16_t auth_method;  ///< RFC 4754 section 4
};

inline constexpr std::array kCurves{
    Curve{"prime256v1", "ECDSA P-256", 9 },
    Curve{"secp384r1",  "ECDSA P-384", 10},
    Curve{"secp521r1",  "ECDSA P-521", 11},
};

inline constexpr std::uint16_t kRsaSignatures = 3;  ///< RFC 2409 appendix A

/// The curve of an EC key that IKE knows, or nullptr.
[[nodiscard]] inline const Curve* curve_of(const EVP_PKEY* key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) {
    return nullptr;
  }
  for (const auto& curve : kCurves) {
    if (curve.openssl_name == std::string_view(name.data(), size)) {
      return &curve;
    }
  }
  return nullptr;
}

}  // namespace gdoi::crypto
