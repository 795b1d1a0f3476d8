#pragma once

#include "protocol/tables/ids.h"
#include "protocol/tables/numbers_isakmp.h"

/// Identities: the ID payload (RFC 2408 section 3.8, RFC 2407 section 4.6.2, RFC 6407 section 5.1)
/// and the data by ID type that SA KEK and SA TEK share with it.
namespace gdoi::tables {

inline constexpr Row kIdRows[] = {
    group("payload.id", "Identification", 5).from("RFC 2407 section 4.6.2"),
    include(L::kGeneric),
    uint(1, "id.type", "ID type").named(kIdTypes).steering(wire::Role::kIdType),
    uint(1, "id.protoid", "Protocol ID").named(kIpProtocols),
    uint(2, "id.port", "Port"),
    select(S::kIdData),
};

inline constexpr Row kIdIpv4Rows[]       = {ipv4("id.data.ipv4_addr", "ID_IPV4_ADDR")};
inline constexpr Row kIdFqdnRows[]       = {text("id.data.fqdn", "ID_FQDN")};
inline constexpr Row kIdUserFqdnRows[]   = {text("id.data.user_fqdn", "ID_USER_FQDN")};
inline constexpr Row kIdIpv4SubnetRows[] = {
    ipv4("id.data.ipv4_subnet", "ID_IPV4_ADDR_SUBNET"),
    ipv4("id.data.ipv4_mask", "ID_IPV4_ADDR_SUBNET (Mask)")};
inline constexpr Row kIdIpv6Rows[]       = {ipv6("id.data.ipv6_addr", "ID_IPV6_ADDR")};
inline constexpr Row kIdIpv6SubnetRows[] = {
    ipv6("id.data.ipv6_subnet", "ID_IPV6_ADDR_SUBNET"),
    ipv6("id.data.ipv6_mask", "ID_IPV6_ADDR_SUBNET (Mask)")};
inline constexpr Row kIdIpv4RangeRows[] = {
    ipv4("id.data.ipv4_range_start", "ID_IPV4_ADDR_RANGE (Start)"),
    ipv4("id.data.ipv4_range_end", "ID_IPV4_ADDR_RANGE (End)")};
inline constexpr Row kIdIpv6RangeRows[] = {
    ipv6("id.data.ipv6_range_start", "ID_IPV6_ADDR_RANGE (Start)"),
    ipv6("id.data.ipv6_range_end", "ID_IPV6_ADDR_RANGE (End)")};
inline constexpr Row kIdDnRows[]    = {octets(0, "id.data.der_asn1_dn", "ID_DER_ASN1_DN")};
inline constexpr Row kIdGnRows[]    = {octets(0, "id.data.der_asn1_gn", "ID_DER_ASN1_GN")};
inline constexpr Row kIdKeyIdRows[] = {octets(0, "id.data.key_id", "ID_KEY_ID")};
inline constexpr Row kIdListRows[]  = {
    octets(0, "id.data.list", "ID_LIST").from("RFC 3554 section 3")};
inline constexpr Row kIdOctetsRows[] = {octets(0, "id.data", "Identification Data")};

// RFC 8052 section 2.1
inline constexpr Row kIdOidRows[] = {
    size(1, "id.data.oid_length", "OID Length").from("RFC 8052 section 2.1"),
    sized("id.data.oid", "OID"),
    size(2, "id.data.oid_payload_length", "OID Specific Payload Length"),
    sized("id.data.oid_payload", "OID Specific Payload"),
};

}  // namespace gdoi::tables
