#pragma once

#include "protocol/tables/numbers_check.h"
#include "protocol/wire/field.h"

namespace gdoi::tables {

// 32 and 33 are Quick Mode and New Group Mode in the IPsec DOI (RFC 2409 appendix A); on UDP 848
// they have the meaning of DOI 2. 6 never left its draft, but is in use.
inline constexpr wire::Name kExchangeTypeNames[] = {
    {0,   0,   "NONE"                           },
    {1,   1,   "Base"                           },
    {2,   2,   "Identity Protection (Main Mode)"},
    {3,   3,   "Authentication Only"            },
    {4,   4,   "Aggressive"                     },
    {5,   5,   "Informational"                  },
    {6,   6,   "Transaction (Config Mode)"      },
    {7,   31,  "ISAKMP Future Use"              },
    {32,  32,  "GROUPKEY-PULL"                  },
    {33,  33,  "GROUPKEY-PUSH"                  },
    {34,  34,  "Known Unregistered Use"         },
    {35,  35,  "GROUPKEY-PUSH-ACK"              },
    {36,  239, "Unassigned"                     },
    {240, 255, "Private Use"                    },
};
inline constexpr wire::Names kExchangeTypes{
    "ISAKMP exchange types",
    "RFC 2408 section 3.1, RFC 6407 section 3, RFC 8263 section 3.1; IANA ipsec-registry, "
    "gdoi-payloads",
    kExchangeTypeNames};
static_assert(is_registry(kExchangeTypes, kOctetBits));

// RFC 2408 section 3.1 has 14 to 127 as reserved; IANA has assigned 15 to 22. 130 to 132 are of
// the private range: the NAT-T drafts 00 to 03 and the fragments of Cisco.
inline constexpr wire::Name kPayloadTypeNames[] = {
    {0,   0,   "NONE"                        },
    {1,   1,   "Security Association"        },
    {2,   2,   "Proposal"                    },
    {3,   3,   "Transform"                   },
    {4,   4,   "Key Exchange"                },
    {5,   5,   "Identification"              },
    {6,   6,   "Certificate"                 },
    {7,   7,   "Certificate Request"         },
    {8,   8,   "Hash"                        },
    {9,   9,   "Signature"                   },
    {10,  10,  "Nonce"                       },
    {11,  11,  "Notification"                },
    {12,  12,  "Delete"                      },
    {13,  13,  "Vendor ID"                   },
    {14,  14,  "Reserved, not to be used"    },
    {15,  15,  "SA KEK Payload"              },
    {16,  16,  "SA TEK Payload"              },
    {17,  17,  "Key Download"                },
    {18,  18,  "Sequence Number"             },
    {19,  19,  "Proof of Possession"         },
    {20,  20,  "NAT Discovery"               },
    {21,  21,  "NAT Original Address"        },
    {22,  22,  "Group Associated Policy"     },
    {23,  127, "Unassigned"                  },
    {128, 129, "Private Use"                 },
    {130, 130, "NAT Discovery (draft)"       },
    {131, 131, "NAT Original Address (draft)"},
    {132, 132, "Cisco Fragmentation"         },
    {133, 255, "Private Use"                 },
};
inline constexpr wire::Names kPayloadTypes{
    "Next Payload Types",
    "RFC 2408 section 3.1, RFC 6407 section 5, RFC 3947 sections 3.2 and 5.2; IANA ipsec-registry",
    kPayloadTypeNames};
static_assert(is_registry(kPayloadTypes, kOctetBits));

// Three registries of IANA meet here. 0 to 13 are the same in "ID Types" (RFC 8052), which ends
// beyond one octet, and in "IPSEC Identification Type", whose private range it is. "GDOI ID Payload
// Type Values" (RFC 3547) has 11 only and its private range at 128.
inline constexpr wire::Name kIdTypeNames[] = {
    {0,   0,   "Reserved"           },
    {1,   1,   "ID_IPV4_ADDR"       },
    {2,   2,   "ID_FQDN"            },
    {3,   3,   "ID_USER_FQDN"       },
    {4,   4,   "ID_IPV4_ADDR_SUBNET"},
    {5,   5,   "ID_IPV6_ADDR"       },
    {6,   6,   "ID_IPV6_ADDR_SUBNET"},
    {7,   7,   "ID_IPV4_ADDR_RANGE" },
    {8,   8,   "ID_IPV6_ADDR_RANGE" },
    {9,   9,   "ID_DER_ASN1_DN"     },
    {10,  10,  "ID_DER_ASN1_GN"     },
    {11,  11,  "ID_KEY_ID"          },
    {12,  12,  "ID_LIST"            },
    {13,  13,  "ID_OID"             },
    {14,  248, "Unassigned"         },
    {249, 255, "Private Use"        },
};
inline constexpr wire::Names kIdTypes{
    "ID Types",
    "RFC 2407 section 4.6.2.1, RFC 8052 section 2.1; IANA isakmp-registry, gdoi-payloads",
    kIdTypeNames};
static_assert(is_registry(kIdTypes, kOctetBits));

// 11 and above have a meaning in IKEv2 only.
inline constexpr wire::Name kCertEncodingNames[] = {
    {0,  0,   "NONE"                             },
    {1,  1,   "PKCS #7 wrapped X.509 certificate"},
    {2,  2,   "PGP Certificate"                  },
    {3,  3,   "DNS Signed Key"                   },
    {4,  4,   "X.509 Certificate - Signature"    },
    {5,  5,   "X.509 Certificate - Key Exchange" },
    {6,  6,   "Kerberos Tokens"                  },
    {7,  7,   "Certificate Revocation List (CRL)"},
    {8,  8,   "Authority Revocation List (ARL)"  },
    {9,  9,   "SPKI Certificate"                 },
    {10, 10,  "X.509 Certificate - Attribute"    },
    {11, 255, "Reserved"                         },
};
inline constexpr wire::Names kCertEncodings{"Certificate encodings", "RFC 2408 section 3.9",
                                            kCertEncodingNames};
static_assert(is_registry(kCertEncodings, kOctetBits));

inline constexpr wire::Name kDoiNames[] = {
    {0, 0,          "ISAKMP"    },
    {1, 1,          "IPSEC"     },
    {2, 2,          "GDOI"      },
    {3, 0xffffffff, "Unassigned"},
};
inline constexpr wire::Names kDois{
    "ISAKMP Domain of Interpretation",
    "RFC 2408 section 3.4, RFC 2407 section 4.2, RFC 6407 section 5.2; IANA ipsec-registry",
    kDoiNames};
static_assert(is_registry(kDois, kLongBits));

inline constexpr wire::Name kIpsecProtocolNames[] = {
    {0,   0,   "Reserved"            },
    {1,   1,   "PROTO_ISAKMP"        },
    {2,   2,   "PROTO_IPSEC_AH"      },
    {3,   3,   "PROTO_IPSEC_ESP"     },
    {4,   4,   "PROTO_IPCOMP"        },
    {5,   5,   "PROTO_GIGABEAM_RADIO"},
    {6,   248, "Unassigned"          },
    {249, 255, "Private Use"         },
};
inline constexpr wire::Names kIpsecProtocols{"IPSEC Security Protocol Identifiers",
                                             "RFC 2407 section 4.4.1; IANA isakmp-registry",
                                             kIpsecProtocolNames};
static_assert(is_registry(kIpsecProtocols, kOctetBits));

inline constexpr wire::Name kIsakmpTransformNames[] = {
    {0,   0,   "Reserved"   },
    {1,   1,   "KEY_IKE"    },
    {2,   248, "Unassigned" },
    {249, 255, "Private Use"},
};
inline constexpr wire::Names kIsakmpTransforms{"IPSEC ISAKMP Transform Identifiers",
                                               "RFC 2407 section 4.4.2; IANA isakmp-registry",
                                               kIsakmpTransformNames};
static_assert(is_registry(kIsakmpTransforms, kOctetBits));

// GDOI has no notify types of its own. 8192 to 16383 are for private use in RFC 2408 section 3.14.1
// and DOI-specific at IANA. 24576 to 24578 and the private ranges within the DOI-specific ones are
// of the IPsec DOI. 36136 and 36137 (RFC 3706) and those of Cisco Unity are in the private range.
inline constexpr wire::Name kNotifyTypeNames[] = {
    {0,     0,     "Reserved"                         },
    {1,     1,     "INVALID-PAYLOAD-TYPE"             },
    {2,     2,     "DOI-NOT-SUPPORTED"                },
    {3,     3,     "SITUATION-NOT-SUPPORTED"          },
    {4,     4,     "INVALID-COOKIE"                   },
    {5,     5,     "INVALID-MAJOR-VERSION"            },
    {6,     6,     "INVALID-MINOR-VERSION"            },
    {7,     7,     "INVALID-EXCHANGE-TYPE"            },
    {8,     8,     "INVALID-FLAGS"                    },
    {9,     9,     "INVALID-MESSAGE-ID"               },
    {10,    10,    "INVALID-PROTOCOL-ID"              },
    {11,    11,    "INVALID-SPI"                      },
    {12,    12,    "INVALID-TRANSFORM-ID"             },
    {13,    13,    "ATTRIBUTES-NOT-SUPPORTED"         },
    {14,    14,    "NO-PROPOSAL-CHOSEN"               },
    {15,    15,    "BAD-PROPOSAL-SYNTAX"              },
    {16,    16,    "PAYLOAD-MALFORMED"                },
    {17,    17,    "INVALID-KEY-INFORMATION"          },
    {18,    18,    "INVALID-ID-INFORMATION"           },
    {19,    19,    "INVALID-CERT-ENCODING"            },
    {20,    20,    "INVALID-CERTIFICATE"              },
    {21,    21,    "CERT-TYPE-UNSUPPORTED"            },
    {22,    22,    "INVALID-CERT-AUTHORITY"           },
    {23,    23,    "INVALID-HASH-INFORMATION"         },
    {24,    24,    "AUTHENTICATION-FAILED"            },
    {25,    25,    "INVALID-SIGNATURE"                },
    {26,    26,    "ADDRESS-NOTIFICATION"             },
    {27,    27,    "NOTIFY-SA-LIFETIME"               },
    {28,    28,    "CERTIFICATE-UNAVAILABLE"          },
    {29,    29,    "UNSUPPORTED-EXCHANGE-TYPE"        },
    {30,    30,    "UNEQUAL-PAYLOAD-LENGTHS"          },
    {31,    8191,  "Reserved (error)"                 },
    {8192,  16000, "DOI-specific error"               },
    {16001, 16383, "DOI-specific error (Private Use)" },
    {16384, 16384, "CONNECTED"                        },
    {16385, 24575, "Reserved (status)"                },
    {24576, 24576, "RESPONDER-LIFETIME"               },
    {24577, 24577, "REPLAY-STATUS"                    },
    {24578, 24578, "INITIAL-CONTACT"                  },
    {24579, 32000, "DOI-specific status"              },
    {32001, 32767, "DOI-specific status (Private Use)"},
    {32768, 36135, "Private Use"                      },
    {36136, 36136, "R-U-THERE"                        },
    {36137, 36137, "R-U-THERE-ACK"                    },
    {36138, 40500, "Private Use"                      },
    {40501, 40501, "UNITY-LOAD-BALANCE"               },
    {40502, 40502, "UNITY-UNKNOWN"                    },
    {40503, 40503, "UNITY-GROUP-HASH"                 },
    {40504, 40959, "Private Use"                      },
    {40960, 65535, "Reserved"                         },
};
inline constexpr wire::Names kNotifyTypes{
    "Notify Message Types",
    "RFC 2408 section 3.14.1, RFC 2407 section 4.6.3; IANA ipsec-registry, isakmp-registry",
    kNotifyTypeNames};
static_assert(is_registry(kNotifyTypes, kBasicBits));

inline constexpr wire::Name kReplayStatusNames[] = {
    {0, 0, "Replay detection disabled"},
    {1, 1, "Replay detection enabled" },
};
inline constexpr wire::Names kReplayStatus{"Replay status", "RFC 2407 section 4.6.3.2",
                                           kReplayStatusNames};
static_assert(is_registry(kReplayStatus, kLongBits));

inline constexpr wire::Name kVersionNames[] = {
    {0x10, 0x10, "IKEv1 / GDOI"   },
    {0x20, 0x20, "IKEv2 / G-IKEv2"},
};
inline constexpr wire::Names kVersions{"ISAKMP version", "RFC 2408 section 3.1", kVersionNames};
static_assert(is_registry(kVersions, kOctetBits));

inline constexpr wire::Name kAttributeFormatNames[] = {
    {0, 0, "Type/Length/Value (TLV)"},
    {1, 1, "Type/Value (TV)"        },
};
inline constexpr wire::Names kAttributeFormats{"Attribute format", "RFC 2408 section 3.3",
                                               kAttributeFormatNames};
static_assert(is_registry(kAttributeFormats, kFlagBits));

inline constexpr wire::Name kSetFlagNames[] = {
    {0, 0, "Not set"},
    {1, 1, "Set"    },
};
inline constexpr wire::Names kSetFlags{"Flag", "RFC 2408 section 3.1", kSetFlagNames};
static_assert(is_registry(kSetFlags, kFlagBits));

// Those that a group policy names in practice. 0 is HOPOPT at IANA, but stands for any protocol in
// an identification and in SAT.
inline constexpr wire::Name kIpProtocolNames[] = {
    {0,   0,   "Any"      },
    {1,   1,   "ICMP"     },
    {2,   2,   "IGMP"     },
    {4,   4,   "IPv4"     },
    {6,   6,   "TCP"      },
    {17,  17,  "UDP"      },
    {41,  41,  "IPv6"     },
    {46,  46,  "RSVP"     },
    {47,  47,  "GRE"      },
    {50,  50,  "ESP"      },
    {51,  51,  "AH"       },
    {58,  58,  "IPv6-ICMP"},
    {88,  88,  "EIGRP"    },
    {89,  89,  "OSPFIGP"  },
    {103, 103, "PIM"      },
    {108, 108, "IPComp"   },
    {112, 112, "VRRP"     },
    {115, 115, "L2TP"     },
    {132, 132, "SCTP"     },
    {255, 255, "Reserved" },
};
inline constexpr wire::Names kIpProtocols{
    "IP protocols", "RFC 2407 section 4.6.2, RFC 6407 section 5.5.1; IANA protocol-numbers",
    kIpProtocolNames};
static_assert(is_registry(kIpProtocols, kOctetBits));

}  // namespace gdoi::tables
