#include "report/groups.h"

#include "protocol/base/hex.h"
#include "protocol/getvpn/feature_show.h"
#include "protocol/registration/group_book.h"
#include "report/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gdoi::report {

namespace {

using registration::GmVersion;
using registration::GroupView;
using registration::KekSeen;
using registration::MemberSeen;
using registration::Outcome;
using registration::PushSeen;
using registration::TekTerms;

constexpr std::size_t kIndent    = 2;
constexpr std::size_t kNamedGms  = 8;
constexpr std::size_t kNamedTeks = 8;

std::string seconds_text(std::optional<std::uint64_t> seconds) {
  return seconds ? fmt::format(", {} s", grouped(*seconds)) : std::string{};
}

std::string version_source(const GmVersion& version) {
  switch (version.source) {
    case GmVersion::Source::kRule:
      return fmt::format("rule \"{}\", frame {}", harmless(version.rule), version.frame);
    case GmVersion::Source::kCandidate:
      return fmt::format("{}, frame {}", harmless(version.rule), version.frame);
    default:
      return {};
  }
}

std::string tek_text(const TekTerms& tek) {
  auto text = fmt::format("TEK {:08x}: {}{}", tek.spi, tek.algorithms, seconds_text(tek.lifetime));
  if (!tek.source.empty() || !tek.destination.empty()) {
    text += fmt::format(", {} to {}", tek.source.empty() ? "?" : tek.source,
                        tek.destination.empty() ? "?" : tek.destination);
  }
  return text;
}

std::string policy_text(const Style& style, const GroupView& view) {
  std::vector<std::string> lines;
  if (const auto& kek = view.policy.kek) {
    auto text = fmt::format("KEK {}: {}{}", kek->spi ? to_hex(*kek->spi) : "without an SPI",
                            kek->algorithms, seconds_text(kek->lifetime));
    if (kek->destination) {
      text += ", PUSHes to " + exchange::address_text(*kek->destination);
    }
    if (!kek->acknowledgement.empty()) {
      text += fmt::format(", acknowledgements asked for ({})", kek->acknowledgement);
    }
    lines.push_back(text + fmt::format(" (frame {})", kek->frame));
  }
  for (const auto& tek : view.policy.teks) {
    if (lines.size() < kNamedTeks) {
      lines.push_back(tek_text(tek) + fmt::format(" (frame {})", view.policy.tek_frame));
    }
  }
  if (const auto named = std::min<std::uint64_t>(view.policy.tek_count, kNamedTeks - 1);
      view.policy.tek_count > named + 1) {
    lines.push_back(fmt::format("{} TEKs in all", grouped(view.policy.tek_count)));
  }
  for (const auto& use : view.uses) {
    lines.push_back(fmt::format("uses {}: {} (frame {})", use.feature, use.text, use.frame));
  }
  std::string out;
  for (const auto& line : lines) {
    out += wrap(line, style.width, kIndent);
  }
  return out.empty() ? wrap("policy: nothing that can be read", style.width, kIndent) : out;
}

std::string pushes_named(const std::vector<PushSeen>& pushes) {
  std::vector<std::string> names;
  std::ranges::transform(pushes, std::back_inserter(names), [](const PushSeen& push) {
    return fmt::format("SEQ {} (frame {})", push.sequence, push.frame);
  });
  return fmt::format("{}", fmt::join(names, ", "));
}

std::vector<Below> below(const MemberSeen& gm) {
  std::vector<Below> lines;
  if (const auto source = version_source(gm.version); !source.empty()) {
    lines.push_back({fmt::format("version {:#x}, {}", gm.version.version->raw, source)});
  }
  if (gm.missing) {
    lines.push_back(
        {fmt::format("{}, sent since its registration (frame {}), is not in the capture: "
                     "between frames {} and {}",
                     registration::sequence_text(gm.missing->first, gm.missing->last),
                     gm.last_served, gm.missing->after, gm.missing->before),
         Colour::kDoubt});
  }
  if (gm.unseen) {
    lines.push_back(
        {fmt::format("cannot have got KEK {} (frame {}) by what the capture shows: no "
                     "PUSH since its registration (frame {}) brings it",
                     registration::kek_name(*gm.unseen), gm.unseen_frame, gm.last_served),
         Colour::kBad});
  }
  if (!gm.not_sent.empty()) {
    lines.push_back({"not sent to it, but to others: " + pushes_named(gm.not_sent), Colour::kBad});
  }
  if (gm.missing_acks != 0) {
    lines.push_back({fmt::format("no acknowledgement of {} of {} PUSHes: {}", gm.missing_acks,
                                 gm.asked_acks, pushes_named(gm.unacknowledged)),
                     Colour::kBad});
  }
  return lines;
}

std::string members_text(const Style& style, const GroupView& view) {
  Table table({
      {"GM"},
      {"version", false, 1},
      {"registered"},
      {"last", false, 2},
      {"KEK", false, 3},
      {"SEQ", true, 4},
      {"sender IDs", false, 5}
  });
  for (const auto& gm : view.members) {
    std::vector<std::string> sids;
    std::ranges::transform(gm.rekey.sender_ids, std::back_inserter(sids),
                           [](std::uint64_t sid) { return fmt::format("{:#x}", sid); });
    const bool is_in = gm.outcome == Outcome::kRegistered;
    table.add(
        {
            {exchange::address_text(gm.gm)},
            {gm.attempts == 0 ? "" : gm.version.text()},
            {gm.attempts == 0 ? "not seen"
                              : fmt::format("{} of {}", gm.registrations, gm.attempts)},
            {gm.attempts == 0
                 ? ""
                 : fmt::format("{}, frame {}", registration::name_of(gm.outcome), gm.frame),
             is_in ? Colour::kGood : Colour::kBad},
            {gm.rekey.kek ? registration::kek_name(*gm.rekey.kek) : ""},
            {gm.rekey.sequence ? fmt::to_string(*gm.rekey.sequence) : ""},
            {fmt::format("{}", fmt::join(sids, " "))}
    },
        below(gm));
  }
  auto out = table.empty() ? std::string{} : table.text(style);
  if (view.left_out != 0) {
    out += wrap(fmt::format("beyond {} GMs in all groups none is kept: {} more times one came",
                            grouped(registration::GroupBook::kMaxMembers), grouped(view.left_out)),
                style.width, kIndent);
  }
  return out;
}

std::string runs_text(const registration::Sequence& sequence) {
  std::vector<std::string> runs;
  for (const auto& run : sequence.runs()) {
    runs.push_back(run.first == run.last ? fmt::to_string(run.first)
                                         : fmt::format("{}-{}", run.first, run.last));
  }
  return fmt::format("{}", fmt::join(runs, ", "));
}

/// Whether a PULL, or a PUSH under another KEK, gave it to GMs before its first PUSH.
bool is_announced(const KekSeen& kek) {
  return kek.brought_frame != 0 ||
         (kek.shown_frame != 0 && (kek.first_frame == 0 || kek.shown_frame < kek.first_frame));
}

/// The KEK whose PUSHes went the same way before; nullptr: none.
const KekSeen* kek_before(const GroupView& view, const KekSeen& kek) {
  const KekSeen* before = nullptr;
  for (const auto& other : view.keks) {
    const bool same =
        other.ks.address == kek.ks.address && other.destination.address == kek.destination.address;
    if (same && other.pushes != 0 && other.first_frame < kek.first_frame &&
        (before == nullptr || other.first_frame > before->first_frame)) {
      before = &other;
    }
  }
  return before;
}

std::vector<Below> below(const GroupView& view, const KekSeen& kek) {
  std::vector<Below> lines;
  for (const auto& gap : registration::gaps_of(kek.sequence)) {
    lines.push_back(
        {fmt::format("{} is missing between frames {} and {}: sent, and not in the capture",
                     registration::sequence_text(gap.first, gap.last), gap.after, gap.before),
         Colour::kBad});
  }
  for (const auto& push : view.pushes) {
    if (push.kek == kek.spi && !push.repeats.empty()) {
      lines.push_back(
          {fmt::format("SEQ {} (frame {}) came again with other octets: {} {}", push.sequence,
                       push.frame, push.repeats.size() == 1 ? "frame" : "frames",
                       fmt::join(push.repeats, ", ")),
           Colour::kBad});
    }
    if (push.kek == kek.spi && push.ack_requested) {
      lines.push_back({fmt::format("SEQ {} (frame {}): acknowledged by {}", push.sequence,
                                   push.frame, count_of(push.acks, "GM"))});
    }
  }
  const bool sealed = kek.pushes != 0 && kek.unread == kek.pushes;
  if (sealed) {
    lines.push_back(
        {"encrypted, no key: SEQ and what its PUSHes bring cannot be told", Colour::kDim});
  } else if (kek.unread != 0) {
    lines.push_back(
        {fmt::format("{} of {} could not be read", kek.unread, kek.pushes), Colour::kDoubt});
  }
  if (kek.forged != 0) {
    lines.push_back({fmt::format("{} with a bad SIG, not believed", count_of(kek.forged, "PUSH")),
                     Colour::kBad});
  }
  const auto* before = kek_before(view, kek);
  if (kek.pushes != 0 && !is_announced(kek) && (before != nullptr || !sealed)) {
    lines.push_back(
        {fmt::format("no message that can be read brings it to a GM before its first PUSH{}",
                     before == nullptr ? ""
                                       : fmt::format("; the KEK before was {}",
                                                     registration::kek_name(before->spi))),
         sealed ? Colour::kDoubt : Colour::kBad});
  }
  if (kek.by_destination) {
    lines.push_back({"that it is of this group is told by where its PUSHes go", Colour::kDim});
  }
  return lines;
}

std::string frames_text(const KekSeen& kek) {
  if (kek.pushes == 0) {
    return {};
  }
  return kek.first_frame == kek.last_frame
             ? fmt::to_string(kek.first_frame)
             : fmt::format("{} to {}", kek.first_frame, kek.last_frame);
}

std::string keks_text(const Style& style, const GroupView& view) {
  Table table({
      {"KEK"},
      {"since frame", true, 3},
      {"by PUSH", true, 4},
      {"PUSHes", true},
      {"SEQ"},
      {"frames", false, 1},
      {"to", false, 2}
  });
  for (const auto& kek : view.keks) {
    table.add({{registration::kek_name(kek.spi)},
               {kek.shown_frame != 0 ? fmt::to_string(kek.shown_frame) : ""},
               {kek.brought_frame != 0 ? fmt::to_string(kek.brought_frame) : ""},
               {fmt::to_string(kek.pushes)},
               {runs_text(kek.sequence)},
               {frames_text(kek)},
               {kek.pushes != 0 ? exchange::address_text(kek.destination) : ""}},
              below(view, kek));
  }
  return table.empty() ? std::string{} : table.text(style);
}

std::string names(const std::vector<std::string>& gms) {
  const auto shown = std::min(gms.size(), kNamedGms);
  auto text        = fmt::format(
      "{}", fmt::join(gms.begin(), gms.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  return gms.size() > shown ? text + fmt::format(" and {} more", gms.size() - shown) : text;
}

/// "2 GMs could not stay: 192.0.2.1, 192.0.2.2"; empty where there are none.
std::string count_and_names(const std::vector<std::string>& gms, std::string_view verb) {
  return gms.empty() ? std::string{}
                     : fmt::format("{} {}: {}", count_of(gms.size(), "GM"), verb, names(gms));
}

/// Who lacks a feature: of those that are in the group, and of those that never came in.
struct Lacking {
  std::vector<std::string> in;
  std::vector<std::string> out;
  std::size_t unknown = 0;
  bool disputed       = false;  ///< by the public sources, of the version of one of them

  [[nodiscard]] std::string text(const getvpn::Feature& feature) const {
    const bool blocks = feature.blocks_registration;
    std::vector<std::string> parts;
    for (const auto& part : {count_and_names(in, blocks ? "could not stay" : "could not do it"),
                             count_and_names(out, blocks ? "could not register"
                                                         : "could not do it, none "
                                                           "of them registered")}) {
      if (!part.empty()) {
        parts.push_back(part);
      }
    }
    if (parts.empty()) {
      parts.emplace_back("no GM is known to lack it");
    }
    if (unknown != 0) {
      parts.push_back(fmt::format("of {} it is not known", count_of(unknown, "GM")));
    }
    return fmt::format("with {}: {}", feature.name, fmt::join(parts, "; "));
  }
};

Lacking lacking(const GroupView& view, const getvpn::Feature& feature) {
  Lacking all;
  for (const auto& gm : view.members) {
    const auto support = registration::support_of(feature, gm.version);
    all.unknown += support == getvpn::Support::kUnknown ? 1U : 0U;
    all.disputed = all.disputed || (!feature.remark.empty() && feature.minimum &&
                                    gm.version.version == feature.minimum);
    if (support == getvpn::Support::kUnsupported) {
      (gm.registrations != 0 ? all.in : all.out).push_back(exchange::address_text(gm.gm));
    }
  }
  return all;
}

std::string feature_text(const Style& style, const GroupView& view,
                         const getvpn::Feature& feature) {
  std::vector<getvpn::FeatureLine> servers;
  servers.reserve(view.servers.size());
  for (const auto& one : view.servers) {
    servers.push_back({exchange::address_text(one.ks), one.version.text(),
                       registration::support_of(feature, one.version)});
  }
  std::vector<getvpn::FeatureLine> members;
  members.reserve(view.members.size());
  for (const auto& gm : view.members) {
    members.push_back({exchange::address_text(gm.gm), gm.version.text(),
                       registration::support_of(feature, gm.version)});
  }
  const auto sum = lacking(view, feature);
  auto out       = fmt::format("  show crypto gdoi feature {}\n  {}", feature.name,
                               getvpn::show_feature(group_name(view), servers, members));
  out += wrap(sum.text(feature), style.width, kIndent);
  return sum.disputed ? out + wrap(std::string(feature.remark), style.width, kIndent) : out;
}

}  // namespace

std::string group_name(const GroupView& view) {
  if (!view.group) {
    return "unknown (encrypted)";
  }
  const auto remark = harmless(view.group->remark);
  return harmless(view.group->text) + (remark.empty() ? "" : fmt::format(" ({})", remark));
}

std::string groups_text(const Style& style, const CaptureReport& report, const Contents& contents) {
  std::string out;
  for (const auto& view : report.groups) {
    out += '\n' + paint(style, Colour::kBold, "  group " + group_name(view)) + '\n';
    for (const auto& one : view.servers) {
      out +=
          wrap(fmt::format("KS {}, version {}", exchange::address_text(one.ks), one.version.text()),
               style.width, kIndent);
    }
    out += policy_text(style, view) + members_text(style, view) + keks_text(style, view);
    for (const auto* feature : contents.features) {
      out += '\n' + feature_text(style, view, *feature);
    }
  }
  return out;
}

}  // namespace gdoi::report
