#pragma once

#include "protocol/tables/rows.h"

/// The layouts, selectors and chains by name; what they hold stands in the other tables.
namespace gdoi::tables {

enum class L : wire::LayoutId {
  // isakmp.h
  kMessage,
  kMarked,
  kKeepalive,
  kPlaintext,
  kNextPayload,
  kGeneric,
  kReserved1,
  kReserved2,
  kSpiSize,
  kSpi,
  kEmpty,
  kBody,
  kIkev2Body,
  kOtherVersion,
  kCiphertext,
  kClear,
  kUnknown,
  kSa,
  kProposals,
  kSituationLabels,
  kSecrecy,
  kIntegrity,
  kSecrecyAndIntegrity,
  kProposal,
  kTransform,
  kTransformIke,
  kTransformEsp,
  kTransformAh,
  kTransformOther,
  kIkeAttributeList,
  kIpsecAttributeList,
  kOpaqueAttributes,
  kKe,
  kCert,
  kCertReq,
  kHash,
  kSig,
  kNonce,
  kNotify,
  kNotifyOctets,
  kNotifyReplay,
  kNotifyLifetime,
  kNotifyDpd,
  kDelete,
  kDeleteProtocol,
  kDeleteGdoiProtocol,
  kVid,
  kNatHash,
  kNatD,
  kNatDDraft,
  kNatDPrivate,
  kNatOa,
  kNatOaDraft,
  kNatOaPrivate,
  kNatOaBody,
  kFragment,
  kConfig,
  kPop,
  kSeq,
  kSpecial,
  // phase1.h
  kIkeAttributes,
  kIpsecAttributes,
  // identification.h
  kId,
  kIdIpv4,
  kIdFqdn,
  kIdUserFqdn,
  kIdIpv4Subnet,
  kIdIpv6,
  kIdIpv6Subnet,
  kIdIpv4Range,
  kIdIpv6Range,
  kIdDn,
  kIdGn,
  kIdKeyId,
  kIdList,
  kIdOid,
  kIdOctets,
  // gdoi_sa.h
  kSaByDoi,
  kGdoiSa,
  kSak,
  kSakSource,
  kSakDestination,
  kKekAttributes,
  kGap,
  kGapAttributes,
  kSat,
  kSatEsp,
  kSatAh,
  kSatOther,
  kSatSelectors,
  kSatSource,
  kSatDestination,
  kSatTail,
  // iec61850.h
  kSatIec61850,
  kSaDataAttributes,
  // key_download.h
  kKd,
  kKeyPacket,
  kKdTek,
  kKdKek,
  kKdLkh,
  kKdSid,
  kKdOther,
  kTekKeyAttributes,
  kKekKeyAttributes,
  kLkhAttributes,
  kSidAttributes,
  kLkhDownload,
  kLkhUpdate,
  kLkhHead,
  kLkhKey,
  kLkhDesKey,
  kLkh3desKey,
  kLkhOtherKey,
  kCount
};

enum class S : wire::SelectorId {
  kVersion,
  kEncrypted,
  kSaExchange,
  kSaDoi,
  kSituationDoi,
  kSituation,
  kTransformId,
  kTransformAttributes,
  kNotifyData,
  kNotifyLifetime,
  kDeleteProtocol,
  kIdData,
  kTekProtocol,
  kKdType,
  kLkhKeyType,
  kCount
};

/// Top: the payloads of a message. SA: SA KEK, GAP and SA TEK inside a GDOI SA (RFC 6407 section
/// 5.2). Types 15 and 16 mean other things in each.
enum class C : std::uint16_t { kTop, kSa, kCount };

constexpr Row include(L layout) {
  return structure_row(wire::Kind::kInclude, layout);
}

constexpr Row own(L layout) {
  return include(layout).keyed(wire::kOwnStructure);
}

constexpr Row select(S selector) {
  return structure_row(wire::Kind::kSelect, selector);
}

constexpr Row sized_select(S selector) {
  return structure_row(wire::Kind::kSizedSelect, selector);
}

constexpr Row attributes(L set) {
  return structure_row(wire::Kind::kAttributes, set);
}

/// `next` is what the next-payload octet of all but the last of them holds, 0 where they have none.
constexpr Row elements(L layout, std::uint32_t next = 0) {
  return structure_row(wire::Kind::kElements, layout).keyed(next);
}

constexpr Row chain(C chain) {
  return structure_row(wire::Kind::kChain, chain);
}

/// The row after it, as often as the count before says.
constexpr Row items() {
  return structure_row(wire::Kind::kItems, 0);
}

constexpr wire::LayoutId id(L layout) {
  return static_cast<wire::LayoutId>(layout);
}

}  // namespace gdoi::tables
