#include "plugin/reading.h"
#include "plugin/titles.h"
#include "protocol/base/hex.h"
#include "protocol/exchange/message.h"
#include "protocol/getvpn/feature.h"
#include "protocol/getvpn/version.h"
#include "protocol/registration/uses.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/print.h"

#include <optional>

namespace gdoi::plugin {
namespace {

using exchange::Exchange;
using exchange::Sender;
using exchange::Verdict;
using tables::kRows;
using tables::row;
using wire::Kind;
using wire::NodeId;

constexpr std::size_t kGroupKeyIdSize = 4;

void add(Reading& reading, Generated field, NodeId below, std::string text) {
  if (!text.empty()) {
    reading.derived.push_back({field, below, std::move(text), 0});
  }
}

void add(Reading& reading, Generated field, NodeId below, std::uint64_t number) {
  if (number != 0) {
    reading.derived.push_back({field, below, {}, static_cast<std::uint32_t>(number)});
  }
}

// As proto_checksum_vals has it.
void add_status(Reading& reading, Generated field, wire::RowId payload, Verdict verdict) {
  if (verdict == Verdict::kAbsent) {
    return;
  }
  const auto status = verdict == Verdict::kGood  ? PROTO_CHECKSUM_E_GOOD
                      : verdict == Verdict::kBad ? PROTO_CHECKSUM_E_BAD
                                                 : PROTO_CHECKSUM_E_UNVERIFIED;
  const auto below  = reading.tree.find(payload).value_or(kRoot);
  reading.derived.push_back({field, below, {}, static_cast<std::uint32_t>(status)});
}

void derive_from_record(Reading& reading) {
  const auto& record = reading.frame.record;
  if (record.exchange != Exchange::kUnknown) {
    add(reading, Generated::kExchange, kRoot, std::string(exchange::name_of(record.exchange)));
  }
  add(reading, Generated::kMessageNumber, kRoot, record.number);
  if (record.guessed) {
    add(reading, Generated::kGuessed, kRoot,
        "The message is encrypted: its number and the state are told by count, direction and "
        "length");
  }
  if (record.sender != Sender::kUnknown) {
    add(reading, Generated::kSender, kRoot, record.sender == Sender::kGm ? "GM" : "KS");
  }
  add(reading, Generated::kPhase1, kRoot, record.phase1);
  add(reading, Generated::kPull, kRoot, record.pull);
  add(reading, Generated::kAnswers, kRoot, record.answers);
  add(reading, Generated::kRetransmissionOf, kRoot, record.retransmission_of);
  add_status(reading, Generated::kHashStatus, row("payload.hash"), record.hash);
  add_status(reading, Generated::kSigStatus, row("payload.sig"), record.signature);
  const auto enc = reading.tree.find(row("enc.data")).value_or(kRoot);
  add(reading, Generated::kKeyFrame, enc, record.key_frame);
  if (record.crypt != exchange::Crypt::kClear && record.crypt != exchange::Crypt::kDecrypted) {
    add(reading, Generated::kUndecrypted, enc, key_remark(reading.frame, reading.tree));
  }
}

void add(Reading& reading, Generated field, const char* text) {
  if (text != nullptr) {
    add(reading, field, kRoot, std::string(text));
  }
}

// Of several that say the same, any may have been the one that was heard.
std::uint64_t answered_in(const Told& told, std::uint64_t frame) {
  if (told.answered_in != 0 || told.repeats == nullptr) {
    return told.answered_in;
  }
  return told.repeats->answered_in > frame ? told.repeats->answered_in : 0;
}

void derive_from_told(Reading& reading) {
  const auto* told = reading.frame.told;
  if (told == nullptr) {
    return;
  }
  add(reading, Generated::kAnsweredIn, kRoot, answered_in(*told, reading.frame.record.frame));
  add(reading, Generated::kRegistration, kRoot, told->registration);
  add(reading, Generated::kState, told->state);
  if (told->is_response) {
    reading.derived.push_back({Generated::kResponseTime, kRoot, {}, told->response_us});
  }
  add(reading, Generated::kDiagnosis, told->diagnosis);
  add(reading, Generated::kCause, told->cause);
  add(reading, Generated::kGrade, told->grade);
}

// RFC 6407 section 3.2: the ID of PULL message 1 names the group.
void derive_group(Reading& reading) {
  const auto& record = reading.frame.record;
  if (record.exchange != Exchange::kPull || record.number != 1) {
    return;
  }
  const auto id = reading.tree.find(row("id.data.key_id"));
  if (id && reading.tree.node(*id).length == kGroupKeyIdSize) {
    const auto below = reading.tree.find(row("payload.id")).value_or(kRoot);
    reading.derived.push_back(
        {Generated::kGroup, below, {}, static_cast<std::uint32_t>(reading.tree.number(*id))});
  }
}

struct VersionFields {
  Generated text, raw, rule, source, candidate;
};

constexpr VersionFields kGm = {Generated::kGmVersion, Generated::kGmVersionRaw,
                               Generated::kGmVersionRule, Generated::kGmVersionSource,
                               Generated::kGmVersionCandidate};
constexpr VersionFields kKs = {Generated::kKsVersion, Generated::kKsVersionRaw,
                               Generated::kKsVersionRule, Generated::kKsVersionSource,
                               Generated::kKsVersionCandidate};

std::string_view word(getvpn::Support support) {
  switch (support) {
    case getvpn::Support::kSupported:
      return "supported";
    case getvpn::Support::kUnsupported:
      return "unsupported";
    case getvpn::Support::kUnknown:
      break;
  }
  return "unknown";
}

void derive_features(Reading& reading, NodeId below, getvpn::Version version) {
  constexpr auto kFirst = static_cast<std::size_t>(Generated::kFeatureCkm);
  constexpr auto kAll   = static_cast<std::size_t>(Generated::kCount) - kFirst;
  const auto features   = getvpn::features();
  for (std::size_t i = 0; i < std::min(kAll, features.size()); ++i) {
    add(reading, static_cast<Generated>(kFirst + i), below,
        std::string(word(getvpn::support_of(features[i], version))));
  }
}

// What a vendor ID looks like as it is and with the cookie taken off, for whoever writes a rule.
void remark_on_candidate(Reading& reading, NodeId below, ByteView raw,
                         const getvpn::VendorIdReading& vendor) {
  if (vendor.version || vendor.candidates.empty()) {
    return;
  }
  const auto& first = vendor.candidates.front();
  auto text         = "Could be version " + first.version.text() + " (" + first.rule +
              "), which no rule confirms: " + wire::hex_text(raw, kShortHex);
  if (!vendor.unmasked.empty()) {
    text += ", unmasked " + wire::hex_text(vendor.unmasked, kShortHex);
  }
  reading.remarks.push_back({expert_of(Finding::kVersionCandidate), below, std::move(text)});
}

void derive_version(Reading& reading, NodeId below, const getvpn::VendorIdReading& vendor,
                    const VersionFields& fields) {
  add(reading, Generated::kVidName, below, vendor.name);
  if (vendor.name.empty() || vendor.masked_cisco_ios) {
    add(reading, Generated::kVidUnmasked, below, to_hex(vendor.unmasked));
  }
  if (const auto& match = vendor.version) {
    add(reading, fields.text, below, match->version.text());
    reading.derived.push_back({fields.raw, below, {}, match->version.raw});
    add(reading, fields.rule, below, match->rule);
    add(reading, fields.source, below, match->source);
    derive_features(reading, below, match->version);
    if (match->synthetic) {
      reading.remarks.push_back(
          {expert_of(Finding::kSyntheticVersion), below, text_of(Finding::kSyntheticVersion)});
    }
  }
  for (const auto& candidate : vendor.candidates) {
    add(reading, fields.candidate, below, candidate.version.text() + " (" + candidate.rule + ")");
  }
}

}  // namespace

void describe(Reading& reading, bool visible) {
  const auto nodes = reading.tree.nodes();
  const auto shown = visible ? std::min(nodes.size(), kMaxItems) : 0;
  for (NodeId id = 0; id < shown; ++id) {
    if (kRows[nodes[id].row].kind == Kind::kGroup) {
      reading.titles.push_back({id, title_of(reading.tree, id)});
    }
  }
  derive_from_record(reading);
  derive_from_told(reading);
  derive_group(reading);
  for (const auto& use : registration::uses_of(reading.tree, reading.frame.record.frame)) {
    add(reading, Generated::kUses, kRoot, std::string(use.feature) + ": " + use.text);
  }
}

// The cookie of the side that sent the message may mask its vendor IDs.
void read_vendor_ids(Reading& reading) {
  static const getvpn::VersionRules rules;
  const auto first = reading.tree.find(row("vid_bytes"));
  if (!first) {
    return;
  }
  const bool from_ks = reading.frame.record.sender == Sender::kKs;
  const auto cookie  = reading.tree.find(from_ks ? row("rspi") : row("ispi"));
  NodeId payload     = kRoot;
  for (NodeId id = 0; id < reading.tree.nodes().size(); ++id) {
    const auto here = reading.tree.node(id).row;
    if (here == row("payload.vid")) {
      payload = id;
    } else if (here == row("vid_bytes")) {
      const auto octets = reading.tree.octets(id);
      const auto vendor = rules.read(octets, cookie ? reading.tree.octets(*cookie) : ByteView{});
      derive_version(reading, payload, vendor, from_ks ? kKs : kGm);
      remark_on_candidate(reading, payload, octets, vendor);
    }
  }
}

}  // namespace gdoi::plugin
