#include "protocol/tables/registry.h"

namespace gdoi::tables {
namespace {

using wire::Case;
using wire::Role;
using wire::Selector;

constexpr std::uint32_t kMajorVersion   = 0xf0;
constexpr std::uint32_t kEncryptionFlag = 0x01;

constexpr Case to(std::uint32_t value, L layout) {
  return {value, id(layout)};
}

constexpr Case kVersionCases[]   = {to(0x10, L::kBody), to(0x20, L::kIkev2Body)};
constexpr Case kEncryptedCases[] = {to(kEncryptionFlag, L::kCiphertext)};
// 32 and 33 mean other things in other DOIs (RFC 6407 section 3): the SA's own DOI decides.
constexpr Case kSaExchangeCases[]    = {to(32, L::kSaByDoi), to(33, L::kSaByDoi)};
constexpr Case kSaDoiCases[]         = {to(2, L::kGdoiSa)};
constexpr Case kSituationDoiCases[]  = {to(1, L::kSituationLabels)};
constexpr Case kSituationCases[]     = {to(2, L::kSecrecy), to(4, L::kIntegrity),
                                        to(6, L::kSecrecyAndIntegrity)};
constexpr Case kTransformIdCases[]   = {to(1, L::kTransformIke), to(2, L::kTransformAh),
                                        to(3, L::kTransformEsp)};
constexpr Case kTransformAttrCases[] = {to(1, L::kIkeAttributeList), to(2, L::kIpsecAttributeList),
                                        to(3, L::kIpsecAttributeList),
                                        to(4, L::kIpsecAttributeList)};
constexpr Case kNotifyDataCases[]    = {to(24576, L::kNotifyLifetime), to(24577, L::kNotifyReplay),
                                        to(36136, L::kNotifyDpd), to(36137, L::kNotifyDpd)};
constexpr Case kNotifyLifeCases[]    = {to(1, L::kIkeAttributeList)};
constexpr Case kDeleteCases[]        = {to(33, L::kDeleteGdoiProtocol)};
constexpr Case kIdDataCases[]        = {
    to(1, L::kIdIpv4), to(2, L::kIdFqdn),       to(3, L::kIdUserFqdn),  to(4, L::kIdIpv4Subnet),
    to(5, L::kIdIpv6), to(6, L::kIdIpv6Subnet), to(7, L::kIdIpv4Range), to(8, L::kIdIpv6Range),
    to(9, L::kIdDn),   to(10, L::kIdGn),        to(11, L::kIdKeyId),    to(12, L::kIdList),
    to(13, L::kIdOid)};
constexpr Case kTekProtocolCases[] = {to(1, L::kSatEsp), to(2, L::kSatAh), to(3, L::kSatIec61850)};
constexpr Case kKdTypeCases[]      = {to(1, L::kKdTek), to(2, L::kKdKek), to(3, L::kKdLkh),
                                      to(4, L::kKdSid)};
constexpr Case kLkhKeyTypeCases[]  = {to(1, L::kLkhDesKey), to(2, L::kLkh3desKey)};

// In the order of S.
constexpr std::array kSelectors = {
    Selector{Role::kVersion,     kMajorVersion,   kVersionCases,       id(L::kOtherVersion)      },
    Selector{Role::kFlags,       kEncryptionFlag, kEncryptedCases,     id(L::kClear)             },
    Selector{Role::kExchange,    0,               kSaExchangeCases,    id(L::kProposals)         },
    Selector{Role::kDoi,         0,               kSaDoiCases,         id(L::kProposals)         },
    Selector{Role::kDoi,         0,               kSituationDoiCases,  id(L::kEmpty)             },
    Selector{Role::kSituation,   6,               kSituationCases,     id(L::kEmpty)             },
    Selector{Role::kProtocol,    0,               kTransformIdCases,   id(L::kTransformOther)    },
    Selector{Role::kProtocol,    0,               kTransformAttrCases, id(L::kOpaqueAttributes)  },
    Selector{Role::kNotifyType,  0,               kNotifyDataCases,    id(L::kNotifyOctets)      },
    Selector{Role::kProtocol,    0,               kNotifyLifeCases,    id(L::kIpsecAttributeList)},
    Selector{Role::kExchange,    0,               kDeleteCases,        id(L::kDeleteProtocol)    },
    Selector{Role::kIdType,      0,               kIdDataCases,        id(L::kIdOctets)          },
    Selector{Role::kTekProtocol, 0,               kTekProtocolCases,   id(L::kSatOther)          },
    Selector{Role::kKdType,      0,               kKdTypeCases,        id(L::kKdOther)           },
    Selector{Role::kKeyType,     0,               kLkhKeyTypeCases,    id(L::kLkhOtherKey)       },
};
static_assert(kSelectors.size() == static_cast<std::size_t>(S::kCount));

constexpr Case kTopPayloads[] = {to(1, L::kSa),
                                 to(4, L::kKe),
                                 to(5, L::kId),
                                 to(6, L::kCert),
                                 to(7, L::kCertReq),
                                 to(8, L::kHash),
                                 to(9, L::kSig),
                                 to(10, L::kNonce),
                                 to(11, L::kNotify),
                                 to(12, L::kDelete),
                                 to(13, L::kVid),
                                 to(14, L::kConfig),
                                 to(15, L::kNatDDraft),
                                 to(16, L::kNatOaDraft),
                                 to(17, L::kKd),
                                 to(18, L::kSeq),
                                 to(19, L::kPop),
                                 to(20, L::kNatD),
                                 to(21, L::kNatOa),
                                 to(22, L::kGap),
                                 to(130, L::kNatDPrivate),
                                 to(131, L::kNatOaPrivate),
                                 to(132, L::kFragment)};
constexpr Case kSaPayloads[]  = {to(15, L::kSak), to(16, L::kSat), to(22, L::kGap)};

constexpr std::array kChains = {
    wire::Chain{kTopPayloads, id(L::kUnknown)},
    wire::Chain{kSaPayloads,  id(L::kUnknown)},
};
static_assert(kChains.size() == static_cast<std::size_t>(C::kCount));

constexpr wire::Schema kSchema = {
    .rows      = kRows,
    .layouts   = kLayouts,
    .selectors = kSelectors,
    .chains    = kChains,
    .message   = id(L::kMessage),
    .keepalive = id(L::kKeepalive),
    .marked    = id(L::kMarked),
    .plaintext = id(L::kPlaintext),
    .trailing  = row("trailing"),
    .truncated = row("truncated"),
    .padding   = row("padding"),
};

}  // namespace

const wire::Schema& schema() {
  return kSchema;
}

}  // namespace gdoi::tables
