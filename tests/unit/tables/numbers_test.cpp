// Long because it spells out every registry once more, from IANA and the RFCs: the tables
// are held to it.

#include "protocol/tables/numbers_check.h"
#include "protocol/tables/numbers_gdoi.h"
#include "protocol/tables/numbers_isakmp.h"
#include "protocol/tables/numbers_phase1.h"
#include "protocol/wire/field.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

namespace gdoi::tables {
namespace {

using testing::IsEmpty;
using wire::name_of;

constexpr std::uint32_t kOctetEnd = 0xff;
constexpr std::uint32_t kTypeEnd  = 0x7fff;
constexpr std::uint32_t kBasicEnd = 0xffff;

// What IANA or the RFC says of a whole registry: the lowest and the highest value that it speaks
// of, and whether it speaks of all between.
struct Extent {
  const wire::Names* registry;
  std::uint32_t first;
  std::uint32_t last;
  bool gapless = true;
};

constexpr Extent kRegistries[] = {
    {&kExchangeTypes, 0, kOctetEnd},
    {&kPayloadTypes, 0, kOctetEnd},
    {&kIdTypes, 0, kOctetEnd},
    {&kCertEncodings, 0, kOctetEnd},
    {&kDois, 0, 0xffffffff},
    {&kIpsecProtocols, 0, kOctetEnd},
    {&kIsakmpTransforms, 0, kOctetEnd},
    {&kNotifyTypes, 0, kBasicEnd},
    {&kReplayStatus, 0, 1},
    {&kVersions, 0x10, 0x20, false},
    {&kAttributeFormats, 0, 1},
    {&kSetFlags, 0, 1},
    {&kIpProtocols, 0, kOctetEnd, false},
    {&kPhase1Classes, 1, kTypeEnd},
    {&kPhase1Encryption, 0, kBasicEnd},
    {&kPhase1Hashes, 0, kBasicEnd},
    {&kPhase1AuthMethods, 0, kBasicEnd},
    {&kGroups, 0, kBasicEnd},
    {&kGroupTypes, 0, kBasicEnd},
    {&kLifeTypes, 0, kBasicEnd},
    {&kIpsecAttributes, 1, kTypeEnd},
    {&kIpsecLifeTypes, 0, kBasicEnd},
    {&kEncapsulationModes, 0, kBasicEnd},
    {&kIpsecAuthAlgorithms, 0, kBasicEnd},
    {&kEcnTunnel, 0, kBasicEnd},
    {&kExtendedSequence, 0, 1},
    {&kSignatureEncodings, 0, kBasicEnd},
    {&kAddressPreservation, 0, kBasicEnd},
    {&kSaDirection, 0, kBasicEnd},
    {&kEspTransforms, 0, kOctetEnd},
    {&kAhTransforms, 0, kOctetEnd},
    {&kTekProtocols, 0, kOctetEnd},
    {&kDeleteProtocols, 0, kOctetEnd},
    {&kKekAttributes, 0, kTypeEnd},
    {&kKekManagement, 0, kBasicEnd},
    {&kKekAlgorithms, 0, kBasicEnd},
    {&kSigHashes, 0, kBasicEnd},
    {&kSigAlgorithms, 0, kBasicEnd},
    {&kPopAlgorithms, 0, kTypeEnd},
    {&kKekAck, 0, kOctetEnd},
    {&kGapAttributes, 0, kTypeEnd},
    {&kKdTypes, 0, kOctetEnd},
    {&kTekKeyAttributes, 0, kTypeEnd},
    {&kKekKeyAttributes, 0, kTypeEnd},
    {&kLkhAttributes, 0, kTypeEnd},
    {&kSidAttributes, 0, kTypeEnd},
    {&kIecAuthentication, 0, kBasicEnd},
    {&kIecConfidentiality, 0, kBasicEnd},
    {&kSaDataAttributes, 0, kTypeEnd},
};

TEST(Registries, AreSortedAndHaveNoOverlap) {
  for (const auto& extent : kRegistries) {
    SCOPED_TRACE(extent.registry->registry);
    const auto& names = extent.registry->names;
    ASSERT_FALSE(names.empty());
    for (const auto& name : names) {
      EXPECT_LE(name.first, name.last) << name.text;
    }
    for (std::size_t i = 1; i < names.size(); ++i) {
      EXPECT_LT(names[i - 1].last, names[i].first) << names[i - 1].text << ", " << names[i].text;
    }
  }
}

TEST(Registries, NameAllValuesThatTheySpeakOfAndNoOthers) {
  for (const auto& extent : kRegistries) {
    SCOPED_TRACE(extent.registry->registry);
    const auto& names = extent.registry->names;
    EXPECT_EQ(names.front().first, extent.first);
    EXPECT_EQ(names.back().last, extent.last);
    for (std::size_t i = 1; extent.gapless && i < names.size(); ++i) {
      EXPECT_EQ(names[i - 1].last + 1, names[i].first) << names[i - 1].text;
    }
    EXPECT_THAT(name_of(extent.registry, std::uint64_t{extent.last} + 1), IsEmpty());
    if (extent.first > 0) {
      EXPECT_THAT(name_of(extent.registry, extent.first - 1), IsEmpty());
    }
  }
}

TEST(Registries, SayWhatTheyAreAndWhereTheyStand) {
  std::set<std::string_view> seen;
  for (const auto& extent : kRegistries) {
    EXPECT_TRUE(seen.insert(extent.registry->registry).second) << extent.registry->registry;
    EXPECT_THAT(std::string(extent.registry->source), testing::StartsWith("RFC "));
  }
}

TEST(Registries, HaveTextsThatFitIntoOneLine) {
  for (const auto& extent : kRegistries) {
    SCOPED_TRACE(extent.registry->registry);
    for (const auto& name : extent.registry->names) {
      ASSERT_FALSE(name.text.empty());
      EXPECT_TRUE(std::ranges::all_of(name.text, [](char c) { return c >= ' ' && c <= '~'; }));
      EXPECT_NE(name.text.front(), ' ') << name.text;
      EXPECT_NE(name.text.back(), ' ') << name.text;
    }
  }
}

// The name of an assigned value must tell it from all others.
TEST(Registries, GiveEveryAssignedValueANameOfItsOwn) {
  for (const auto& extent : kRegistries) {
    SCOPED_TRACE(extent.registry->registry);
    std::set<std::string_view> seen;
    for (const auto& name : extent.registry->names) {
      const auto range =
          name.text == "Reserved" || name.text == "Unassigned" || name.text == "Private Use";
      EXPECT_TRUE(range || seen.insert(name.text).second) << name.text;
    }
  }
}

struct Expected {
  const wire::Names* registry;
  std::uint32_t value;
  std::string_view text;
};

void expect_names(std::initializer_list<Expected> expected) {
  for (const auto& entry : expected) {
    EXPECT_EQ(name_of(entry.registry, entry.value), entry.text)
        << entry.registry->registry << ' ' << entry.value;
  }
}

TEST(Numbers, NameTheMessagesOfGdoi) {
  expect_names({
      {&kExchangeTypes, 2,    "Identity Protection (Main Mode)"}, // RFC 2408 section 4.5
      {&kExchangeTypes, 4,    "Aggressive"                     }, // RFC 2408 section 4.7
      {&kExchangeTypes, 5,    "Informational"                  }, // RFC 2408 section 4.8
      {&kExchangeTypes, 32,   "GROUPKEY-PULL"                  }, // RFC 6407 section 3
      {&kExchangeTypes, 33,   "GROUPKEY-PUSH"                  }, // RFC 6407 section 4.2
      {&kExchangeTypes, 35,   "GROUPKEY-PUSH-ACK"              }, // RFC 8263 section 3.1
      {&kPayloadTypes,  8,    "Hash"                           }, // RFC 2408 section 3.11
      {&kPayloadTypes,  9,    "Signature"                      }, // RFC 2408 section 3.12
      {&kPayloadTypes,  10,   "Nonce"                          }, // RFC 2408 section 3.13
      {&kPayloadTypes,  13,   "Vendor ID"                      }, // RFC 2408 section 3.16
      {&kPayloadTypes,  15,   "SA KEK Payload"                 }, // RFC 6407 section 5.3
      {&kPayloadTypes,  16,   "SA TEK Payload"                 }, // RFC 6407 section 5.5
      {&kPayloadTypes,  17,   "Key Download"                   }, // RFC 6407 section 5.6
      {&kPayloadTypes,  18,   "Sequence Number"                }, // RFC 6407 section 5.7
      {&kPayloadTypes,  19,   "Proof of Possession"            }, // RFC 3547 section 5.7
      {&kPayloadTypes,  22,   "Group Associated Policy"        }, // RFC 6407 section 5.4
      {&kDois,          2,    "GDOI"                           }, // RFC 6407 section 5.2
      {&kVersions,      0x10, "IKEv1 / GDOI"                   }, // RFC 2408 section 3.1
      {&kVersions,      0x20, "IKEv2 / G-IKEv2"                }, // RFC 9838
  });
}

TEST(Numbers, NameIdentities) {
  expect_names({
      {&kIdTypes,     1,  "ID_IPV4_ADDR"       }, // RFC 2407 section 4.6.2.2
      {&kIdTypes,     4,  "ID_IPV4_ADDR_SUBNET"}, // RFC 2407 section 4.6.2.5
      {&kIdTypes,     5,  "ID_IPV6_ADDR"       }, // RFC 2407 section 4.6.2.6
      {&kIdTypes,     9,  "ID_DER_ASN1_DN"     }, // RFC 2407 section 4.6.2.10
      {&kIdTypes,     11, "ID_KEY_ID"          }, // RFC 2407 section 4.6.2.12
      {&kIdTypes,     13, "ID_OID"             }, // RFC 8052 section 2.1
      {&kIpProtocols, 0,  "Any"                }, // RFC 6407 section 5.5.1: ignore
      {&kIpProtocols, 6,  "TCP"                },
      {&kIpProtocols, 17, "UDP"                },
  });
}

TEST(Numbers, NameRefusals) {
  expect_names({
      {&kNotifyTypes, 1,     "INVALID-PAYLOAD-TYPE"    }, // RFC 2408 section 3.14.1
      {&kNotifyTypes, 14,    "NO-PROPOSAL-CHOSEN"      },
      {&kNotifyTypes, 18,    "INVALID-ID-INFORMATION"  },
      {&kNotifyTypes, 19,    "INVALID-CERT-ENCODING"   },
      {&kNotifyTypes, 23,    "INVALID-HASH-INFORMATION"},
      {&kNotifyTypes, 24,    "AUTHENTICATION-FAILED"   },
      {&kNotifyTypes, 25,    "INVALID-SIGNATURE"       },
      {&kNotifyTypes, 30,    "UNEQUAL-PAYLOAD-LENGTHS" },
      {&kNotifyTypes, 16384, "CONNECTED"               },
      {&kNotifyTypes, 24576, "RESPONDER-LIFETIME"      }, // RFC 2407 section 4.6.3.1
      {&kNotifyTypes, 24577, "REPLAY-STATUS"           }, // RFC 2407 section 4.6.3.2
      {&kNotifyTypes, 24578, "INITIAL-CONTACT"         }, // RFC 2407 section 4.6.3.3
      {&kNotifyTypes, 36136, "R-U-THERE"               }, // RFC 3706
      {&kNotifyTypes, 36137, "R-U-THERE-ACK"           },
  });
}

TEST(Numbers, NamePolicyOfTheRekeySa) {
  expect_names({
      {&kKekAttributes, 1, "KEK_MANAGEMENT_ALGORITHM"}, // RFC 6407 section 5.3
      {&kKekAttributes, 2, "KEK_ALGORITHM"           },
      {&kKekAttributes, 4, "KEK_KEY_LIFETIME"        },
      {&kKekAttributes, 6, "SIG_ALGORITHM"           },
      {&kKekAttributes, 9, "KEK_ACK_REQUESTED"       }, // RFC 8263 section 2
      {&kKekManagement, 1, "LKH"                     }, // RFC 6407 section 5.3.1
      {&kKekAlgorithms, 1, "KEK_ALG_DES"             }, // RFC 6407 section 5.3.2
      {&kKekAlgorithms, 2, "KEK_ALG_3DES"            },
      {&kKekAlgorithms, 3, "KEK_ALG_AES"             },
      {&kSigHashes,     2, "SIG_HASH_SHA1"           }, // RFC 6407 section 5.3.5
      {&kSigHashes,     3, "SIG_HASH_SHA256"         },
      {&kSigHashes,     5, "SIG_HASH_SHA512"         },
      {&kSigAlgorithms, 1, "SIG_ALG_RSA"             }, // RFC 6407 section 5.3.6
      {&kSigAlgorithms, 3, "SIG_ALG_ECDSS"           },
      {&kSigAlgorithms, 4, "SIG_ALG_ECDSA-256"       },
      {&kSigAlgorithms, 6, "SIG_ALG_ECDSA-521"       },
      {&kPopAlgorithms, 2, "POP_ALG_DSS"             }, // RFC 3547 section 5.3
      {&kKekAck,        1, "REKEY_ACK_KEK_SHA256"    }, // RFC 8263 section 2
      {&kKekAck,        2, "REKEY_ACK_LKH_SHA256"    },
      {&kKekAck,        3, "REKEY_ACK_KEK_SHA512"    },
      {&kKekAck,        4, "REKEY_ACK_LKH_SHA512"    },
      {&kGapAttributes, 1, "ACTIVATION_TIME_DELAY"   }, // RFC 6407 section 5.4
      {&kGapAttributes, 2, "DEACTIVATION_TIME_DELAY" },
      {&kGapAttributes, 3, "SENDER_ID_REQUEST"       },
  });
}

TEST(Numbers, NamePolicyOfTheDataSas) {
  expect_names({
      {&kTekProtocols,        1,  "GDOI_PROTO_IPSEC_ESP"  }, // RFC 6407 section 5.5
      {&kTekProtocols,        2,  "GDOI_PROTO_IPSEC_AH"   },
      {&kTekProtocols,        3,  "GDOI_PROTO_IEC_61850"  }, // RFC 8052 section 2.2
      {&kDeleteProtocols,     0,  "KEK SA"                }, // RFC 6407 section 5.9
      {&kDeleteProtocols,     1,  "GDOI_PROTO_IPSEC_ESP"  },
      {&kIpsecProtocols,      1,  "PROTO_ISAKMP"          }, // RFC 2407 section 4.4.1: not those of SAT
      {&kIpsecProtocols,      3,  "PROTO_IPSEC_ESP"       },
      {&kEspTransforms,       3,  "ESP_3DES"              }, // RFC 2407 section 4.4.4
      {&kEspTransforms,       12, "ESP_AES-CBC"           },
      {&kEspTransforms,       13, "ESP_AES-CTR"           },
      {&kEspTransforms,       17, "Unassigned"            },
      {&kEspTransforms,       20, "ESP_AES-GCM_16"        },
      {&kEspTransforms,       23, "ESP_NULL_AUTH_AES-GMAC"},
      {&kAhTransforms,        1,  "Reserved"              },
      {&kAhTransforms,        5,  "AH_SHA2-256"           },
      {&kAhTransforms,        13, "AH_AES-256-GMAC"       },
      {&kIpsecAttributes,     14, "Address Preservation"  }, // RFC 6407 section 5.5.1.1.1
      {&kAddressPreservation, 4,  "Source-and-Destination"}, // the same
      {&kIpsecAttributes,     15, "SA Direction"          }, // RFC 6407 section 5.5.1.1.2
      {&kSaDirection,         3,  "Symmetric"             }, // the same
      {&kSignatureEncodings,  2,  "RSASSA-PSS"            }, // RFC 4359
      {&kIecAuthentication,   1,  "NONE"                  }, // RFC 8052 section 2.2
      {&kIecAuthentication,   2,  "HMAC-SHA256-128"       },
      {&kIecAuthentication,   4,  "AES-GMAC-128"          },
      {&kIecAuthentication,   7,  "HMAC-SHA-512"          },
      {&kIecConfidentiality,  2,  "AES-CBC-128"           },
      {&kIecConfidentiality,  5,  "AES-GCM-256"           },
      {&kSaDataAttributes,    1,  "SA_ATD"                }, // RFC 8052 section 2.2.4
      {&kSaDataAttributes,    2,  "SA_KDA"                },
  });
}

TEST(Numbers, NameKeyPackets) {
  expect_names({
      {&kKdTypes,          1, "TEK"                }, // RFC 6407 section 5.6
      {&kKdTypes,          2, "KEK"                },
      {&kKdTypes,          3, "LKH"                },
      {&kKdTypes,          4, "SID"                },
      {&kTekKeyAttributes, 1, "TEK_ALGORITHM_KEY"  }, // RFC 6407 section 5.6.1
      {&kTekKeyAttributes, 2, "TEK_INTEGRITY_KEY"  },
      {&kTekKeyAttributes, 3, "TEK_SOURCE_AUTH_KEY"},
      {&kKekKeyAttributes, 1, "KEK_ALGORITHM_KEY"  }, // RFC 6407 section 5.6.2
      {&kKekKeyAttributes, 2, "SIG_ALGORITHM_KEY"  },
      {&kLkhAttributes,    1, "LKH_DOWNLOAD_ARRAY" }, // RFC 6407 section 5.6.3
      {&kLkhAttributes,    2, "LKH_UPDATE_ARRAY"   },
      {&kLkhAttributes,    3, "SIG_ALGORITHM_KEY"  },
      {&kSidAttributes,    1, "NUMBER_OF_SID_BITS" }, // RFC 6407 section 5.6.4
      {&kSidAttributes,    2, "SID_VALUE"          },
  });
}

// First and last values of ranges as IANA prints them, and the values next to them.
TEST(Numbers, TellPrivateFromUnassignedValues) {
  expect_names({
      {&kExchangeTypes,       239,   "Unassigned"      },
      {&kExchangeTypes,       240,   "Private Use"     },
      {&kPayloadTypes,        127,   "Unassigned"      },
      {&kPayloadTypes,        128,   "Private Use"     },
      {&kIdTypes,             248,   "Unassigned"      },
      {&kIdTypes,             249,   "Private Use"     },
      {&kNotifyTypes,         31,    "Reserved (error)"},
      {&kNotifyTypes,         8191,  "Reserved (error)"},
      {&kNotifyTypes,         32768, "Private Use"     },
      {&kNotifyTypes,         40960, "Reserved"        },
      {&kPhase1Classes,       16383, "Unassigned"      },
      {&kPhase1Classes,       16384, "Private Use"     },
      {&kPhase1Encryption,    65000, "Unassigned"      },
      {&kPhase1Encryption,    65001, "Private Use"     },
      {&kGroups,              32767, "Unassigned"      },
      {&kGroups,              32768, "Private Use"     },
      {&kLifeTypes,           61440, "Unassigned"      },
      {&kIpsecLifeTypes,      61440, "Private Use"     },
      {&kIpsecAttributes,     32000, "Unassigned"      },
      {&kIpsecAttributes,     32001, "Private Use"     },
      {&kIpsecAuthAlgorithms, 61439, "Unassigned"      },
      {&kIpsecAuthAlgorithms, 61440, "Private Use"     },
      {&kKekAttributes,       10,    "Unassigned"      },
      {&kKekAttributes,       128,   "Private Use"     },
      {&kKekAttributes,       255,   "Private Use"     },
      {&kKekAttributes,       256,   "Unassigned"      },
      {&kKekAck,              128,   "Unassigned"      },
      {&kKekAck,              129,   "Private Use"     },
      {&kSidAttributes,       128,   "Unassigned"      },
      {&kSidAttributes,       129,   "Private Use"     },
      {&kKdTypes,             5,     "Unassigned"      },
      {&kKdTypes,             128,   "Private Use"     },
      {&kIecAuthentication,   8,     "Unassigned"      },
      {&kIecAuthentication,   61440, "Private Use"     },
      {&kSaDataAttributes,    28671, "Unassigned"      },
      {&kSaDataAttributes,    28672, "Private Use"     },
  });
}

// Values as "tshark -G values" of Wireshark 4.0.17 prints them for isakmp.*: users know these.
TEST(Numbers, AreThoseThatWiresharkShows) {
  expect_names({
      {&kExchangeTypes,       0,     "NONE"                                                 },
      {&kExchangeTypes,       1,     "Base"                                                 },
      {&kExchangeTypes,       3,     "Authentication Only"                                  },
      {&kExchangeTypes,       6,     "Transaction (Config Mode)"                            },
      {&kPayloadTypes,        1,     "Security Association"                                 },
      {&kPayloadTypes,        2,     "Proposal"                                             },
      {&kPayloadTypes,        3,     "Transform"                                            },
      {&kPayloadTypes,        4,     "Key Exchange"                                         },
      {&kPayloadTypes,        5,     "Identification"                                       },
      {&kPayloadTypes,        6,     "Certificate"                                          },
      {&kPayloadTypes,        7,     "Certificate Request"                                  },
      {&kPayloadTypes,        11,    "Notification"                                         },
      {&kPayloadTypes,        12,    "Delete"                                               },
      {&kCertEncodings,       1,     "PKCS #7 wrapped X.509 certificate"                    },
      {&kCertEncodings,       4,     "X.509 Certificate - Signature"                        },
      {&kCertEncodings,       7,     "Certificate Revocation List (CRL)"                    },
      {&kCertEncodings,       10,    "X.509 Certificate - Attribute"                        },
      {&kDois,                0,     "ISAKMP"                                               },
      {&kDois,                1,     "IPSEC"                                                },
      {&kPhase1Classes,       13,    "PRF"                                                  },
      {&kPhase1Encryption,    1,     "DES-CBC"                                              },
      {&kPhase1Encryption,    5,     "3DES-CBC"                                             },
      {&kPhase1Encryption,    7,     "AES-CBC"                                              },
      {&kPhase1Hashes,        1,     "MD5"                                                  },
      {&kPhase1Hashes,        2,     "SHA"                                                  },
      {&kPhase1Hashes,        4,     "SHA2-256"                                             },
      {&kPhase1Hashes,        6,     "SHA2-512"                                             },
      {&kPhase1AuthMethods,   3,     "RSA signatures"                                       },
      {&kPhase1AuthMethods,   9,     "ECDSA with SHA-256 on the P-256 curve"                },
      {&kPhase1AuthMethods,   11,    "ECDSA with SHA-512 on the P-521 curve"                },
      {&kPhase1AuthMethods,   64221, "HybridInitRSA"                                        },
      {&kPhase1AuthMethods,   65001, "XAUTHInitPreShared"                                   },
      {&kPhase1AuthMethods,   65010, "XAUTHRespRSARevisedEncryption"                        },
      {&kGroups,              19,    "256-bit random ECP group"                             },
      {&kGroups,              21,    "521-bit random ECP group"                             },
      {&kGroups,              24,    "2048-bit MODP Group with 256-bit Prime Order Subgroup"},
      {&kGroups,              30,    "512-bit Brainpool ECP group"                          },
      {&kEncapsulationModes,  1,     "Tunnel"                                               },
      {&kEncapsulationModes,  4,     "UDP-Encapsulated-Transport"                           },
      {&kEncapsulationModes,  61443, "UDP-Encapsulated-Tunnel (draft)"                      },
      {&kIpsecAuthAlgorithms, 1,     "HMAC-MD5"                                             },
      {&kIpsecAuthAlgorithms, 5,     "HMAC-SHA2-256"                                        },
      {&kIpsecAuthAlgorithms, 9,     "AES-XCBC-MAC"                                         },
      {&kIpsecAuthAlgorithms, 13,    "AES-256-GMAC"                                         },
      {&kEcnTunnel,           2,     "Forbidden"                                            },
      {&kExtendedSequence,    1,     "64-bit Sequence Number"                               },
      {&kAddressPreservation, 2,     "Source-Only"                                          },
      {&kSaDirection,         1,     "Sender-Only"                                          },
      {&kNotifyTypes,         40501, "UNITY-LOAD-BALANCE"                                   },
      {&kNotifyTypes,         40503, "UNITY-GROUP-HASH"                                     },
  });
}

TEST(IsRegistry, RefusesWhatIsUnsortedOverlappingUnnamedOrTooLarge) {
  constexpr wire::Name kGood[] = {
      {0,   3,   "a"},
      {4,   4,   "b"},
      {200, 255, "c"}
  };
  constexpr wire::Name kUnsorted[] = {
      {4, 4, "a"},
      {0, 3, "b"}
  };
  constexpr wire::Name kOverlap[] = {
      {0, 4, "a"},
      {4, 9, "b"}
  };
  constexpr wire::Name kReversed[] = {
      {0, 4, "a"},
      {9, 8, "b"}
  };
  constexpr wire::Name kUnnamed[] = {
      {0, 4, "a"},
      {5, 5, "" }
  };
  EXPECT_TRUE(is_registry({"r", "s", kGood}, kOctetBits));
  EXPECT_FALSE(is_registry({"r", "s", kGood}, 7));
  EXPECT_FALSE(is_registry({"r", "s", kUnsorted}, kOctetBits));
  EXPECT_FALSE(is_registry({"r", "s", kOverlap}, kOctetBits));
  EXPECT_FALSE(is_registry({"r", "s", kReversed}, kOctetBits));
  EXPECT_FALSE(is_registry({"r", "s", kUnnamed}, kOctetBits));
  EXPECT_FALSE(is_registry({"r", "s", {}}, kOctetBits));
  EXPECT_FALSE(is_registry({"", "s", kGood}, kOctetBits));
  EXPECT_FALSE(is_registry({"r", "", kGood}, kOctetBits));
}

}  // namespace
}  // namespace gdoi::tables
