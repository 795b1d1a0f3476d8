#include "keyserver/algorithms.h"

#include "protocol/keys/tek_names.h"

#include <array>

namespace gdoi::keyserver {
namespace {

// Octets that a nonce takes from the keying material (RFC 3686 section 5.1, RFC 4106 section 8.1,
// RFC 4309 section 7.1, RFC 4543 section 5.4).
constexpr std::size_t kSalt    = 4;
constexpr std::size_t kCcmSalt = 3;

constexpr EspTransform esp(std::string_view name, std::uint8_t number, std::uint16_t bits,
                           std::size_t salt) {
  const bool cbc  = number == 12;
  const bool gcm  = number >= 18 && number <= 20;
  const bool aead = number >= 14 && number != 21 && number != 22;
  return {name, number, bits, bits / 8U + salt, salt != 0, aead, cbc || gcm};
}

constexpr std::array kEsp{
    esp("aes128-cbc", 12, 128, 0),
    esp("aes192-cbc", 12, 192, 0),
    esp("aes256-cbc", 12, 256, 0),
    EspTransform{"3des-cbc", 3, 0, 24},
    EspTransform{"null", 11},
    esp("aes128-ctr", 13, 128, kSalt),
    esp("aes256-ctr", 13, 256, kSalt),
    esp("aes128-ccm", 16, 128, kCcmSalt),
    esp("aes256-ccm", 16, 256, kCcmSalt),
    esp("aes128-gcm", 20, 128, kSalt),
    esp("aes192-gcm", 20, 192, kSalt),
    esp("aes256-gcm", 20, 256, kSalt),
    esp("aes128-gcm-8", 18, 128, kSalt),
    esp("aes256-gcm-8", 18, 256, kSalt),
    esp("aes128-gcm-12", 19, 128, kSalt),
    esp("aes256-gcm-12", 19, 256, kSalt),
    esp("aes128-gmac", 23, 128, kSalt),
    esp("aes256-gmac", 23, 256, kSalt),
};

// RFC 6407 section 5.6.1.2: as many octets as the algorithm's output.
constexpr std::array kIntegrity{
    Integrity{"hmac-sha1",     "hmac-sha1",   2, 3, 20},
    Integrity{"hmac-sha2-256", "hmac-sha256", 5, 5, 32},
    Integrity{"hmac-sha2-384", "hmac-sha384", 6, 6, 48},
    Integrity{"hmac-sha2-512", "hmac-sha512", 7, 7, 64},
};

constexpr std::array kIecAuthentication{
    IecAlgorithm{"none",            "",            1, 0 },
    IecAlgorithm{"hmac-sha256-128", "hmac-sha256", 2, 32},
    IecAlgorithm{"hmac-sha256",     "hmac-sha256", 3, 32},
    IecAlgorithm{"aes128-gmac",     "aes128-gmac", 4, 20},
    IecAlgorithm{"aes256-gmac",     "aes256-gmac", 5, 36},
};

constexpr std::array kIecEncryption{
    IecAlgorithm{"none", "", 1, 0},
    IecAlgorithm{"aes128-cbc", "", 2, 16, true},
    IecAlgorithm{"aes256-cbc", "", 3, 32, true},
    IecAlgorithm{"aes128-gcm", "", 4, 20},
    IecAlgorithm{"aes256-gcm", "", 5, 36},
};

}  // namespace

std::span<const EspTransform> esp_transforms() {
  return kEsp;
}

std::span<const Integrity> integrity_algorithms() {
  return kIntegrity;
}

std::span<const IecAlgorithm> iec_authentications() {
  return kIecAuthentication;
}

std::span<const IecAlgorithm> iec_encryptions() {
  return kIecEncryption;
}

void use(TekPolicy& tek, const EspTransform& transform) {
  tek.protocol     = keys::kTekEsp;
  tek.transform    = transform.number;
  tek.key_bits     = transform.key_bits;
  tek.key_size     = transform.key_size;
  tek.counter_mode = transform.counter_mode;
}

void use(TekPolicy& tek, const Integrity& integrity) {
  tek.authentication          = integrity.number;
  tek.authentication_name     = integrity.logged_name;
  tek.authentication_key_size = integrity.key_size;
}

}  // namespace gdoi::keyserver
