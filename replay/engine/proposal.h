#pragma once

#include "engine/types.h"
#include "protocol/exchange/message.h"
#include "protocol/wire/compose.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::engine {

/// One transform of a phase-1 SA: attribute values by type, without leading zeros, so that TV and
/// TLV forms of one number compare equal.
struct Transform {
  std::map<std::uint32_t, Bytes> values;
  /// Why it is none of phase 1, as "is no KEY_IKE (RFC 2407 section 4.4.2)"; empty where it is one.
  std::string flaw;

  [[nodiscard]] std::optional<std::uint64_t> number(std::uint32_t type) const;

  /// Our algorithms for it; nothing where we lack one of them.
  [[nodiscard]] std::optional<Phase1Algorithms> algorithms() const;

  /// "encryption 7, hash 4, authentication 1, group 14, key length 128"
  [[nodiscard]] std::string text() const;
};

/// All transforms of the SA payload in a message, in order, over all its proposals.
[[nodiscard]] std::vector<Transform> transforms_of(const exchange::MessageView& message);

/// Whether a responder's transform is the offered one. Life type and duration do not count: RFC
/// 2409 section 5 allows no change at all, but responders answer with their own lifetime.
[[nodiscard]] bool is_offered(const std::vector<Transform>& offers, const Transform& chosen);

/// The SA payload of phase-1 message 1 with one proposal of one transform, life in seconds (RFC
/// 2409 section 5).
[[nodiscard]] wire::Part sa_of(const Phase1Algorithms& suite, std::uint32_t lifetime);

}  // namespace gdoi::engine
