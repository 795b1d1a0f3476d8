#pragma once

#include "keyserver/policy.h"

#include <span>
#include <string_view>

/// Algorithms of TEKs by the names of a policy file, with the numbers of the wire and the sizes of
/// their keys.
namespace gdoi::keyserver {

/// An ESP transform (IANA "IPSEC ESP Transform Identifiers").
struct EspTransform {
  std::string_view name;
  std::uint8_t number    = 0;
  std::uint16_t key_bits = 0;      ///< Key Length attribute; 0: none
  std::size_t key_size   = 0;      ///< octets, salt included
  bool counter_mode      = false;  ///< RFC 6407 section 3.5
  bool own_integrity     = false;  ///< needs no authentication algorithm
  bool long_lived        = false;  ///< AES-CBC or AES-GCM, 128 bits or more
};

/// Integrity of ESP (attribute number) and AH (transform too).
struct Integrity {
  std::string_view name;          ///< in a policy file
  std::string_view logged_name;   ///< in a key log
  std::uint16_t number      = 0;  ///< Authentication Algorithm attribute
  std::uint8_t ah_transform = 0;
  std::size_t key_size      = 0;
};

/// Algorithms of an IEC 61850 TEK (RFC 8052 sections 2.2.2, 2.2.3 and 2.3).
struct IecAlgorithm {
  std::string_view name;
  std::string_view logged_name;
  std::uint16_t number = 0;
  std::size_t key_size = 0;
  bool cbc             = false;
};

[[nodiscard]] std::span<const EspTransform> esp_transforms();
[[nodiscard]] std::span<const Integrity> integrity_algorithms();
[[nodiscard]] std::span<const IecAlgorithm> iec_authentications();
[[nodiscard]] std::span<const IecAlgorithm> iec_encryptions();

/// Sets what an algorithm brings with it.
void use(TekPolicy& tek, const EspTransform& transform);
void use(TekPolicy& tek, const Integrity& integrity);

}  // namespace gdoi::keyserver
