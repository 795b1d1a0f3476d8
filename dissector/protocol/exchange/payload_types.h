#pragma once

#include <cstdint>

/// Payload types by name (RFC 2408 section 3.1, RFC 6407 section 5, RFC 3947); kSak to kGap of an
/// SA stand only inside a GDOI SA, kGap also in PULL message 3.
namespace gdoi::exchange::payload {

inline constexpr std::uint8_t kSa           = 1;
inline constexpr std::uint8_t kKe           = 4;
inline constexpr std::uint8_t kId           = 5;
inline constexpr std::uint8_t kCert         = 6;
inline constexpr std::uint8_t kCertReq      = 7;
inline constexpr std::uint8_t kHash         = 8;
inline constexpr std::uint8_t kSig          = 9;
inline constexpr std::uint8_t kNonce        = 10;
inline constexpr std::uint8_t kNotify       = 11;
inline constexpr std::uint8_t kDelete       = 12;
inline constexpr std::uint8_t kVid          = 13;
inline constexpr std::uint8_t kConfig       = 14;
inline constexpr std::uint8_t kSak          = 15;
inline constexpr std::uint8_t kNatDDraft    = 15;
inline constexpr std::uint8_t kSat          = 16;
inline constexpr std::uint8_t kNatOaDraft   = 16;
inline constexpr std::uint8_t kKd           = 17;
inline constexpr std::uint8_t kSeq          = 18;
inline constexpr std::uint8_t kPop          = 19;
inline constexpr std::uint8_t kNatD         = 20;
inline constexpr std::uint8_t kNatOa        = 21;
inline constexpr std::uint8_t kGap          = 22;
inline constexpr std::uint8_t kNatDPrivate  = 130;
inline constexpr std::uint8_t kNatOaPrivate = 131;
inline constexpr std::uint8_t kFragment     = 132;

}  // namespace gdoi::exchange::payload
