#pragma once

#include "protocol/tables/ids.h"
#include "protocol/tables/numbers_isakmp.h"
#include "protocol/tables/numbers_phase1.h"

/// Attributes of phase-1 transforms (RFC 2409 appendix A) and of the IPsec DOI (RFC 2407 section
/// 4.5), which SA TEK uses too (RFC 6407 section 5.5.1).
namespace gdoi::tables {

inline constexpr Row kIkeAttributesRows[] = {
    group("ike.attr", "IKE Attribute").named(kPhase1Classes).from("RFC 2408 section 3.3"),
    uint(2, "ike.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "ike.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "ike.attr.type", "Type").named(kPhase1Classes),
    leaf(wire::Kind::kValueLength, 2, "ike.attr.length", "Length"),
    octets(0, "ike.attr.value", "Value"),
    basic(1, "ike.attr.encryption_algorithm", "Encryption Algorithm")
        .named(kPhase1Encryption)
        .from("RFC 2409 appendix A"),
    basic(2, "ike.attr.hash_algorithm", "HASH Algorithm").named(kPhase1Hashes),
    basic(3, "ike.attr.authentication_method", "Authentication Method").named(kPhase1AuthMethods),
    basic(4, "ike.attr.group_description", "Group Description").named(kGroups),
    basic(5, "ike.attr.group_type", "Group Type").named(kGroupTypes),
    value(6, "ike.attr.group_prime", "Group Prime"),
    value(7, "ike.attr.group_generator_one", "Group Generator One"),
    value(8, "ike.attr.group_generator_two", "Group Generator Two"),
    value(9, "ike.attr.group_curve_a", "Group Curve A"),
    value(10, "ike.attr.group_curve_b", "Group Curve B"),
    basic(11, "ike.attr.life_type", "Life Type").named(kLifeTypes),
    number(12, "ike.attr.life_duration", "Life Duration"),
    basic(13, "ike.attr.prf", "PRF"),
    basic(14, "ike.attr.key_length", "Key Length").shown(wire::Show::kBits),
    basic(15, "ike.attr.field_size", "Field Size").shown(wire::Show::kBits),
    value(16, "ike.attr.group_order", "Group Order"),
};

inline constexpr Row kIpsecAttributesRows[] = {
    group("ipsec.attr", "IPsec Attribute").named(kIpsecAttributes).from("RFC 2407 section 4.5"),
    uint(2, "ipsec.attr.word", "Format and type").shown(wire::Show::kHex),
    bits(2, 0x8000, "ipsec.attr.format", "Format").named(kAttributeFormats),
    bits(2, 0x7fff, "ipsec.attr.type", "Type").named(kIpsecAttributes),
    leaf(wire::Kind::kValueLength, 2, "ipsec.attr.length", "Length"),
    octets(0, "ipsec.attr.value", "Value"),
    basic(1, "ipsec.attr.life_type", "Life Type").named(kIpsecLifeTypes),
    number(2, "ipsec.attr.life_duration", "Life Duration"),
    basic(3, "ipsec.attr.group_description", "Group Description").named(kGroups),
    basic(4, "ipsec.attr.encap_mode", "Encapsulation Mode").named(kEncapsulationModes),
    basic(5, "ipsec.attr.auth_algorithm", "Authentication Algorithm").named(kIpsecAuthAlgorithms),
    basic(6, "ipsec.attr.key_length", "Key Length").shown(wire::Show::kBits),
    basic(7, "ipsec.attr.key_rounds", "Key Rounds"),
    basic(8, "ipsec.attr.cmpr_dict_size", "Compress Dictionary Size"),
    value(9, "ipsec.attr.cmpr_algorithm", "Compress Private Algorithm"),
    basic(10, "ipsec.attr.ecn_tunnel", "ECN Tunnel").named(kEcnTunnel).from("RFC 3168"),
    basic(11, "ipsec.attr.ext_seq_nbr", "Extended (64-bit) Sequence Number")
        .named(kExtendedSequence)
        .from("RFC 4304"),
    number(12, "ipsec.attr.auth_key_length", "Authentication Key Length").from("RFC 4359"),
    basic(13, "ipsec.attr.sig_enco_algorithm", "Signature Encoding Algorithm")
        .named(kSignatureEncodings)
        .from("RFC 4359"),
    basic(14, "ipsec.attr.addr_preservation", "Address Preservation")
        .named(kAddressPreservation)
        .from("RFC 6407 section 5.5.1.1.1"),
    basic(15, "ipsec.attr.sa_direction", "SA Direction")
        .named(kSaDirection)
        .from("RFC 6407 section 5.5.1.1.2"),
};

}  // namespace gdoi::tables
