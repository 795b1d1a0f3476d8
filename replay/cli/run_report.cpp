#include "cli/run_report.h"

#include "cli/minimise.h"
#include "report/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <map>

namespace gdoi::cli {

namespace {

using engine::Ending;
using registration::Registration;
using report::Colour;
using report::harmless;

constexpr std::size_t kIndent             = 2;
constexpr std::size_t kMostKeyServerLines = 8;
constexpr double kMedian                  = 0.5;
constexpr double kNinety                  = 0.9;
constexpr double kNinetyNine              = 0.99;
constexpr std::size_t kMostDifferences    = 20;

Colour colour_of(Ending ending) {
  if (ending == Ending::kAccepted || ending == Ending::kWithstood) {
    return Colour::kGood;
  }
  return ending == Ending::kAborted ? Colour::kDoubt : Colour::kBad;
}

std::string captured_text(const Registration& one) {
  auto text = std::string(name_of(one.outcome));
  if (one.outcome == registration::Outcome::kRefused) {
    text += fmt::format(" at {}", one.step);
  }
  return text;
}

std::string how_text(const engine::Verdict& live) {
  auto how = std::string(name_of(live.how));
  if (live.notify_type) {
    how += fmt::format(" {}", *live.notify_type);
  }
  return how;
}

std::string step_text(const engine::Verdict& live) {
  const auto how = how_text(live);
  return live.step.empty() || how.empty() ? live.step + how : fmt::format("{}, {}", live.step, how);
}

std::string expected_text(const Replayed& one) {
  if (one.must_be_same) {
    return "same";
  }
  return one.expected ? std::string(name_of(*one.expected)) : "-";
}

report::Cell result_cell(const Replayed& one) {
  if (!one.live) {
    return {one.problem.empty() ? "not sent" : "not run", Colour::kDim};
  }
  if (one.is_inconclusive()) {
    return {"inconclusive", Colour::kDoubt};
  }
  if (!one.expected && !one.must_be_same) {
    return {"-", Colour::kDim};
  }
  return one.as_expected() ? report::Cell{"as expected", Colour::kGood}
                           : report::Cell{"differs", Colour::kBad};
}

/// "1000 clones: 998 accepted, 2 refused"
std::string clones_text(const Tally& tally) {
  std::vector<std::string> parts;
  for (const auto ending : engine::kEndings) {
    if (const auto count = tally.count(ending); count > 0) {
      parts.push_back(fmt::format("{} {}", count, name_of(ending)));
    }
  }
  auto text = fmt::format(
      "{}{}: {}", report::count_of(tally.asked, "clone"),
      tally.begun < tally.asked ? fmt::format(" asked for, {} begun", tally.begun) : std::string(),
      parts.empty() ? "none done" : fmt::format("{}", fmt::join(parts, ", ")));
  if (!tally.whole.empty()) {
    text += fmt::format(
        "; in {:.2f} s: {:.0f} registrations a second; from start to end {:.1f} ms (median), "
        "{:.1f} ms (at most); {:.2f} ms of CPU each",
        tally.seconds(), tally.per_second(), tally.whole.ms(kMedian), tally.whole.ms(1),
        tally.cpu_ms_each());
  }
  return text;
}

/// "phase 1 3.1/4.0/9.9/12.0 ms"
std::string times_text(std::string_view what, const Times& times) {
  return fmt::format("{} {:.1f}/{:.1f}/{:.1f}/{:.1f} ms", what, times.ms(kMedian),
                     times.ms(kNinety), times.ms(kNinetyNine), times.ms(1));
}

/// Attempts, successes, causes that were met, and percentiles.
std::string counters_text(const Tally& tally) {
  auto text = fmt::format("{}: {}", report::count_of(tally.begun, "attempt"),
                          fmt::format("{} succeeded", tally.successes()));
  for (const auto cause : engine::kCauses) {
    if (const auto count = tally.count(cause); cause != engine::Cause::kNone && count > 0) {
      text += fmt::format(", {} {}", count, name_of(cause));
    }
  }
  std::vector<std::string> times;
  for (const auto& [what, each] : {
           std::pair<std::string_view, const Times*>{"phase 1", &tally.phase1},
           {"PULL",    &tally.pull  },
           {"all",     &tally.whole }
  }) {
    if (!each->empty()) {
      times.push_back(times_text(what, *each));
    }
  }
  return times.empty() ? text
                       : fmt::format("{}; p50/p90/p99/max: {}", text, fmt::join(times, ", "));
}

/// Where datagrams went, or would have gone.
std::string destinations_text(const ReplayedCapture& capture) {
  std::map<exchange::Endpoint, std::size_t> sent_to;
  bool over_udp = false;
  for (const auto& one : capture.registrations) {
    over_udp |= one.over_udp;
    for (const auto& [to, count] : one.tally ? one.tally->sent_to : decltype(sent_to)()) {
      sent_to[to] += count;
    }
  }
  std::vector<std::string> texts;
  texts.reserve(sent_to.size());
  for (const auto& [to, count] : sent_to) {
    texts.push_back(fmt::format("{} to {} port {}", report::count_of(count, "datagram"),
                                exchange::address_text(to), to.port));
  }
  return texts.empty() ? ""
                       : fmt::format("sent {}: {}", over_udp ? "over UDP" : "in this process alone",
                                     fmt::join(texts, ", "));
}

/// Router-like lines, each once, in the order in which they came first.
void add_key_server_lines(const Replayed& one, std::vector<report::Below>& lines) {
  std::vector<std::pair<std::string_view, std::size_t>> found;
  for (const auto& line : one.key_server_log) {
    if (!line.starts_with('%')) {
      continue;
    }
    const auto known =
        std::ranges::find(found, line, &std::pair<std::string_view, std::size_t>::first);
    if (known != found.end()) {
      ++known->second;
    } else if (found.size() < kMostKeyServerLines) {
      found.emplace_back(line, 1);
    }
  }
  for (const auto& [line, times] : found) {
    lines.push_back({fmt::format("KS: {}{}", harmless(line),
                                 times > 1 ? fmt::format(" ({} times)", times) : ""),
                     Colour::kDim});
  }
}

void add_differences(const Replayed& one, std::vector<report::Below>& lines) {
  if (!one.sameness || !one.tells_differences) {
    return;
  }
  const auto& found = one.sameness->comparison;
  std::size_t told  = 0;
  for (const auto& difference : found.differences) {
    if (++told > kMostDifferences) {
      lines.push_back({fmt::format("and {} more differences; --json and --html have all of them",
                                   found.differences.size() - kMostDifferences),
                       Colour::kBad});
      break;
    }
    lines.push_back({"differs: " + harmless(difference_text(difference)), Colour::kBad});
  }
  for (const auto& unread : found.unread) {
    lines.push_back({"not compared: " + harmless(unread), Colour::kDoubt});
  }
  if (found.same()) {
    lines.push_back({fmt::format("the same as captured, in {} of what the key server said",
                                 report::count_of(found.fields.size(), "field"))});
  }
}

std::vector<report::Below> below(const Replayed& one, bool show_map) {
  std::vector<report::Below> lines;
  if (const auto* const clones = one.clones()) {
    lines.push_back({clones_text(*clones)});
    lines.push_back({counters_text(*clones)});
  }
  if (one.live) {
    lines.push_back({harmless(one.live->reason)});
  }
  if (!one.problem.empty()) {
    lines.push_back({harmless(one.problem), Colour::kBad});
  }
  if (!one.stopped.empty()) {
    lines.push_back({harmless(one.stopped), Colour::kDoubt});
  }
  add_differences(one, lines);
  for (const auto& line : minimised_text(one)) {
    lines.push_back({harmless(line)});
  }
  for (const auto& line : one.altered) {
    lines.push_back({"changed: " + harmless(line)});
  }
  for (const auto& change : one.changes) {
    if (!change.made && (one.live || change.needless)) {
      lines.push_back(
          {fmt::format("not changed, since {}: {}", why_not_made(change), harmless(change.text)),
           Colour::kDoubt});
    }
  }
  add_key_server_lines(one, lines);
  for (const auto& message : one.plan) {
    const auto from = message.as_captured ? std::string("as captured")
                      : message.captured_frame == 0
                          ? std::string("made anew")
                          : fmt::format("rebuilt from frame {}", message.captured_frame);
    lines.push_back(
        {fmt::format("would send {}: {} ({})", message.name, harmless(message.payloads), from)});
    for (const auto& [address, value] : message.addresses) {
      lines.push_back({fmt::format("  {} = {}", address, harmless(value))});
    }
  }
  if (show_map && one.live) {
    for (const auto& [name, values] : one.live->map) {
      lines.push_back({fmt::format("{}: captured {}, live {}", name, harmless(values.first),
                                   harmless(values.second))});
    }
    for (const auto& [name, values] :
         one.sameness ? one.sameness->comparison.map : decltype(plan::Comparison::map){}) {
      lines.push_back({fmt::format("{}: captured {}, live {}", name, harmless(values.first),
                                   harmless(values.second))});
    }
  }
  return lines;
}

std::string keys_text(const ReplayedCapture& capture) {
  std::string text;
  for (const auto& file : capture.key_files) {
    text +=
        fmt::format("{}{} ({})", text.empty() ? "" : ", ", harmless(file.path), harmless(file.how));
  }
  return "keys: " + (text.empty() ? "none" : text);
}

}  // namespace

std::string run_text(const report::Style& style, const ReplayedCapture& capture, bool show_map) {
  auto text = paint(style, Colour::kBold, harmless(capture.name)) + '\n' +
              report::wrap(keys_text(capture), style.width, kIndent);
  if (!capture.note.empty()) {
    text += report::wrap("note: " + harmless(capture.note), style.width, kIndent);
  }
  text += report::wrap(harmless(capture.key_server), style.width, kIndent);
  report::Table table({
      {"#", true},
      {"GM"},
      {"group", false, 2},
      {"version", false, 1},
      {"captured"},
      {"live"},
      {"step, how"},
      {"expected", false, 3},
      {"result"}
  });
  for (const auto& one : capture.registrations) {
    table.add(
        {
            {fmt::to_string(one.captured.number)},
            {exchange::address_text(one.captured.gm)},
            {harmless(one.group)},
            {harmless(one.version)},
            {one.synthetic ? "-" : captured_text(one.captured)},
            one.live
                ? report::Cell{std::string(name_of(one.live->ending)), colour_of(one.live->ending)}
                : report::Cell{"-"},
            {one.live ? step_text(*one.live) : std::string()},
            {expected_text(one)},
            result_cell(one)
    },
        below(one, show_map));
  }
  const auto destinations = destinations_text(capture);
  return text + (table.empty() ? "" : table.text(style)) +
         (destinations.empty() ? "" : report::wrap(destinations, style.width, kIndent)) + '\n';
}

std::string run_table(report::Style style, const std::vector<ReplayedCapture>& captures) {
  style.width = std::numeric_limits<std::size_t>::max();
  report::Table table({
      {"capture"},
      {"#", true},
      {"GM"},
      {"version"},
      {"captured"},
      {"live"},
      {"expected"},
      {"result"}
  });
  for (const auto& capture : captures) {
    for (const auto& one : capture.registrations) {
      const auto how = one.live ? how_text(*one.live) : std::string();
      auto live      = std::string(one.live ? name_of(one.live->ending) : "-");
      live += how.empty() ? "" : ", ";
      live += how;
      table.add({
          {harmless(std::filesystem::path(capture.name).stem().string())},
          {fmt::to_string(one.captured.number)},
          {exchange::address_text(one.captured.gm)},
          {harmless(one.version)},
          {one.synthetic ? "-" : captured_text(one.captured)},
          {live, one.live ? colour_of(one.live->ending) : Colour::kNone},
          {expected_text(one)},
          result_cell(one)
      });
    }
  }
  return table.empty() ? "" : table.text(style);
}

std::string run_summary(const report::Style& style, const std::vector<ReplayedCapture>& captures) {
  std::map<std::string_view, std::size_t> verdicts;
  std::size_t run     = 0;
  std::size_t differs = 0;
  std::size_t not_run = 0;
  bool stopped        = false;
  for (const auto& capture : captures) {
    for (const auto& one : capture.registrations) {
      stopped |= !one.stopped.empty();
      if (const auto* const clones = one.clones()) {
        for (const auto ending : engine::kEndings) {
          if (const auto count = clones->count(ending); count > 0) {
            run += count;
            verdicts[name_of(ending)] += count;
          }
        }
        differs += one.is_inconclusive() ? 0 : clones->unexpected;
        not_run += clones->asked - clones->begun;
      } else if (one.live) {
        ++run;
        ++verdicts[name_of(one.live->ending)];
        differs += one.as_expected() || one.is_inconclusive() ? 0U : 1U;
      } else {
        ++not_run;
      }
    }
  }
  std::vector<std::string> parts;
  parts.reserve(verdicts.size());
  for (const auto& [name, count] : verdicts) {
    parts.push_back(fmt::format("{} {}", count, name));
  }
  auto text = fmt::format("{} replayed{}{}", report::count_of(run, "registration"),
                          parts.empty() ? "" : ": ", fmt::join(parts, ", "));
  if (differs != 0) {
    text += fmt::format("; {} not as expected", differs);
  } else if (run != 0 && !stopped) {
    text += "; all as expected";
  }
  if (stopped) {
    text += "; inconclusive, since it was ended early";
  }
  if (not_run != 0) {
    text += fmt::format("; {} not run", not_run);
  }
  return report::wrap(text, style.width, 0);
}

}  // namespace gdoi::cli
