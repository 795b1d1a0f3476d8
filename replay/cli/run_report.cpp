#include "cli/run_report.h"

#include "report/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>

namespace gdoi::cli {

namespace {

using engine::Ending;
using registration::Registration;
using report::Colour;
using report::harmless;
using Json = nlohmann::ordered_json;

constexpr std::size_t kIndent         = 2;
constexpr engine::Time kMillisecond   = 1'000'000;
constexpr std::string_view kKeyServer = "built-in reference KS (in memory, virtual time)";

Colour colour_of(Ending ending) {
  if (ending == Ending::kAccepted) {
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
  return one.expected ? std::string(name_of(*one.expected)) : "-";
}

report::Cell result_cell(const Replayed& one) {
  if (!one.live) {
    return {one.problem.empty() ? "not sent" : "not run", Colour::kDim};
  }
  if (!one.expected) {
    return {"-", Colour::kDim};
  }
  return one.as_expected() ? report::Cell{"as expected", Colour::kGood}
                           : report::Cell{"differs", Colour::kBad};
}

std::vector<report::Below> below(const Replayed& one, const RunReportOptions& options) {
  std::vector<report::Below> lines;
  if (one.live) {
    lines.push_back({harmless(one.live->reason)});
  }
  if (!one.problem.empty()) {
    lines.push_back({harmless(one.problem), Colour::kBad});
  }
  for (const auto& line : one.altered) {
    lines.push_back({"changed: " + harmless(line)});
  }
  for (auto line = one.key_server_log.begin(); line != one.key_server_log.end();) {
    const auto next = std::find_if(line, one.key_server_log.end(),
                                   [&](const auto& each) { return each != *line; });
    if (line->starts_with('%')) {
      const auto times = next - line;
      lines.push_back({fmt::format("KS: {}{}", harmless(*line),
                                   times > 1 ? fmt::format(" ({} times)", times) : ""),
                       Colour::kDim});
    }
    line = next;
  }
  for (const auto& message : one.plan) {
    lines.push_back(
        {fmt::format("would send {}: {} ({})", message.name, harmless(message.payloads),
                     message.captured_frame == 0
                         ? std::string("made anew")
                         : fmt::format("rebuilt from frame {}", message.captured_frame))});
  }
  if (options.show_map && one.live) {
    for (const auto& [name, values] : one.live->map) {
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

Json or_null(std::string_view text) {
  return text.empty() ? Json() : Json(text);
}

Json live_json(const Replayed& one) {
  if (!one.live) {
    return {};
  }
  const auto& live = *one.live;
  Json map         = Json::array();
  for (const auto& [name, values] : live.map) {
    map.push_back({
        {"name",     name         },
        {"captured", values.first },
        {"live",     values.second}
    });
  }
  return {
      {"verdict",         name_of(live.ending)                               },
      {"how",             or_null(name_of(live.how))                         },
      {"notify_type",     live.notify_type ? Json(*live.notify_type) : Json()},
      {"step",            or_null(live.step)                                 },
      {"reason",          live.reason                                        },
      {"duration_ms",     (live.ended - live.started) / kMillisecond         },
      {"sent",            live.sent                                          },
      {"retransmissions", live.retransmissions                               },
      {"received",        live.received                                      },
      {"map",             std::move(map)                                     }
  };
}

Json replayed_json(const ReplayedCapture& capture, const Replayed& one) {
  const auto& captured = one.captured;
  Json plan            = Json::array();
  for (const auto& message : one.plan) {
    plan.push_back({
        {"name",           message.name                                                       },
        {"captured_frame", message.captured_frame == 0 ? Json() : Json(message.captured_frame)},
        {"payloads",       message.payloads                                                   }
    });
  }
  return {
      {"file",           capture.name                                        },
      {"number",         captured.number                                     },
      {"gm",             exchange::address_text(captured.gm)                 },
      {"ks",             exchange::address_text(captured.ks)                 },
      {"group",          or_null(one.group)                                  },
      {"gm_version",     one.version                                         },
      {"captured",
       {{"outcome", name_of(captured.outcome)},
        {"how", or_null(name_of(captured.how))},
        {"step", or_null(captured.step)},
        {"reason", captured.reason}}                                         },
      {"live",           live_json(one)                                      },
      {"expected",       one.expected ? Json(name_of(*one.expected)) : Json()},
      {"as_expected",    one.live ? Json(one.as_expected()) : Json()         },
      {"altered",        one.altered                                         },
      {"plan",           std::move(plan)                                     },
      {"key_server_log", one.key_server_log                                  },
      {"problem",        or_null(one.problem)                                }
  };
}

}  // namespace

std::string run_text(const report::Style& style, const ReplayedCapture& capture,
                     const RunReportOptions& options) {
  auto text = paint(style, Colour::kBold, harmless(capture.name)) + '\n' +
              report::wrap(keys_text(capture), style.width, kIndent);
  text += report::wrap(options.dry_run ? std::string("nothing is sent: --dry-run")
                                       : fmt::format("replayed against the {}; {}", kKeyServer,
                                                     harmless(capture.policy)),
                       style.width, kIndent);
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
            {captured_text(one.captured)},
            one.live
                ? report::Cell{std::string(name_of(one.live->ending)), colour_of(one.live->ending)}
                : report::Cell{"-"},
            {one.live ? step_text(*one.live) : std::string()},
            {expected_text(one)},
            result_cell(one)
    },
        below(one, options));
  }
  return text + (table.empty() ? "" : table.text(style)) + '\n';
}

bool ReplayedCapture::is_as_expected() const {
  return problem.empty() && std::ranges::all_of(registrations, [](const Replayed& one) {
           return one.problem.empty() && one.as_expected();
         });
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
      const auto how  = one.live ? how_text(*one.live) : std::string();
      const auto live = one.live ? std::string(name_of(one.live->ending)) : "-";
      table.add({
          {harmless(std::filesystem::path(capture.name).stem().string())},
          {fmt::to_string(one.captured.number)},
          {exchange::address_text(one.captured.gm)},
          {harmless(one.version)},
          {captured_text(one.captured)},
          {live + (how.empty() ? "" : ", " + how),
           one.live ? colour_of(one.live->ending) : Colour::kNone},
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
  for (const auto& capture : captures) {
    for (const auto& one : capture.registrations) {
      if (one.live) {
        ++run;
        ++verdicts[name_of(one.live->ending)];
        differs += one.as_expected() ? 0U : 1U;
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
  if (run != 0) {
    text += differs == 0 ? "; all as expected" : fmt::format("; {} not as expected", differs);
  }
  if (not_run != 0) {
    text += fmt::format("; {} not run", not_run);
  }
  return report::wrap(text, style.width, 0);
}

std::string run_json(const std::vector<ReplayedCapture>& captures) {
  Json files         = Json::array();
  Json registrations = Json::array();
  for (const auto& capture : captures) {
    for (const auto& one : capture.registrations) {
      registrations.push_back(replayed_json(capture, one));
    }
    Json key_files = Json::array();
    for (const auto& file : capture.key_files) {
      key_files.push_back(file.path);
    }
    files.push_back({
        {"file",          capture.name                },
        {"key_files",     std::move(key_files)        },
        {"policy",        capture.policy              },
        {"error",         or_null(capture.problem)    },
        {"registrations", capture.registrations.size()}
    });
  }
  const Json all{
      {"schema",        1                       },
      {"key_server",    kKeyServer              },
      {"registrations", std::move(registrations)},
      {"files",         std::move(files)        }
  };
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace gdoi::cli
