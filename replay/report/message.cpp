#include "report/message.h"

#include "protocol/exchange/message.h"
#include "protocol/tables/checks.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/print.h"

#include <fmt/format.h>

namespace gdoi::report {

namespace {

using exchange::Verdict;

constexpr std::size_t kFindingIndent = 9;
constexpr unsigned kMicroseconds     = 6;

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// The rows of keys are shown without their octets by themselves. What could not be read of a
// plaintext may be a KD with keys too (RFC 6407 section 5.6).
std::string tree_text(const wire::Tree& tree) {
  const auto& schema = tables::schema();
  auto text          = wire::print_tree(schema, tree);
  for (const auto& node : tree.nodes()) {
    if (node.buffer != 0 && (node.row == schema.truncated || node.row == schema.trailing)) {
      const auto& row  = schema.rows[node.row];
      const auto label = row.label.empty() ? row.filter : row.label;
      replace_all(text, wire::field_text(row, tree.octets(node)),
                  fmt::format("{}: {} octets, not shown", label, node.length));
    }
  }
  return text;
}

Colour colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood:
      return Colour::kGood;
    case Verdict::kBad:
      return Colour::kBad;
    default:
      return Colour::kDoubt;
  }
}

Colour colour_of(wire::Severity severity) {
  switch (severity) {
    case wire::Severity::kError:
      return Colour::kBad;
    case wire::Severity::kWarning:
      return Colour::kDoubt;
    default:
      return Colour::kDim;
  }
}

std::string verdict_text(const Style& style, std::string_view what, Verdict verdict) {
  if (verdict == Verdict::kAbsent) {
    return {};
  }
  return "  " + paint(style, colour_of(verdict), fmt::format("{} {}", what, name_of(verdict)));
}

std::string endpoint_text(const exchange::Endpoint& endpoint) {
  constexpr std::uint16_t kGdoiPort = 848;
  auto address                      = exchange::address_text(endpoint);
  if (endpoint.port == kGdoiPort) {
    return address;
  }
  return endpoint.family == 4 ? fmt::format("{}:{}", address, endpoint.port)
                              : fmt::format("[{}]:{}", address, endpoint.port);
}

std::string finding_text(const Finding& finding) {
  const auto& info = wire::info_of(finding.code);
  auto text        = fmt::format("{}: {}", name_of(info.severity), info.text);
  if (!info.clause.empty()) {
    text += fmt::format(" ({})", info.clause);
  }
  if (!finding.label.empty()) {
    text += fmt::format(", {}", finding.label);
  }
  text += fmt::format(", octet {}{}", finding.offset, finding.decrypted ? " of the plaintext" : "");
  if (finding.needed != 0 || finding.had != 0) {
    text += fmt::format(": needed {}, had {}", finding.needed, finding.had);
  }
  return text;
}

std::string indented(std::string_view text, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    out.append(indent, ' ').append(text.substr(0, end)).append("\n");
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

}  // namespace

MessageReport describe(const exchange::Packet& packet, const exchange::FrameRecord& record,
                       wire::Tree& tree, const exchange::Follower& follower, bool whole) {
  tables::check(tree);
  MessageReport message;
  message.time_ns         = packet.time_ns;
  message.source          = packet.source;
  message.destination     = packet.destination;
  message.record          = record;
  message.captured_octets = static_cast<std::uint32_t>(packet.payload.size());
  message.octets          = std::max(message.captured_octets, packet.claimed_length);
  message.title           = exchange::message_title(record);
  message.payloads        = payload_summary(exchange::MessageView(tree), record.number);
  message.key_remark      = follower.key_remark(record, tree);
  for (const auto& found : tree.diagnostics()) {
    const auto& row = tables::kRows[tree.node(found.node).row];
    message.findings.push_back({found.code, row.filter, row.label, found.buffer != 0, found.offset,
                                found.needed, found.had});
  }
  if (whole) {
    message.tree = tree_text(tree);
  }
  return message;
}

std::string_view name_of(exchange::Crypt crypt) {
  switch (crypt) {
    case exchange::Crypt::kClear:
      return "clear";
    case exchange::Crypt::kDecrypted:
      return "decrypted";
    case exchange::Crypt::kNoKey:
      return "no-key";
    case exchange::Crypt::kNoIv:
      return "no-iv";
    case exchange::Crypt::kWrongKey:
      return "wrong-key";
    case exchange::Crypt::kDamaged:
      break;
  }
  return "damaged";
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAbsent:
      return "absent";
    case Verdict::kGood:
      return "good";
    case Verdict::kBad:
      return "bad";
    case Verdict::kUnverified:
      break;
  }
  return "unverified";
}

std::string_view name_of(exchange::Sender sender) {
  switch (sender) {
    case exchange::Sender::kGm:
      return "gm";
    case exchange::Sender::kKs:
      return "ks";
    case exchange::Sender::kUnknown:
      break;
  }
  return "unknown";
}

std::string_view name_of(wire::Severity severity) {
  switch (severity) {
    case wire::Severity::kNote:
      return "note";
    case wire::Severity::kWarning:
      return "warning";
    case wire::Severity::kError:
      break;
  }
  return "error";
}

std::string message_text(const Style& style, const MessageReport& message) {
  const auto& record = message.record;
  auto out =
      fmt::format("{:>7}  {}  {} \u2192 {}  {}", record.frame,
                  time_of_day(message.time_ns, kMicroseconds), endpoint_text(message.source),
                  endpoint_text(message.destination), paint(style, Colour::kBold, message.title));
  if (!message.payloads.empty()) {
    out += "  " + harmless(message.payloads);
  }
  out += verdict_text(style, "HASH", record.hash);
  out += verdict_text(style, "SIG", record.signature);
  if (record.retransmission_of != 0) {
    out += fmt::format("  retransmission of {}", record.retransmission_of);
  }
  if (message.late) {
    out += "  now readable";
  }
  if (message.octets > message.captured_octets) {
    out +=
        fmt::format("  [the capture has {} of {} octets]", message.captured_octets, message.octets);
  }
  if (!message.key_remark.empty()) {
    out += paint(style, Colour::kDim, fmt::format("  [{}]", message.key_remark));
  }
  out += '\n';
  for (const auto& finding : message.findings) {
    auto lines = wrap(finding_text(finding), style.width, kFindingIndent);
    lines.pop_back();
    out += paint(style, colour_of(wire::info_of(finding.code).severity), lines) + '\n';
  }
  return out + indented(message.tree, kFindingIndent);
}

}  // namespace gdoi::report
