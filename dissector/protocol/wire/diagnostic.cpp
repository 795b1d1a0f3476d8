#include "protocol/wire/diagnostic.h"

#include <array>

namespace gdoi::wire {
namespace {

using enum Severity;

constexpr std::array kCodes = {
    CodeInfo{Code::kFieldCut,         kError,   "field_cut",          "The structure ends before this field does",
             "RFC 2408 section 3.2"                                                                                                               },
    CodeInfo{Code::kLengthTooSmall,   kError,   "length_too_small",
             "The length is less than what it covers",                                                             "RFC 2408 section 3.2"         },
    CodeInfo{Code::kLengthTooLarge,   kError,   "length_too_large",
             "The length reaches beyond what encloses it",                                                         "RFC 2408 section 5.1"         },
    CodeInfo{Code::kTrailingOctets,   kWarning, "trailing_octets",
             "Octets follow the last field of this structure",                                                     "RFC 2408 section 5.1"         },
    CodeInfo{Code::kChainEndsEarly,   kError,   "chain_ends_early",
             "The last payload is followed by more than padding",                                                  "RFC 2408 section 5.3"         },
    CodeInfo{Code::kChainRunsOut,     kError,   "chain_runs_out",
             "A next payload is named but there are no octets left",                                               "RFC 2408 section 5.3"         },
    CodeInfo{Code::kPaddingNotZero,   kWarning, "padding_not_zero",   "The padding is not all zeros",
             "RFC 2409 appendix B"                                                                                                                },
    CodeInfo{Code::kAlignment,        kNote,    "alignment",          "The message ends with alignment octets",
             "RFC 2408 section 3.6"                                                                                                               },
    CodeInfo{Code::kUnknownPayload,   kError,   "unknown_payload",    "The payload type is not known here",
             "RFC 2408 section 5.3"                                                                                                               },
    CodeInfo{Code::kForbiddenPayload, kError,   "forbidden_payload",
             "The payload type must not stand here",                                                               "RFC 2408 section 5.3"         },
    CodeInfo{Code::kCountMismatch,    kError,   "count_mismatch",
             "The announced number of elements is not what follows",                                               "RFC 2408 section 3.5"         },
    CodeInfo{Code::kReservedNotZero,  kWarning, "reserved_not_zero",  "A reserved field is not 0",
             "RFC 2408 section 3.2"                                                                                                               },
    CodeInfo{Code::kElementNext,      kWarning, "element_next",
             "The next-payload octet of a proposal or transform must be 2 or 3, or 0 in the last",                 "RFC 2408 sections 3.5 and 3.6"},
    CodeInfo{Code::kAttributeForm,    kWarning, "attribute_form",
             "The attribute is sent in the other form (TV or TLV) than its definition has",                        "RFC 2408 section 3.3"         },
    CodeInfo{Code::kAttributeUnknown, kWarning, "attribute_unknown",
             "The attribute type is not known here",                                                               "RFC 6407 section 5.3.2"       },
    CodeInfo{Code::kAttributeTooLong, kWarning, "attribute_too_long",
             "A number of no octets or of more than 8",                                                            "RFC 2408 section 3.3"         },
    CodeInfo{Code::kResynchronised,   kNote,    "resynchronised",
             "Octets that RFC 6407 does not have stand before the attributes; decoding goes on "
             "behind them",                                                                                        "RFC 6407 section 5.3"         },
    CodeInfo{Code::kTooManyPayloads,  kError,   "too_many_payloads",
             "More payloads or attributes than this decoder reads in one message",                                 ""                             },
    CodeInfo{Code::kTooDeep,          kError,   "too_deep",           "Structures are nested too deep",            ""                             },
    CodeInfo{Code::kNotIsakmp,        kError,   "not_isakmp",
             "The version is neither IKEv1 (1.0) nor IKEv2 (2.0)",                                                 "RFC 2408 section 3.1"         },
    CodeInfo{Code::kShortHeader,      kError,   "short_header",
             "The datagram is shorter than an ISAKMP header",                                                      "RFC 2408 section 3.1"         },
    CodeInfo{Code::kMarkerOn848,      kWarning, "marker_on_848",
             "A non-ESP marker stands before the message on a port other than 4500",                               "RFC 3948 section 2.2"         },
};

static_assert(kCodes.size() == static_cast<std::size_t>(Code::kCount));

constexpr bool in_order() {
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    if (static_cast<std::size_t>(kCodes[i].code) != i) {
      return false;
    }
  }
  return true;
}

static_assert(in_order(), "kCodes stands in the order of Code");

}  // namespace

const CodeInfo& info_of(Code code) {
  return kCodes[static_cast<std::size_t>(code)];
}

}  // namespace gdoi::wire
