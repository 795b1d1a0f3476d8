#pragma once

#include "protocol/tables/ids.h"
#include "protocol/tables/numbers_gdoi.h"
#include "protocol/tables/numbers_isakmp.h"
#include "protocol/tables/numbers_phase1.h"

/// ISAKMP: header and payloads of RFC 2408, as RFC 2407, 2409 and 3947 use them.
namespace gdoi::tables {

using wire::Role;
using wire::Show;

// RFC 2408 section 3.1: ispi(8) rspi(8) NP(1) version(1) exchange(1) flags(1) M-ID(4) length(4)
inline constexpr Row kMessageRows[] = {
    group("message", "ISAKMP message").from("RFC 2408 section 3.1"),
    octets(8, "ispi", "Initiator SPI").from("RFC 2408 section 2.5.3"),
    octets(8, "rspi", "Responder SPI").from("RFC 2408 section 2.5.3"),
    include(L::kNextPayload),
    uint(1, "version", "Version").shown(Show::kHex).named(kVersions).steering(Role::kVersion),
    bits(1, 0xf0, "mjver", "MjVer").shown(Show::kHex),
    bits(1, 0x0f, "mnver", "MnVer").shown(Show::kHex),
    uint(1, "exchangetype", "Exchange type").named(kExchangeTypes).steering(Role::kExchange),
    uint(1, "flags", "Flags").shown(Show::kHex).steering(Role::kFlags),
    bits(1, 0x01, "flag_e", "Encryption").named(kSetFlags),
    bits(1, 0x02, "flag_c", "Commit").named(kSetFlags),
    bits(1, 0x04, "flag_a", "Authentication").named(kSetFlags),
    bits(1, 0xf8, "flag_reserved", "Reserved").shown(Show::kHex),
    uint(4, "messageid", "Message ID").shown(Show::kHex),
    length(4, "length", "Length"),
    select(S::kVersion),
};

// RFC 3948 section 2.2
inline constexpr Row kMarkedRows[] = {
    group("marked", "Message behind a non-ESP marker"),
    octets(4, "marker", "Non-ESP marker").from("RFC 3948 section 2.2"),
    own(L::kMessage),
};

inline constexpr Row kKeepaliveRows[] = {
    group("keepalive", "NAT keepalive"),
    uint(1, "ike.nat_keepalive", "NAT Keepalive").shown(Show::kHex).from("RFC 3948 section 2.3"),
};

inline constexpr Row kPlaintextRows[] = {
    group("enc.decrypted", "Decrypted payloads").from("RFC 2409 appendix B"),
    chain(C::kTop),
};

inline constexpr Row kNextPayloadRows[] = {
    leaf(wire::Kind::kNext, 1, "nextpayload", "Next payload").named(kPayloadTypes),
};

// RFC 2408 section 3.2: NP(1) reserved(1) length(2)
inline constexpr Row kGenericRows[] = {
    include(L::kNextPayload),
    include(L::kReserved1),
    length(2, "payloadlength", "Payload length").from("RFC 2408 section 3.2"),
};

inline constexpr Row kReserved1Rows[] = {reserved(1, "reserved", "Reserved")};
inline constexpr Row kReserved2Rows[] = {reserved(2, "reserved2", "Reserved2")};
inline constexpr Row kSpiSizeRows[]   = {size(1, "spisize", "SPI Size")};
inline constexpr Row kSpiRows[]       = {sized("spi", "SPI")};

inline constexpr Row kBodyRows[]      = {select(S::kEncrypted)};
inline constexpr Row kIkev2BodyRows[] = {
    octets(0, "ikev2.data", "IKEv2 or G-IKEv2 payloads (not decoded)").from("RFC 9838")};
inline constexpr Row kOtherVersionRows[] = {octets(0, "data", "Octets of an unknown version")};
inline constexpr Row kCiphertextRows[]   = {
    octets(0, "enc.data", "Encrypted payloads").from("RFC 2409 appendix B")};
inline constexpr Row kClearRows[] = {chain(C::kTop)};

inline constexpr Row kUnknownRows[] = {
    group("payload.unknown", "Unknown payload"),
    include(L::kGeneric),
    octets(0, "datapayload", "Data Payload"),
};

// RFC 2408 section 3.4; RFC 6407 section 5.2
inline constexpr Row kSaRows[] = {
    group("payload.sa", "Security Association", 1).from("RFC 2408 section 3.4"),
    include(L::kGeneric),
    uint(4, "sa.doi", "Domain of interpretation").named(kDois).steering(Role::kDoi),
    uint(4, "sa.situation", "Situation").shown(Show::kHex).steering(Role::kSituation),
    bits(4, 0x1, "sa.situation.identity_only", "Identity Only").named(kSetFlags),
    bits(4, 0x2, "sa.situation.secrecy", "Secrecy").named(kSetFlags),
    bits(4, 0x4, "sa.situation.integrity", "Integrity").named(kSetFlags),
    select(S::kSaExchange),
};

inline constexpr Row kProposalsRows[]       = {select(S::kSituationDoi), elements(L::kProposal, 2)};
inline constexpr Row kSituationLabelsRows[] = {select(S::kSituation)};

// RFC 2407 section 4.6.1: lengths of levels in octets, of categories in bits, padded to 4 octets
inline constexpr Row kSecrecyRows[] = {
    uint(4, "sa.domain", "Labeled Domain Identifier").from("RFC 2407 section 4.6.1"),
    size(2, "sa.secrecy.level_length", "Secrecy Length"),
    reserved(2, "sa.secrecy.reserved", "Reserved"),
    leaf(wire::Kind::kSized, 4, "sa.secrecy.level", "Secrecy Level").shown(Show::kOctets),
    size(2, "sa.secrecy.category_length", "Secrecy Category Length"),
    reserved(2, "sa.secrecy.category_reserved", "Reserved"),
    leaf(wire::Kind::kSized, 4, "sa.secrecy.category", "Secrecy Category Bitmap")
        .keyed(wire::kInBits)
        .shown(Show::kOctets),
};

inline constexpr Row kIntegrityRows[] = {
    uint(4, "sa.integrity.domain", "Labeled Domain Identifier").from("RFC 2407 section 4.6.1"),
    size(2, "sa.integrity.level_length", "Integrity Length"),
    reserved(2, "sa.integrity.reserved", "Reserved"),
    leaf(wire::Kind::kSized, 4, "sa.integrity.level", "Integrity Level").shown(Show::kOctets),
    size(2, "sa.integrity.category_length", "Integrity Category Length"),
    reserved(2, "sa.integrity.category_reserved", "Reserved"),
    leaf(wire::Kind::kSized, 4, "sa.integrity.category", "Integrity Category Bitmap")
        .keyed(wire::kInBits)
        .shown(Show::kOctets),
};

// The domain identifier stands once before both (RFC 2407 section 4.6.1).
inline constexpr Row kSecrecyAndIntegrityRows[] = {
    include(L::kSecrecy),
    size(2, "sa.both.level_length", "Integrity Length"),
    reserved(2, "sa.both.reserved", "Reserved"),
    leaf(wire::Kind::kSized, 4, "sa.both.level", "Integrity Level").shown(Show::kOctets),
    size(2, "sa.both.category_length", "Integrity Category Length"),
    reserved(2, "sa.both.category_reserved", "Reserved"),
    leaf(wire::Kind::kSized, 4, "sa.both.category", "Integrity Category Bitmap")
        .keyed(wire::kInBits)
        .shown(Show::kOctets),
};

// RFC 2408 section 3.5
inline constexpr Row kProposalRows[] = {
    group("prop", "Proposal", 2).from("RFC 2408 section 3.5"),
    include(L::kGeneric),
    uint(1, "prop.number", "Proposal number"),
    uint(1, "prop.protoid", "Protocol ID").named(kIpsecProtocols).steering(Role::kProtocol),
    include(L::kSpiSize),
    count(1, "prop.transforms", "Proposal transforms"),
    include(L::kSpi),
    elements(L::kTransform, 3),
};

// RFC 2408 section 3.6
inline constexpr Row kTransformRows[] = {
    group("trans", "Transform", 3).from("RFC 2408 section 3.6"),
    include(L::kGeneric),
    uint(1, "trans.number", "Transform number"),
    select(S::kTransformId),
    include(L::kReserved2),
    select(S::kTransformAttributes),
};

inline constexpr Row kTransformIkeRows[] = {
    uint(1, "trans.id", "Transform ID").named(kIsakmpTransforms).from("RFC 2407 section 4.4.2")};
inline constexpr Row kTransformEspRows[] = {
    uint(1, "trans.esp_id", "Transform ID").named(kEspTransforms)};
inline constexpr Row kTransformAhRows[] = {
    uint(1, "trans.ah_id", "Transform ID").named(kAhTransforms)};
inline constexpr Row kTransformOtherRows[]     = {uint(1, "trans.other_id", "Transform ID")};
inline constexpr Row kIkeAttributeListRows[]   = {attributes(L::kIkeAttributes)};
inline constexpr Row kIpsecAttributeListRows[] = {attributes(L::kIpsecAttributes)};
inline constexpr Row kOpaqueAttributesRows[]   = {
    octets(0, "trans.attributes", "Attributes of an unknown protocol")};

// RFC 2408 section 3.7
inline constexpr Row kKeRows[] = {
    group("payload.ke", "Key Exchange", 4).from("RFC 2408 section 3.7"),
    include(L::kGeneric),
    octets(0, "key_exchange.data", "Key Exchange Data"),
};

// RFC 2408 section 3.9
inline constexpr Row kCertRows[] = {
    group("payload.cert", "Certificate", 6).from("RFC 2408 section 3.9"),
    include(L::kGeneric),
    uint(1, "cert.encoding", "Certificate Encoding")
        .named(kCertEncodings)
        .steering(Role::kEncoding),
    octets(0, "cert.data", "Certificate Data"),
};

// RFC 2408 section 3.10
inline constexpr Row kCertReqRows[] = {
    group("payload.certreq", "Certificate Request", 7).from("RFC 2408 section 3.10"),
    include(L::kGeneric),
    uint(1, "certreq.type", "Certificate Type").named(kCertEncodings),
    octets(0, "ike.certreq.authority", "Certificate Authority Data"),
};

// RFC 2408 sections 3.11 to 3.13, 3.16
inline constexpr Row kHashRows[] = {
    group("payload.hash", "Hash", 8).from("RFC 2408 section 3.11"),
    include(L::kGeneric),
    octets(0, "hash", "Hash DATA"),
};
inline constexpr Row kSigRows[] = {
    group("payload.sig", "Signature", 9).from("RFC 2408 section 3.12"),
    include(L::kGeneric),
    octets(0, "sig", "Signature DATA"),
};
inline constexpr Row kNonceRows[] = {
    group("payload.nonce", "Nonce", 10).from("RFC 2408 section 3.13"),
    include(L::kGeneric),
    octets(0, "nonce", "Nonce DATA"),
};
inline constexpr Row kVidRows[] = {
    group("payload.vid", "Vendor ID", 13).from("RFC 2408 section 3.16"),
    include(L::kGeneric),
    octets(0, "vid_bytes", "Vendor ID"),
};

// RFC 2408 section 3.14
inline constexpr Row kNotifyRows[] = {
    group("payload.notify", "Notification", 11).from("RFC 2408 section 3.14"),
    include(L::kGeneric),
    uint(4, "notify.doi", "Domain of interpretation").named(kDois),
    uint(1, "notify.protoid", "Protocol ID").named(kIpsecProtocols).steering(Role::kProtocol),
    include(L::kSpiSize),
    uint(2, "notify.msgtype", "Notify Message Type")
        .named(kNotifyTypes)
        .steering(Role::kNotifyType),
    include(L::kSpi),
    select(S::kNotifyData),
};
inline constexpr Row kNotifyOctetsRows[] = {octets(0, "notify.data", "Notification DATA")};
inline constexpr Row kNotifyReplayRows[] = {uint(4, "notify.data.replay_status", "Replay status")
                                                .named(kReplayStatus)
                                                .from("RFC 2407 section 4.6.3.2")};
inline constexpr Row kNotifyDpdRows[]    = {
    uint(4, "notify.data.dpd_sequence", "DPD sequence number").from("RFC 3706 section 5.3")};
// RFC 2407 section 4.6.3.1
inline constexpr Row kNotifyLifetimeRows[] = {select(S::kNotifyLifetime)};

// RFC 2408 section 3.15; in a GROUPKEY-PUSH RFC 6407 section 5.9
inline constexpr Row kDeleteRows[] = {
    group("payload.delete", "Delete", 12).from("RFC 2408 section 3.15"),
    include(L::kGeneric),
    uint(4, "delete.doi", "Domain of interpretation").named(kDois),
    select(S::kDeleteProtocol),
    include(L::kSpiSize),
    count(2, "spinum", "Number of SPIs"),
    items(),
    sized("delete.spi", "Delete SPI"),
};
inline constexpr Row kDeleteProtocolRows[] = {
    uint(1, "delete.protoid", "Protocol ID").named(kIpsecProtocols)};
inline constexpr Row kDeleteGdoiProtocolRows[] = {uint(1, "delete.gdoi_protoid", "Protocol ID")
                                                      .named(kDeleteProtocols)
                                                      .from("RFC 6407 section 5.9")};

// RFC 3947 section 3.2; the drafts before it used other payload types
inline constexpr Row kNatHashRows[] = {octets(0, "ike.nat_hash", "HASH of the address and port")};
inline constexpr Row kNatDRows[]    = {
    group("payload.nat_d", "NAT Discovery", 20).from("RFC 3947 section 3.2"),
    include(L::kGeneric),
    include(L::kNatHash),
};
inline constexpr Row kNatDDraftRows[] = {
    group("payload.nat_d_15", "NAT Discovery (draft-ietf-ipsec-nat-t-ike-04 to -08)", 15),
    include(L::kGeneric),
    include(L::kNatHash),
};
inline constexpr Row kNatDPrivateRows[] = {
    group("payload.nat_d_130", "NAT Discovery (draft-ietf-ipsec-nat-t-ike-00 to -03)", 130),
    include(L::kGeneric),
    include(L::kNatHash),
};

// RFC 3947 section 5.2
inline constexpr Row kNatOaRows[] = {
    group("payload.nat_oa", "NAT Original Address", 21).from("RFC 3947 section 5.2"),
    include(L::kGeneric),
    include(L::kNatOaBody),
};
inline constexpr Row kNatOaDraftRows[] = {
    group("payload.nat_oa_16", "NAT Original Address (draft-ietf-ipsec-nat-t-ike-04 to -08)", 16),
    include(L::kGeneric),
    include(L::kNatOaBody),
};
inline constexpr Row kNatOaPrivateRows[] = {
    group("payload.nat_oa_131", "NAT Original Address (draft-ietf-ipsec-nat-t-ike-00 to -03)", 131),
    include(L::kGeneric),
    include(L::kNatOaBody),
};
inline constexpr Row kNatOaBodyRows[] = {
    uint(1, "nat_oa.type", "ID type").named(kIdTypes).steering(Role::kIdType),
    reserved(3, "nat_oa.reserved", "Reserved"),
    select(S::kIdData),
};

// Layout as Wireshark's isakmp dissector and libreswan read it; no public standard.
inline constexpr Row kFragmentRows[] = {
    group("payload.fragment", "Cisco fragment", 132),
    include(L::kGeneric),
    uint(2, "frag.packetid", "Frag ID").shown(Show::kHex),
    uint(1, "frag.seq", "Frag seq"),
    uint(1, "frag.last", "Frag last"),
    octets(0, "frag.data", "Fragment data"),
};

// Payload 14 was never registered; Mode-Config drafts used it.
inline constexpr Row kConfigRows[] = {
    group("payload.config", "Attributes (Mode-Config)", 14),
    include(L::kGeneric),
    octets(0, "config.data", "Configuration attributes"),
};

// RFC 3547 section 5.7; gone in RFC 6407
inline constexpr Row kPopRows[] = {
    group("payload.pop", "Proof of Possession", 19).from("RFC 3547 section 5.7"),
    include(L::kGeneric),
    octets(0, "pop.data", "Proof of Possession data"),
};

// RFC 6407 section 5.7
inline constexpr Row kSeqRows[] = {
    group("payload.seq", "Sequence Number", 18).from("RFC 6407 section 5.7"),
    include(L::kGeneric),
    uint(4, "seq", "Sequence number"),
};

// What the decoder keeps where a structure does not add up.
inline constexpr Row kSpecialRows[] = {
    octets(0, "trailing", "Octets after the last field"),
    octets(0, "truncated", "Octets of a field that is cut short"),
    octets(0, "padding", "Padding"),
};

}  // namespace gdoi::tables
