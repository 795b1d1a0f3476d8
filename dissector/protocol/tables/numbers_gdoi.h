#pragma once

#include "protocol/tables/numbers_check.h"
#include "protocol/wire/field.h"

namespace gdoi::tables {

inline constexpr wire::Name kTekProtocolNames[] = {
    {0,   0,   "Reserved"            },
    {1,   1,   "GDOI_PROTO_IPSEC_ESP"},
    {2,   2,   "GDOI_PROTO_IPSEC_AH" },
    {3,   3,   "GDOI_PROTO_IEC_61850"},
    {4,   127, "Unassigned"          },
    {128, 255, "Private Use"         },
};
inline constexpr wire::Names kTekProtocols{
    "SA TEK Payload Values - Protocol-ID",
    "RFC 6407 section 5.5, RFC 8052 section 2.2; IANA gdoi-payloads", kTekProtocolNames};
static_assert(is_registry(kTekProtocols, kOctetBits));

// The protocols of SAT, and 0 for the Rekey SA itself.
inline constexpr wire::Name kDeleteProtocolNames[] = {
    {0,   0,   "KEK SA"              },
    {1,   1,   "GDOI_PROTO_IPSEC_ESP"},
    {2,   2,   "GDOI_PROTO_IPSEC_AH" },
    {3,   3,   "GDOI_PROTO_IEC_61850"},
    {4,   127, "Unassigned"          },
    {128, 255, "Private Use"         },
};
inline constexpr wire::Names kDeleteProtocols{
    "GDOI Delete Protocol-ID", "RFC 6407 section 5.9; IANA gdoi-payloads", kDeleteProtocolNames};
static_assert(is_registry(kDeleteProtocols, kOctetBits));

// 8 is KE_OAKLEY_GROUP in RFC 3547 section 5.3 and still at IANA; RFC 6407 section 5.3 has it as
// reserved.
inline constexpr wire::Name kKekAttributeNames[] = {
    {0,   0,     "Reserved"                },
    {1,   1,     "KEK_MANAGEMENT_ALGORITHM"},
    {2,   2,     "KEK_ALGORITHM"           },
    {3,   3,     "KEK_KEY_LENGTH"          },
    {4,   4,     "KEK_KEY_LIFETIME"        },
    {5,   5,     "SIG_HASH_ALGORITHM"      },
    {6,   6,     "SIG_ALGORITHM"           },
    {7,   7,     "SIG_KEY_LENGTH"          },
    {8,   8,     "KE_OAKLEY_GROUP"         },
    {9,   9,     "KEK_ACK_REQUESTED"       },
    {10,  127,   "Unassigned"              },
    {128, 255,   "Private Use"             },
    {256, 32767, "Unassigned"              },
};
inline constexpr wire::Names kKekAttributes{
    "SA KEK Payload Values - KEK Attributes",
    "RFC 6407 section 5.3, RFC 8263 section 2; IANA gdoi-payloads", kKekAttributeNames};
static_assert(is_registry(kKekAttributes, kTypeBits));

inline constexpr wire::Name kKekManagementNames[] = {
    {0,   0,     "Reserved"   },
    {1,   1,     "LKH"        },
    {2,   127,   "Unassigned" },
    {128, 255,   "Private Use"},
    {256, 65535, "Unassigned" },
};
inline constexpr wire::Names kKekManagement{"SA KEK Payload Values - KEK_MANAGEMENT_ALGORITHM",
                                            "RFC 6407 section 5.3.1; IANA gdoi-payloads",
                                            kKekManagementNames};
static_assert(is_registry(kKekManagement, kBasicBits));

// The last range ends at 32767 in RFC 6407 section 5.3.2, and at 65535 in its section 8.3.4 and at
// IANA.
inline constexpr wire::Name kKekAlgorithmNames[] = {
    {0,   0,     "Reserved"    },
    {1,   1,     "KEK_ALG_DES" },
    {2,   2,     "KEK_ALG_3DES"},
    {3,   3,     "KEK_ALG_AES" },
    {4,   127,   "Unassigned"  },
    {128, 255,   "Private Use" },
    {256, 65535, "Unassigned"  },
};
inline constexpr wire::Names kKekAlgorithms{"SA KEK Payload Values - KEK_ALGORITHM",
                                            "RFC 6407 section 5.3.2; IANA gdoi-payloads",
                                            kKekAlgorithmNames};
static_assert(is_registry(kKekAlgorithms, kBasicBits));

inline constexpr wire::Name kSigHashNames[] = {
    {0,   0,     "Reserved"       },
    {1,   1,     "SIG_HASH_MD5"   },
    {2,   2,     "SIG_HASH_SHA1"  },
    {3,   3,     "SIG_HASH_SHA256"},
    {4,   4,     "SIG_HASH_SHA384"},
    {5,   5,     "SIG_HASH_SHA512"},
    {6,   127,   "Unassigned"     },
    {128, 255,   "Private Use"    },
    {256, 65535, "Unassigned"     },
};
inline constexpr wire::Names kSigHashes{"SA KEK Payload Values - SIG_HASH_ALGORITHM",
                                        "RFC 6407 section 5.3.5; IANA gdoi-payloads",
                                        kSigHashNames};
static_assert(is_registry(kSigHashes, kBasicBits));

inline constexpr wire::Name kSigAlgorithmNames[] = {
    {0,   0,     "Reserved"         },
    {1,   1,     "SIG_ALG_RSA"      },
    {2,   2,     "SIG_ALG_DSS"      },
    {3,   3,     "SIG_ALG_ECDSS"    },
    {4,   4,     "SIG_ALG_ECDSA-256"},
    {5,   5,     "SIG_ALG_ECDSA-384"},
    {6,   6,     "SIG_ALG_ECDSA-521"},
    {7,   127,   "Unassigned"       },
    {128, 255,   "Private Use"      },
    {256, 65535, "Unassigned"       },
};
inline constexpr wire::Names kSigAlgorithms{"SA KEK Payload Values - SIG_ALGORITHM",
                                            "RFC 6407 section 5.3.6; IANA gdoi-payloads",
                                            kSigAlgorithmNames};
static_assert(is_registry(kSigAlgorithms, kBasicBits));

// Of RFC 3547; RFC 6407 section 5.3 has reserved octets where the POP algorithm was.
inline constexpr wire::Name kPopAlgorithmNames[] = {
    {0,   0,     "Reserved"     },
    {1,   1,     "POP_ALG_RSA"  },
    {2,   2,     "POP_ALG_DSS"  },
    {3,   3,     "POP_ALG_ECDSS"},
    {4,   127,   "Unassigned"   },
    {128, 255,   "Private Use"  },
    {256, 32767, "Unassigned"   },
};
inline constexpr wire::Names kPopAlgorithms{"SA KEK Payload Values - POP Algorithm",
                                            "RFC 3547 section 5.3; IANA gdoi-payloads",
                                            kPopAlgorithmNames};
static_assert(is_registry(kPopAlgorithms, kBasicBits));

inline constexpr wire::Name kKekAckNames[] = {
    {0,   0,   "Reserved"            },
    {1,   1,   "REKEY_ACK_KEK_SHA256"},
    {2,   2,   "REKEY_ACK_LKH_SHA256"},
    {3,   3,   "REKEY_ACK_KEK_SHA512"},
    {4,   4,   "REKEY_ACK_LKH_SHA512"},
    {5,   128, "Unassigned"          },
    {129, 255, "Private Use"         },
};
inline constexpr wire::Names kKekAck{"SA KEK Payload Values - KEK_ACK_REQUESTED",
                                     "RFC 8263 section 2; IANA gdoi-payloads", kKekAckNames};
static_assert(is_registry(kKekAck, kBasicBits));

inline constexpr wire::Name kGapAttributeNames[] = {
    {0,   0,     "Reserved"               },
    {1,   1,     "ACTIVATION_TIME_DELAY"  },
    {2,   2,     "DEACTIVATION_TIME_DELAY"},
    {3,   3,     "SENDER_ID_REQUEST"      },
    {4,   127,   "Unassigned"             },
    {128, 255,   "Private Use"            },
    {256, 32767, "Unassigned"             },
};
inline constexpr wire::Names kGapAttributes{"GAP Payload Policy Attributes",
                                            "RFC 6407 section 5.4; IANA gdoi-payloads",
                                            kGapAttributeNames};
static_assert(is_registry(kGapAttributes, kTypeBits));

// RFC 6407 section 5.6 assigns 4 and yet prints "4-127 unassigned"; IANA has 5 to 127.
inline constexpr wire::Name kKdTypeNames[] = {
    {0,   0,   "Reserved"   },
    {1,   1,   "TEK"        },
    {2,   2,   "KEK"        },
    {3,   3,   "LKH"        },
    {4,   4,   "SID"        },
    {5,   127, "Unassigned" },
    {128, 255, "Private Use"},
};
inline constexpr wire::Names kKdTypes{"Key Download Type Values",
                                      "RFC 6407 section 5.6; IANA gdoi-payloads", kKdTypeNames};
static_assert(is_registry(kKdTypes, kOctetBits));

inline constexpr wire::Name kTekKeyAttributeNames[] = {
    {0,   0,     "Reserved"           },
    {1,   1,     "TEK_ALGORITHM_KEY"  },
    {2,   2,     "TEK_INTEGRITY_KEY"  },
    {3,   3,     "TEK_SOURCE_AUTH_KEY"},
    {4,   127,   "Unassigned"         },
    {128, 255,   "Private Use"        },
    {256, 32767, "Unassigned"         },
};
inline constexpr wire::Names kTekKeyAttributes{
    "TEK Download Type", "RFC 6407 section 5.6.1; IANA gdoi-payloads", kTekKeyAttributeNames};
static_assert(is_registry(kTekKeyAttributes, kTypeBits));

inline constexpr wire::Name kKekKeyAttributeNames[] = {
    {0,   0,     "Reserved"         },
    {1,   1,     "KEK_ALGORITHM_KEY"},
    {2,   2,     "SIG_ALGORITHM_KEY"},
    {3,   127,   "Unassigned"       },
    {128, 255,   "Private Use"      },
    {256, 32767, "Unassigned"       },
};
inline constexpr wire::Names kKekKeyAttributes{
    "KEK Download Type", "RFC 6407 section 5.6.2; IANA gdoi-payloads", kKekKeyAttributeNames};
static_assert(is_registry(kKekKeyAttributes, kTypeBits));

inline constexpr wire::Name kLkhAttributeNames[] = {
    {0,   0,     "Reserved"          },
    {1,   1,     "LKH_DOWNLOAD_ARRAY"},
    {2,   2,     "LKH_UPDATE_ARRAY"  },
    {3,   3,     "SIG_ALGORITHM_KEY" },
    {4,   127,   "Unassigned"        },
    {128, 255,   "Private Use"       },
    {256, 32767, "Unassigned"        },
};
inline constexpr wire::Names kLkhAttributes{
    "LKH Download Type", "RFC 6407 section 5.6.3; IANA gdoi-payloads", kLkhAttributeNames};
static_assert(is_registry(kLkhAttributes, kTypeBits));

inline constexpr wire::Name kSidAttributeNames[] = {
    {0,   0,     "Reserved"          },
    {1,   1,     "NUMBER_OF_SID_BITS"},
    {2,   2,     "SID_VALUE"         },
    {3,   128,   "Unassigned"        },
    {129, 255,   "Private Use"       },
    {256, 32767, "Unassigned"        },
};
inline constexpr wire::Names kSidAttributes{
    "SID Download Type", "RFC 6407 section 5.6.4; IANA gdoi-payloads", kSidAttributeNames};
static_assert(is_registry(kSidAttributes, kTypeBits));

// 6 and 7 were registered in July 2026 without an RFC. RFC 8052 appendix A labels 0 as NONE and 1
// as HMAC-SHA256-128, against its own section 2.2.3 and IANA.
inline constexpr wire::Name kIecAuthenticationNames[] = {
    {0,     0,     "Reserved"       },
    {1,     1,     "NONE"           },
    {2,     2,     "HMAC-SHA256-128"},
    {3,     3,     "HMAC-SHA256"    },
    {4,     4,     "AES-GMAC-128"   },
    {5,     5,     "AES-GMAC-256"   },
    {6,     6,     "HMAC-SHA-384"   },
    {7,     7,     "HMAC-SHA-512"   },
    {8,     61439, "Unassigned"     },
    {61440, 65535, "Private Use"    },
};
inline constexpr wire::Names kIecAuthentication{"IEC 62351-9 Authentication Values",
                                                "RFC 8052 section 2.2; IANA gdoi-payloads",
                                                kIecAuthenticationNames};
static_assert(is_registry(kIecAuthentication, kBasicBits));

inline constexpr wire::Name kIecConfidentialityNames[] = {
    {0,     0,     "Reserved"   },
    {1,     1,     "NONE"       },
    {2,     2,     "AES-CBC-128"},
    {3,     3,     "AES-CBC-256"},
    {4,     4,     "AES-GCM-128"},
    {5,     5,     "AES-GCM-256"},
    {6,     61439, "Unassigned" },
    {61440, 65535, "Private Use"},
};
inline constexpr wire::Names kIecConfidentiality{"IEC 62351-9 Confidentiality Values",
                                                 "RFC 8052 section 2.2; IANA gdoi-payloads",
                                                 kIecConfidentialityNames};
static_assert(is_registry(kIecConfidentiality, kBasicBits));

inline constexpr wire::Name kSaDataAttributeNames[] = {
    {0,     0,     "Reserved"   },
    {1,     1,     "SA_ATD"     },
    {2,     2,     "SA_KDA"     },
    {3,     28671, "Unassigned" },
    {28672, 32767, "Private Use"},
};
inline constexpr wire::Names kSaDataAttributes{
    "GDOI SA TEK Attributes", "RFC 8052 section 2.2.4; IANA gdoi-payloads", kSaDataAttributeNames};
static_assert(is_registry(kSaDataAttributes, kTypeBits));

}  // namespace gdoi::tables
