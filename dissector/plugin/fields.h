#pragma once

#include "plugin/epan.h"
#include "protocol/wire/diagnostic.h"
#include "protocol/wire/field.h"

#include <string_view>

/// What Wireshark must know of our fields: made from the rows of the protocol library, so that a
/// new row needs no line here.
namespace gdoi::plugin {

/// Fields that are no octets of the message but what is known about it; in brackets in Wireshark.
enum class Generated : std::uint8_t {
  kHashStatus,
  kSigStatus,
  kExchange,
  kMessageNumber,
  kGuessed,
  kSender,
  kPhase1,
  kPull,
  kRetransmissionOf,
  kAnswers,
  kAnsweredIn,
  kUndecrypted,
  kKeyFrame,
  kGroup,
  kVidName,
  kGmVersion,
  kGmVersionRaw,
  kGmVersionRule,
  kGmVersionSource,
  kGmVersionCandidate,
  kKsVersion,
  kKsVersionRaw,
  kKsVersionRule,
  kKsVersionSource,
  kKsVersionCandidate,
  kRegistration,
  kState,
  kResponseTime,
  kDiagnosis,
  kCause,
  kGrade,
  kUses,
  kVidUnmasked,
  // Features in the order of getvpn::features().
  kFeatureCkm,
  kFeatureCrlCheck,
  kFeatureCtsSgt,
  kFeatureDpRecovery,
  kFeatureGdoiInteropAck,
  kFeatureGdoiMib,
  kFeatureGikev2,
  kFeatureGmRemoval,
  kFeatureIpD3p,
  kFeatureIpv6CryptoPath,
  kFeatureLongSaLifetime,
  kFeaturePfs,
  kFeaturePolicyReplace,
  kFeatureSuiteB,
  kCount
};

/// Expert items beside those of wire::Code.
enum class Finding : std::uint8_t {
  kHashBad,
  kSigBad,
  kNoKey,
  kNoIv,
  kWrongKey,
  kDamaged,
  kRetransmission,
  kSyntheticVersion,
  kVersionCandidate,
  kRefused,
  kFailedBefore,
  kEspFull,
  kManyFindings,
  kManyFields,
  kInternal,
  kCount
};

/// Registers all fields, subtrees and expert items of the protocol.
void register_fields(int protocol);

/// Wireshark's number of a row's field; -1 where the row has none.
[[nodiscard]] int field_of(wire::RowId row);
[[nodiscard]] int field_of(Generated field);
/// Whether the field holds text, and not a number.
[[nodiscard]] bool is_text(Generated field);
/// Wireshark's number of a row's subtree; -1 where nothing stands below it.
[[nodiscard]] int subtree_of(wire::RowId row);
[[nodiscard]] int message_subtree();

[[nodiscard]] expert_field* expert_of(wire::Code code);
[[nodiscard]] expert_field* expert_of(Finding finding);
/// The sentence of a finding that needs no details.
[[nodiscard]] const char* text_of(Finding finding);

}  // namespace gdoi::plugin
