#include "report/registrations.h"

#include "protocol/registration/words.h"
#include "report/groups.h"
#include "report/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <ostream>
#include <sstream>
#include <utility>

namespace gdoi::report {

namespace {

using registration::Outcome;
using registration::Registration;

constexpr std::size_t kIndent   = 2;
constexpr unsigned kMillisecond = 3;

Colour colour_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kRegistered:
      return Colour::kGood;
    case Outcome::kIncomplete:
      return Colour::kDoubt;
    default:
      return Colour::kBad;
  }
}

std::vector<Below> below(const CaptureReport& report, const Registration& one, std::size_t index,
                         const Contents& contents) {
  std::vector<Below> lines;
  if (!contents.quiet) {
    lines.push_back({reason_text(one)});
    if (auto why = diagnosis_text(one); !why.empty()) {
      lines.push_back({std::move(why), Colour::kDoubt});
    }
  }
  if (!report.comparison) {
    return lines;
  }
  const auto& differences = report.comparison->registrations[index];
  if (differences.empty()) {
    lines.push_back({"as expected", Colour::kGood});
  }
  for (const auto& each : differences) {
    lines.push_back({each, Colour::kBad});
  }
  return lines;
}

std::vector<Cell> cells_of(const Registration& one) {
  return {
      {fmt::to_string(one.number)},
      {time_of_day(one.started_ns, 0)},
      {exchange::address_text(one.gm)},
      {exchange::address_text(one.ks)},
      {group_text(one), one.group ? Colour::kNone : Colour::kDim},
      {one.gm_version.text()},
      {std::string(name_of(one.outcome)), colour_of(one.outcome)},
      {step_text(one)},
      {fmt::to_string(one.attempt)}
  };
}

void write_table(std::ostream& out, const Style& style, const CaptureReport& report,
                 const Contents& contents) {
  StreamedTable table({
      {"#", true},
      {"time", false, 2},
      {"GM"},
      {"KS", false, 3},
      {"group"},
      {"version", false, 1},
      {"outcome"},
      {"step, how"},
      {"try", true, 4}
  });
  const auto shown = [&](std::size_t i) {
    return !contents.quiet || (report.comparison && !report.comparison->registrations[i].empty());
  };
  const auto size = report.registrations.size();
  for (std::size_t i = 0; i < size; ++i) {
    if (shown(i)) {
      table.measure(cells_of(report.registrations[i]));
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (shown(i)) {
      const auto one = report.registrations[i];
      out << table.row(style, cells_of(one), below(report, one, i, contents));
    }
  }
}

void add_count(std::string& out, std::uint64_t count, std::string_view what) {
  if (count != 0) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, what);
  }
}

std::string counts_text(const registration::Counts& counts) {
  std::string kinds;
  add_count(kinds, counts.phase1_clear, "phase 1 clear");
  add_count(kinds, counts.phase1_encrypted, "phase 1 encrypted");
  add_count(kinds, counts.pull, "PULL");
  add_count(kinds, counts.push, "PUSH");
  add_count(kinds, counts.push_ack, "PUSH-ACK");
  add_count(kinds, counts.informational, "Informational");
  add_count(kinds, counts.retransmissions,
            counts.retransmissions == 1 ? "retransmission" : "retransmissions");
  auto text            = fmt::format("{}: {}", count_of(counts.messages, "message"), kinds);
  const auto encrypted = counts.decrypted + counts.undecrypted;
  if (encrypted != 0) {
    text += fmt::format("; {} of {} encrypted ones read", counts.decrypted, encrypted);
  }
  std::string good;
  const auto pulls = counts.pull_hash_good;
  if (std::ranges::any_of(pulls, [](auto count) { return count != 0; })) {
    good = fmt::format("HASH(1) to (4) {}", fmt::join(pulls, "/"));
  }
  add_count(good, counts.phase1_auth_good, "phase 1");
  add_count(good, counts.push_sig_good, "PUSH SIG");
  add_count(good, counts.informational_hash_good, "Informational");
  if (!good.empty()) {
    text += "; good: " + good;
  }
  text += fmt::format("; bad: {}; unverified: {}", counts.bad, counts.unverified);
  if (counts.probes != 0) {
    text += fmt::format("; no registrations by their own word: {}",
                        count_of(counts.probes, "probe") + " of gdoi-replay");
  }
  return text;
}

std::string plural_ports(const std::vector<std::uint16_t>& ports) {
  return fmt::format("UDP port{} {}", ports.size() == 1 ? "" : "s", fmt::join(ports, ", "));
}

// What a reader should know before he trusts the table.
std::string reading_text(const CaptureReport& report, const Contents& contents) {
  const auto& read = report.read;
  std::string out;
  const auto add = [&](std::uint64_t count, std::string_view noun, std::string_view what) {
    if (count != 0) {
      out += fmt::format("  {} {}\n", count_of(count, noun), what);
    }
  };
  add(read.truncated, "frame", "cut by a snap length");
  add(read.incomplete, "datagram", "whose fragments never all came");
  add(read.malformed, "frame", "with an impossible length in an IP or UDP header");
  if (report.counts.messages == 0 && report.problem.empty()) {
    out += fmt::format("  no GDOI: {}, {} on {}; for another port say --port N\n",
                       count_of(read.frames, "frame"), count_of(read.datagrams, "datagram"),
                       plural_ports(contents.ports));
  } else if (report.registrations.empty() && report.counts.messages != 0) {
    out += "  no registration\n";
  }
  if (!report.key_files.empty() && report.counts.decrypted == 0 && report.counts.undecrypted != 0) {
    out += "  the keys fit none of the encrypted messages\n";
  }
  return out;
}

std::string comparison_text(const Style& style, const Comparison& comparison) {
  std::string out;
  for (const auto& each : comparison.missing) {
    out += paint(style, Colour::kBad, "  " + each) + '\n';
  }
  for (const auto& each : comparison.counts) {
    out += paint(style, Colour::kBad, "  " + each) + '\n';
  }
  return out;
}

std::string outcomes_text(const std::vector<CaptureReport>& reports) {
  std::array<std::uint64_t, 4> counts{};
  for (const auto& report : reports) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      counts.at(i) += report.outcomes.at(i);
    }
  }
  std::string out;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    add_count(out, counts.at(i), name_of(static_cast<Outcome>(i)));
  }
  return out;
}

}  // namespace

std::string heading_text(const Style& style, const CaptureReport& report) {
  auto out = paint(style, Colour::kBold, harmless(report.name));
  out += '\n';
  if (report.key_files.empty()) {
    out += "  keys: none\n";
  }
  for (const auto& file : report.key_files) {
    out += wrap(fmt::format("keys: {} ({})", harmless(file.path), harmless(file.how)), style.width,
                kIndent);
  }
  for (const auto& note : report.notes) {
    out += wrap("note: " + harmless(note), style.width, kIndent);
  }
  return out;
}

void count_outcomes(CaptureReport& report) {
  report.outcomes.fill(0);
  for (const auto& one : report.registrations) {
    ++report.outcomes.at(static_cast<std::size_t>(one.outcome));
  }
}

std::string capture_text(const Style& style, const CaptureReport& report,
                         const Contents& contents) {
  std::ostringstream out;
  write_capture(out, style, report, contents);
  return std::move(out).str();
}

void write_capture(std::ostream& out, const Style& style, const CaptureReport& report,
                   const Contents& contents) {
  if (report.first_ns != 0 && !contents.quiet) {
    constexpr std::size_t kDay = 10;
    out << fmt::format("  {} {} to {} UTC\n", iso_time(report.first_ns).substr(0, kDay),
                       time_of_day(report.first_ns, kMillisecond),
                       time_of_day(report.last_ns, kMillisecond));
  }
  write_table(out, style, report, contents);
  if (!contents.quiet || !report.comparison || !report.comparison->as_expected()) {
    out << reading_text(report, contents);
  }
  if (report.comparison) {
    out << comparison_text(style, *report.comparison);
  }
  if (!contents.quiet && report.counts.messages != 0) {
    out << wrap(counts_text(report.counts), style.width, kIndent);
  }
  if (contents.groups) {
    out << groups_text(style, report, contents);
  }
  if (contents.vendor_ids) {
    out << "\n" + vendor_ids_text(style, report.vendor_ids);
  }
}

std::string registration_line(const Style& style, const Registration& one) {
  return line_before_outcome(one) + paint(style, colour_of(one.outcome), name_of(one.outcome)) +
         step_in_brackets(one) + '\n';
}

std::string summary_text(const Style& style, const std::vector<CaptureReport>& reports) {
  std::uint64_t total      = 0;
  std::uint64_t unexpected = 0;
  std::uint64_t other      = 0;
  std::uint64_t unread     = 0;
  bool compared            = false;
  for (const auto& report : reports) {
    total = std::accumulate(report.outcomes.begin(), report.outcomes.end(), total);
    unread += report.problem.empty() ? 0U : 1U;
    if (!report.comparison) {
      continue;
    }
    compared = true;
    unexpected += static_cast<std::uint64_t>(std::ranges::count_if(
        report.comparison->registrations, [](const auto& each) { return !each.empty(); }));
    unexpected += report.comparison->missing.size();
    other += report.comparison->counts.size();
  }
  auto out =
      fmt::format("{} in {}", count_of(total, "registration"), count_of(reports.size(), "capture"));
  if (compared) {
    if (unexpected == 0 && other == 0 && unread == 0) {
      out += ", " + paint(style, Colour::kGood, "all as expected");
    } else if (unexpected != 0 || other != 0) {
      out += ", " + paint(style, Colour::kBad,
                          fmt::format("{} not as expected, {} of messages differ", unexpected,
                                      count_of(other, "count")));
    }
  }
  if (unread != 0) {
    out += ", " + paint(style, Colour::kBad,
                        fmt::format("{} not read to the end", count_of(unread, "capture")));
  }
  if (const auto outcomes = outcomes_text(reports); !outcomes.empty()) {
    out += ": " + outcomes;
  }
  return out + '\n';
}

}  // namespace gdoi::report
