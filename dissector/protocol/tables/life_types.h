#pragma once

#include <cstdint>

namespace gdoi::tables {

/// Life Types, the same in phase 1 (RFC 2409 appendix A) and for IPsec (RFC 2407 section 4.5): the
/// unit of the Life Duration behind.
inline constexpr std::uint64_t kLifeTypeSeconds   = 1;
inline constexpr std::uint64_t kLifeTypeKilobytes = 2;

}  // namespace gdoi::tables
