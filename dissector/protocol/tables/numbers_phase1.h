#pragma once

#include "protocol/tables/numbers_check.h"
#include "protocol/wire/field.h"

namespace gdoi::tables {

inline constexpr wire::Name kPhase1ClassNames[] = {
    {1,     1,     "Encryption Algorithm"              },
    {2,     2,     "Hash Algorithm"                    },
    {3,     3,     "Authentication Method"             },
    {4,     4,     "Group Description"                 },
    {5,     5,     "Group Type"                        },
    {6,     6,     "Group Prime/Irreducible Polynomial"},
    {7,     7,     "Group Generator One"               },
    {8,     8,     "Group Generator Two"               },
    {9,     9,     "Group Curve A"                     },
    {10,    10,    "Group Curve B"                     },
    {11,    11,    "Life Type"                         },
    {12,    12,    "Life Duration"                     },
    {13,    13,    "PRF"                               },
    {14,    14,    "Key Length"                        },
    {15,    15,    "Field Size"                        },
    {16,    16,    "Group Order"                       },
    {17,    16383, "Unassigned"                        },
    {16384, 32767, "Private Use"                       },
};
inline constexpr wire::Names kPhase1Classes{
    "Attribute Classes", "RFC 2409 appendix A; IANA ipsec-registry", kPhase1ClassNames};
static_assert(is_registry(kPhase1Classes, kTypeBits));

inline constexpr wire::Name kPhase1EncryptionNames[] = {
    {0,     0,     "Reserved"       },
    {1,     1,     "DES-CBC"        },
    {2,     2,     "IDEA-CBC"       },
    {3,     3,     "Blowfish-CBC"   },
    {4,     4,     "RC5-R16-B64-CBC"},
    {5,     5,     "3DES-CBC"       },
    {6,     6,     "CAST-CBC"       },
    {7,     7,     "AES-CBC"        },
    {8,     8,     "CAMELLIA-CBC"   },
    {9,     65000, "Unassigned"     },
    {65001, 65535, "Private Use"    },
};
inline constexpr wire::Names kPhase1Encryption{"Encryption Algorithm Class Values",
                                               "RFC 2409 appendix A; IANA ipsec-registry",
                                               kPhase1EncryptionNames};
static_assert(is_registry(kPhase1Encryption, kBasicBits));

inline constexpr wire::Name kPhase1HashNames[] = {
    {0,     0,     "Reserved"   },
    {1,     1,     "MD5"        },
    {2,     2,     "SHA"        },
    {3,     3,     "Tiger"      },
    {4,     4,     "SHA2-256"   },
    {5,     5,     "SHA2-384"   },
    {6,     6,     "SHA2-512"   },
    {7,     65000, "Unassigned" },
    {65001, 65535, "Private Use"},
};
inline constexpr wire::Names kPhase1Hashes{
    "Hash Algorithm", "RFC 2409 appendix A; IANA ipsec-registry", kPhase1HashNames};
static_assert(is_registry(kPhase1Hashes, kBasicBits));

// 64221 to 64224 (hybrid) and 65001 to 65010 (XAUTH) never left their drafts, but are in use.
inline constexpr wire::Name kPhase1AuthMethodNames[] = {
    {0,     0,     "Reserved"                                       },
    {1,     1,     "pre-shared key"                                 },
    {2,     2,     "DSS signatures"                                 },
    {3,     3,     "RSA signatures"                                 },
    {4,     4,     "Encryption with RSA"                            },
    {5,     5,     "Revised encryption with RSA"                    },
    {6,     6,     "Reserved (was Encryption with El-Gamal)"        },
    {7,     7,     "Reserved (was Revised encryption with El-Gamal)"},
    {8,     8,     "Reserved (was ECDSA signatures)"                },
    {9,     9,     "ECDSA with SHA-256 on the P-256 curve"          },
    {10,    10,    "ECDSA with SHA-384 on the P-384 curve"          },
    {11,    11,    "ECDSA with SHA-512 on the P-521 curve"          },
    {12,    64220, "Unassigned"                                     },
    {64221, 64221, "HybridInitRSA"                                  },
    {64222, 64222, "HybridRespRSA"                                  },
    {64223, 64223, "HybridInitDSS"                                  },
    {64224, 64224, "HybridRespDSS"                                  },
    {64225, 65000, "Unassigned"                                     },
    {65001, 65001, "XAUTHInitPreShared"                             },
    {65002, 65002, "XAUTHRespPreShared"                             },
    {65003, 65003, "XAUTHInitDSS"                                   },
    {65004, 65004, "XAUTHRespDSS"                                   },
    {65005, 65005, "XAUTHInitRSA"                                   },
    {65006, 65006, "XAUTHRespRSA"                                   },
    {65007, 65007, "XAUTHInitRSAEncryption"                         },
    {65008, 65008, "XAUTHRespRSAEncryption"                         },
    {65009, 65009, "XAUTHInitRSARevisedEncryption"                  },
    {65010, 65010, "XAUTHRespRSARevisedEncryption"                  },
    {65011, 65535, "Private Use"                                    },
};
inline constexpr wire::Names kPhase1AuthMethods{
    "IPSEC Authentication Methods", "RFC 2409 appendix A, RFC 4754 section 4; IANA ipsec-registry",
    kPhase1AuthMethodNames};
static_assert(is_registry(kPhase1AuthMethods, kBasicBits));

// 6 to 13 are of a draft that expired, 27 to 30 are marked "Not for RFC 2409" by IANA.
inline constexpr wire::Name kGroupNames[] = {
    {0,     0,     "Reserved"                                             },
    {1,     1,     "default 768-bit MODP group"                           },
    {2,     2,     "alternate 1024-bit MODP group"                        },
    {3,     3,     "EC2N group on GP[2^155]"                              },
    {4,     4,     "EC2N group on GP[2^185]"                              },
    {5,     5,     "1536-bit MODP group"                                  },
    {6,     7,     "EC2N group over GF[2^163]"                            },
    {8,     9,     "EC2N group over GF[2^283]"                            },
    {10,    11,    "EC2N group over GF[2^409]"                            },
    {12,    13,    "EC2N group over GF[2^571]"                            },
    {14,    14,    "2048-bit MODP group"                                  },
    {15,    15,    "3072-bit MODP group"                                  },
    {16,    16,    "4096-bit MODP group"                                  },
    {17,    17,    "6144-bit MODP group"                                  },
    {18,    18,    "8192-bit MODP group"                                  },
    {19,    19,    "256-bit random ECP group"                             },
    {20,    20,    "384-bit random ECP group"                             },
    {21,    21,    "521-bit random ECP group"                             },
    {22,    22,    "1024-bit MODP Group with 160-bit Prime Order Subgroup"},
    {23,    23,    "2048-bit MODP Group with 224-bit Prime Order Subgroup"},
    {24,    24,    "2048-bit MODP Group with 256-bit Prime Order Subgroup"},
    {25,    25,    "192-bit Random ECP Group"                             },
    {26,    26,    "224-bit Random ECP Group"                             },
    {27,    27,    "224-bit Brainpool ECP group"                          },
    {28,    28,    "256-bit Brainpool ECP group"                          },
    {29,    29,    "384-bit Brainpool ECP group"                          },
    {30,    30,    "512-bit Brainpool ECP group"                          },
    {31,    32767, "Unassigned"                                           },
    {32768, 65535, "Private Use"                                          },
};
inline constexpr wire::Names kGroups{
    "Group Description",
    "RFC 2409 section 6 and appendix A, RFC 3526, RFC 5903; IANA ipsec-registry", kGroupNames};
static_assert(is_registry(kGroups, kBasicBits));

inline constexpr wire::Name kGroupTypeNames[] = {
    {0,     0,     "Reserved"   },
    {1,     1,     "MODP"       },
    {2,     2,     "ECP"        },
    {3,     3,     "EC2N"       },
    {4,     65000, "Unassigned" },
    {65001, 65535, "Private Use"},
};
inline constexpr wire::Names kGroupTypes{"Group Type", "RFC 2409 appendix A; IANA ipsec-registry",
                                         kGroupTypeNames};
static_assert(is_registry(kGroupTypes, kBasicBits));

inline constexpr wire::Name kLifeTypeNames[] = {
    {0,     0,     "Reserved"   },
    {1,     1,     "seconds"    },
    {2,     2,     "kilobytes"  },
    {3,     65000, "Unassigned" },
    {65001, 65535, "Private Use"},
};
inline constexpr wire::Names kLifeTypes{"Life Type", "RFC 2409 appendix A; IANA ipsec-registry",
                                        kLifeTypeNames};
static_assert(is_registry(kLifeTypes, kBasicBits));

inline constexpr wire::Name kIpsecAttributeNames[] = {
    {1,     1,     "SA Life Type"                     },
    {2,     2,     "SA Life Duration"                 },
    {3,     3,     "Group Description"                },
    {4,     4,     "Encapsulation Mode"               },
    {5,     5,     "Authentication Algorithm"         },
    {6,     6,     "Key Length"                       },
    {7,     7,     "Key Rounds"                       },
    {8,     8,     "Compress Dictionary Size"         },
    {9,     9,     "Compress Private Algorithm"       },
    {10,    10,    "ECN Tunnel"                       },
    {11,    11,    "Extended (64-bit) Sequence Number"},
    {12,    12,    "Authentication Key Length"        },
    {13,    13,    "Signature Encoding Algorithm"     },
    {14,    14,    "Address Preservation"             },
    {15,    15,    "SA Direction"                     },
    {16,    32000, "Unassigned"                       },
    {32001, 32767, "Private Use"                      },
};
inline constexpr wire::Names kIpsecAttributes{
    "IPSEC Security Association Attributes",
    "RFC 2407 section 4.5, RFC 6407 section 5.5.1.1; IANA isakmp-registry", kIpsecAttributeNames};
static_assert(is_registry(kIpsecAttributes, kTypeBits));

// As kLifeTypes, but the private range begins elsewhere.
inline constexpr wire::Name kIpsecLifeTypeNames[] = {
    {0,     0,     "Reserved"   },
    {1,     1,     "seconds"    },
    {2,     2,     "kilobytes"  },
    {3,     61439, "Unassigned" },
    {61440, 65535, "Private Use"},
};
inline constexpr wire::Names kIpsecLifeTypes{
    "SA Life Type Values", "RFC 2407 section 4.5; IANA isakmp-registry", kIpsecLifeTypeNames};
static_assert(is_registry(kIpsecLifeTypes, kBasicBits));

// 61443 and 61444 are of the private range: the NAT-T drafts.
inline constexpr wire::Name kEncapsulationModeNames[] = {
    {0,     0,     "Reserved"                          },
    {1,     1,     "Tunnel"                            },
    {2,     2,     "Transport"                         },
    {3,     3,     "UDP-Encapsulated-Tunnel"           },
    {4,     4,     "UDP-Encapsulated-Transport"        },
    {5,     61439, "Unassigned"                        },
    {61440, 61442, "Private Use"                       },
    {61443, 61443, "UDP-Encapsulated-Tunnel (draft)"   },
    {61444, 61444, "UDP-Encapsulated-Transport (draft)"},
    {61445, 65535, "Private Use"                       },
};
inline constexpr wire::Names kEncapsulationModes{
    "Encapsulation Mode", "RFC 2407 section 4.5, RFC 3947 section 5.1; IANA isakmp-registry",
    kEncapsulationModeNames};
static_assert(is_registry(kEncapsulationModes, kBasicBits));

inline constexpr wire::Name kIpsecAuthAlgorithmNames[] = {
    {0,     0,     "Reserved"     },
    {1,     1,     "HMAC-MD5"     },
    {2,     2,     "HMAC-SHA"     },
    {3,     3,     "DES-MAC"      },
    {4,     4,     "KPDK"         },
    {5,     5,     "HMAC-SHA2-256"},
    {6,     6,     "HMAC-SHA2-384"},
    {7,     7,     "HMAC-SHA2-512"},
    {8,     8,     "HMAC-RIPEMD"  },
    {9,     9,     "AES-XCBC-MAC" },
    {10,    10,    "SIG-RSA"      },
    {11,    11,    "AES-128-GMAC" },
    {12,    12,    "AES-192-GMAC" },
    {13,    13,    "AES-256-GMAC" },
    {14,    61439, "Unassigned"   },
    {61440, 65535, "Private Use"  },
};
inline constexpr wire::Names kIpsecAuthAlgorithms{"Authentication Algorithm",
                                                  "RFC 2407 section 4.5; IANA isakmp-registry",
                                                  kIpsecAuthAlgorithmNames};
static_assert(is_registry(kIpsecAuthAlgorithms, kBasicBits));

inline constexpr wire::Name kEcnTunnelNames[] = {
    {0,     0,     "Reserved"   },
    {1,     1,     "Allowed"    },
    {2,     2,     "Forbidden"  },
    {3,     61439, "Unassigned" },
    {61440, 65535, "Private Use"},
};
inline constexpr wire::Names kEcnTunnel{"ECN Tunnel", "RFC 3168; IANA isakmp-registry",
                                        kEcnTunnelNames};
static_assert(is_registry(kEcnTunnel, kBasicBits));

inline constexpr wire::Name kExtendedSequenceNames[] = {
    {0, 0, "Reserved"              },
    {1, 1, "64-bit Sequence Number"},
};
inline constexpr wire::Names kExtendedSequence{
    "Extended (64-bit) Sequence Number", "RFC 4304; IANA isakmp-registry", kExtendedSequenceNames};
static_assert(is_registry(kExtendedSequence, kBasicBits));

inline constexpr wire::Name kSignatureEncodingNames[] = {
    {0,     0,     "Reserved"         },
    {1,     1,     "RSASSA-PKCS1-v1_5"},
    {2,     2,     "RSASSA-PSS"       },
    {3,     61439, "Unassigned"       },
    {61440, 65535, "Private Use"      },
};
inline constexpr wire::Names kSignatureEncodings{"Signature Encoding Algorithm Values",
                                                 "RFC 4359; IANA isakmp-registry",
                                                 kSignatureEncodingNames};
static_assert(is_registry(kSignatureEncodings, kBasicBits));

inline constexpr wire::Name kAddressPreservationNames[] = {
    {0,     0,     "Reserved"              },
    {1,     1,     "None"                  },
    {2,     2,     "Source-Only"           },
    {3,     3,     "Destination-Only"      },
    {4,     4,     "Source-and-Destination"},
    {5,     61439, "Unassigned"            },
    {61440, 65535, "Private Use"           },
};
inline constexpr wire::Names kAddressPreservation{
    "Address Preservation", "RFC 6407 section 5.5.1.1.1; IANA isakmp-registry",
    kAddressPreservationNames};
static_assert(is_registry(kAddressPreservation, kBasicBits));

inline constexpr wire::Name kSaDirectionNames[] = {
    {0,     0,     "Reserved"     },
    {1,     1,     "Sender-Only"  },
    {2,     2,     "Receiver-Only"},
    {3,     3,     "Symmetric"    },
    {4,     61439, "Unassigned"   },
    {61440, 65535, "Private Use"  },
};
inline constexpr wire::Names kSaDirection{
    "SA Direction", "RFC 6407 section 5.5.1.1.2; IANA isakmp-registry", kSaDirectionNames};
static_assert(is_registry(kSaDirection, kBasicBits));

inline constexpr wire::Name kEspTransformNames[] = {
    {0,   0,   "Reserved"              },
    {1,   1,   "ESP_DES_IV64"          },
    {2,   2,   "ESP_DES"               },
    {3,   3,   "ESP_3DES"              },
    {4,   4,   "ESP_RC5"               },
    {5,   5,   "ESP_IDEA"              },
    {6,   6,   "ESP_CAST"              },
    {7,   7,   "ESP_BLOWFISH"          },
    {8,   8,   "ESP_3IDEA"             },
    {9,   9,   "ESP_DES_IV32"          },
    {10,  10,  "ESP_RC4"               },
    {11,  11,  "ESP_NULL"              },
    {12,  12,  "ESP_AES-CBC"           },
    {13,  13,  "ESP_AES-CTR"           },
    {14,  14,  "ESP_AES-CCM_8"         },
    {15,  15,  "ESP_AES-CCM_12"        },
    {16,  16,  "ESP_AES-CCM_16"        },
    {17,  17,  "Unassigned"            },
    {18,  18,  "ESP_AES-GCM_8"         },
    {19,  19,  "ESP_AES-GCM_12"        },
    {20,  20,  "ESP_AES-GCM_16"        },
    {21,  21,  "ESP_SEED_CBC"          },
    {22,  22,  "ESP_CAMELLIA"          },
    {23,  23,  "ESP_NULL_AUTH_AES-GMAC"},
    {24,  248, "Unassigned"            },
    {249, 255, "Private Use"           },
};
inline constexpr wire::Names kEspTransforms{"IPSEC ESP Transform Identifiers",
                                            "RFC 2407 section 4.4.4; IANA isakmp-registry",
                                            kEspTransformNames};
static_assert(is_registry(kEspTransforms, kOctetBits));

inline constexpr wire::Name kAhTransformNames[] = {
    {0,   1,   "Reserved"       },
    {2,   2,   "AH_MD5"         },
    {3,   3,   "AH_SHA"         },
    {4,   4,   "AH_DES"         },
    {5,   5,   "AH_SHA2-256"    },
    {6,   6,   "AH_SHA2-384"    },
    {7,   7,   "AH_SHA2-512"    },
    {8,   8,   "AH_RIPEMD"      },
    {9,   9,   "AH_AES-XCBC-MAC"},
    {10,  10,  "AH_RSA"         },
    {11,  11,  "AH_AES-128-GMAC"},
    {12,  12,  "AH_AES-192-GMAC"},
    {13,  13,  "AH_AES-256-GMAC"},
    {14,  248, "Unassigned"     },
    {249, 255, "Private Use"    },
};
inline constexpr wire::Names kAhTransforms{"IPSEC AH Transform Identifiers",
                                           "RFC 2407 section 4.4.3; IANA isakmp-registry",
                                           kAhTransformNames};
static_assert(is_registry(kAhTransforms, kOctetBits));

}  // namespace gdoi::tables
