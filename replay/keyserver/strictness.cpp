#include "keyserver/strictness.h"

#include "protocol/exchange/payload_types.h"
#include "protocol/tables/checks.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gdoi::keyserver {
namespace {

using exchange::Exchange;
using tables::row;
using wire::Code;
namespace payload = exchange::payload;

// RFC 2408 section 3.14.1
constexpr std::uint16_t kInvalidPayloadType     = 1;
constexpr std::uint16_t kInvalidMinorVersion    = 6;
constexpr std::uint16_t kInvalidFlags           = 8;
constexpr std::uint16_t kInvalidMessageId       = 9;
constexpr std::uint16_t kInvalidSpi             = 11;
constexpr std::uint16_t kAttributesNotSupported = 13;
constexpr std::uint16_t kBadProposalSyntax      = 15;
constexpr std::uint16_t kPayloadMalformed       = 16;
constexpr std::uint16_t kInvalidIdInformation   = 18;
constexpr std::uint16_t kUnequalPayloadLengths  = 30;

struct Rule {
  Code code;
  std::uint16_t notify;
};

// What the RFCs only warn of, or where implementations are known to differ (padding, DOI 1 in phase
// 1), is not in it. An unknown attribute of phase 1 costs its transform alone (offer.cpp).
constexpr std::array kRules{
    Rule{Code::kUnknownPayload,   kInvalidPayloadType    },
    Rule{Code::kForbiddenPayload, kInvalidPayloadType    },
    Rule{Code::kMinorVersion,     kInvalidMinorVersion   },
    Rule{Code::kReservedFlags,    kInvalidFlags          },
    Rule{Code::kMessageIdNotZero, kInvalidMessageId      },
    Rule{Code::kMessageIdZero,    kInvalidMessageId      },
    Rule{Code::kTrailingOctets,   kPayloadMalformed      },
    Rule{Code::kReservedNotZero,  kPayloadMalformed      },
    Rule{Code::kElementNext,      kBadProposalSyntax     },
    Rule{Code::kSeveralProposals, kBadProposalSyntax     },
    Rule{Code::kSpiSize,          kInvalidSpi            },
    Rule{Code::kAttributeForm,    kAttributesNotSupported},
    Rule{Code::kAttributeTooLong, kAttributesNotSupported},
    Rule{Code::kDuplicatePayload, kPayloadMalformed      },
    Rule{Code::kNonceLength,      kPayloadMalformed      },
    Rule{Code::kIdPort,           kInvalidIdInformation  },
    Rule{Code::kOidEncoding,      kInvalidIdInformation  },
};

// RFC 6407 section 5.4: what a GAP asks for and is not understood must not be left out.
constexpr Rule kUnknownInGap{Code::kAttributeUnknown, kAttributesNotSupported};

// Certificates, requests for them, reports and vendor IDs may stand anywhere (RFC 2408 sections
// 3.9, 3.10, 3.14 and 3.16), and a NAT-D that came too early says nothing that could be wrong.
constexpr std::array kAnywhere{payload::kCert,       payload::kCertReq, payload::kNotify,
                               payload::kVid,        payload::kNatD,    payload::kNatDDraft,
                               payload::kNatDPrivate};

// RFC 2407 section 4.6.2 names UDP 500, the port that IKE runs on. A GM that names GDOI's own port
// means the same, and to refuse it would say more of this KS than of the GM.
bool names_own_port(const wire::Tree& tree, const wire::Diagnostic& one) {
  constexpr std::uint64_t kUdp  = 17;
  constexpr std::uint64_t kGdoi = 848;
  return one.code == Code::kIdPort && one.had == kGdoi &&
         tree.find_number(row("id.protoid")) == kUdp;
}

const Rule* rule_of(const wire::Tree& tree, const wire::Diagnostic& one, Exchange exchange) {
  if (names_own_port(tree, one)) {
    return nullptr;
  }
  if (one.code == kUnknownInGap.code && exchange == Exchange::kPull) {
    return &kUnknownInGap;
  }
  const auto* const found = std::ranges::find(kRules, one.code, &Rule::code);
  return found == kRules.end() ? nullptr : found;
}

Fault fault_from(const wire::Tree& tree, const wire::Diagnostic& one, const Rule* rule) {
  const auto& info = wire::info_of(one.code);
  // The Length of the whole message has a NOTIFY of its own (RFC 2408 section 5.1).
  const bool known = one.node < tree.nodes().size();
  const bool whole =
      known && (tree.node(one.node).row == row("length") ||
                (one.code == Code::kTrailingOctets && tree.node(one.node).depth <= 1));
  const auto notify = rule != nullptr ? rule->notify : kPayloadMalformed;
  return {whole ? kUnequalPayloadLengths : notify, fmt::format("{} ({})", info.text, info.clause)};
}

std::string_view name_of_payload(std::uint32_t type) {
  return wire::name_of(tables::kRows[row("nextpayload")].names, type);
}

bool may_stand(const exchange::Step& step, std::uint32_t type) {
  const auto has = [type](const auto& list) {
    return std::ranges::find(list, type) != std::ranges::end(list);
  };
  return has(step.required) || has(step.allowed) || has(kAnywhere);
}

}  // namespace

std::optional<Fault> fault_of(wire::Tree& tree, Exchange exchange) {
  tables::check(tree);
  for (const auto& one : tree.diagnostics()) {
    if (wire::info_of(one.code).severity == wire::Severity::kError) {
      return fault_from(tree, one, rule_of(tree, one, exchange));
    }
  }
  for (const auto& one : tree.diagnostics()) {
    if (const auto* const rule = rule_of(tree, one, exchange)) {
      return fault_from(tree, one, rule);
    }
  }
  return std::nullopt;
}

std::optional<Fault> misfit_of(const exchange::MessageView& view, const exchange::Step& step) {
  for (const auto type : step.required) {
    if (view.find(type) == nullptr) {
      return Fault{kPayloadMalformed, fmt::format("There is no {} payload", name_of_payload(type))};
    }
  }
  for (const auto& one : view.payloads()) {
    if (!may_stand(step, one.type)) {
      return Fault{kPayloadMalformed,
                   fmt::format("{} has no {} payload", step.notation, name_of_payload(one.type))};
    }
  }
  return std::nullopt;
}

ByteView body_of(const exchange::MessageView& view, std::uint32_t type) {
  const auto* const found = view.find(type);
  return found == nullptr ? ByteView{} : found->body;
}

}  // namespace gdoi::keyserver
