#pragma once

#include "protocol/wire/field.h"

#include <cstdint>
#include <string_view>

namespace gdoi::wire {

/// E: malformed, the structure is not read on; W: a rule is broken, still readable; N: worth
/// knowing.
enum class Severity : std::uint8_t { kNote, kWarning, kError };

/// What is wrong with a message. Structure errors come from the decoder, the rest from
/// tables/checks.h. Text, severity and clause stand in diagnostic.cpp, once.
enum class Code : std::uint8_t {
  // Structure (decoder).
  kFieldCut,          ///< a field needs more octets than its structure has left
  kLengthTooSmall,    ///< a length is less than what it must cover
  kLengthTooLarge,    ///< a length reaches beyond what encloses it
  kTrailingOctets,    ///< octets after the last field of a structure
  kChainEndsEarly,    ///< octets after the last payload that are no padding
  kChainRunsOut,      ///< a next payload is named but no octets are left
  kPaddingNotZero,    ///< padding after the last payload is not all zeros
  kAlignment,         ///< 1 to 3 octets of alignment after a clear message
  kUnknownPayload,    ///< a payload type that has no layout in this chain
  kForbiddenPayload,  ///< a payload type that must not stand here
  kCountMismatch,     ///< fewer or more elements than announced
  kReservedNotZero,
  kElementNext,    ///< the next-payload octet of a proposal or transform is not 2, 3 or 0
  kAttributeForm,  ///< an attribute of class B sent as TLV, or V as TV where tables fix it
  kAttributeUnknown,
  kAttributeTooLong,  ///< a number of more than 8 octets or of none
  kResynchronised,    ///< octets skipped that one implementation adds
  kTooManyPayloads,
  kTooDeep,
  kNotIsakmp,    ///< neither IKEv1/GDOI nor IKEv2 by the version octet
  kShortHeader,  ///< fewer than 28 octets
  kMarkerOn848,  ///< a non-ESP marker where none belongs
  // Rules of one message (tables/checks.h).
  kMinorVersion,
  kExchangeType,
  kReservedFlags,
  kCommitFlag,
  kNotEncrypted,
  kNothingEncrypted,
  kMessageIdNotZero,
  kMessageIdZero,
  kInitiatorCookieZero,
  kResponderCookieZero,
  kDuplicatePayload,
  kValueReserved,
  kValuePrivate,
  kDuplicateAttribute,
  kLifeDurationAlone,
  kLifeTypeAlone,
  kDoiNotGdoi,
  kSituationValue,
  kSeveralProposals,
  kSpiSize,
  kTransformIncomplete,
  kKeyLength,
  kNonceLength,
  kIdPort,
  kGroupIdOctets,
  kGroupKeyId,
  kOidEncoding,
  kMaskReversed,
  kNotifyType,
  kHashNotFirst,
  kPayloadMissing,
  kPayloadMisplaced,
  kNoPolicy,
  kPolicyOrder,
  kKekIncomplete,
  kSigHashMissing,
  kKekManagementInPull,
  kWeakAlgorithm,
  kKekLifetime,
  kTekIncomplete,
  kTekSpi,
  kGroupDescriptionInTek,
  kCbcWithoutAuthentication,
  kKeyDeliveryAssurance,
  kKeyPacketRepeated,
  kKeyPacketUnannounced,
  kLkhVersion,
  kSidInPush,
  kSidBits,
  kSeqZero,
  kDeleteProtocol,
  kPushHeader,
  kPushIncomplete,
  kPushAckHeader,
  kAckIdentity,
  kCount
};

struct CodeInfo {
  Code code         = Code::kFieldCut;
  Severity severity = Severity::kNote;
  std::string_view name;    ///< suffix of the filter name: gdoi.expert.NAME
  std::string_view text;    ///< one sentence
  std::string_view clause;  ///< RFC section
};

[[nodiscard]] const CodeInfo& info_of(Code code);

/// What a capture that was cut does to any message.
[[nodiscard]] bool is_about_missing_octets(Code code);

/// One finding in one message.
struct Diagnostic {
  Code code            = Code::kFieldCut;
  std::uint8_t buffer  = 0;
  std::uint32_t node   = 0;  ///< index of the node that it hangs on
  std::uint32_t offset = 0;
  std::uint64_t needed = 0;  ///< octets, elements or the value wanted; 0 where that makes no sense
  std::uint64_t had    = 0;
};

}  // namespace gdoi::wire
