#pragma once

#include "protocol/wire/tree.h"

#include <cstdint>
#include <optional>

namespace gdoi::tables {

/// Life Types, the same in phase 1 (RFC 2409 appendix A) and for IPsec (RFC 2407 section 4.5): the
/// unit of the Life Duration behind.
inline constexpr std::uint64_t kLifeTypeSeconds   = 1;
inline constexpr std::uint64_t kLifeTypeKilobytes = 2;

/// The Life Type before a Life Duration, among the attributes that stand with it. Nothing where
/// there is none, or the node is no Life Duration.
[[nodiscard]] std::optional<std::uint64_t> life_type_of(const wire::Tree& tree,
                                                        wire::NodeId duration);

}  // namespace gdoi::tables
