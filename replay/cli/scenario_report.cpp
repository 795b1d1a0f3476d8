#include "cli/minimise.h"
#include "cli/minimised_json.h"
#include "cli/scenario_run.h"
#include "report/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace gdoi::cli {

namespace {

using Json = nlohmann::ordered_json;
using report::Colour;
using report::harmless;
using scenario::CaseResult;

constexpr std::size_t kIndent       = 2;
constexpr engine::Time kMillisecond = 1'000'000;
constexpr std::array kResults{CaseResult::kPassed, CaseResult::kFailed, CaseResult::kInconclusive,
                              CaseResult::kExpectedFailure, CaseResult::kUnexpectedPass};

Colour colour_of(CaseResult result) {
  if (scenario::is_good(result)) {
    return Colour::kGood;
  }
  return result == CaseResult::kInconclusive ? Colour::kDoubt : Colour::kBad;
}

std::string expected_text(const scenario::Case& one) {
  std::string text(name_of(one.expect.verdict));
  if (!one.expect.steps.empty()) {
    text += fmt::format(" at {}", fmt::join(one.expect.steps, " or "));
  }
  return text;
}

std::string live_text(const CaseRun& run) {
  const auto* const one = run.telling();
  if (one == nullptr || !one->live) {
    return "not run";
  }
  auto text = std::string(name_of(one->live->ending));
  if (one->live->ending != engine::Ending::kAccepted && !one->live->step.empty()) {
    text += fmt::format(" at {}", one->live->step);
  }
  if (one->live->how != registration::How::kNone) {
    text += fmt::format(", {}", scenario::Answer{one->live->how, one->live->notify_type}.text());
  }
  return text;
}

std::vector<report::Below> below(const CaseRun& run) {
  std::vector<report::Below> lines;
  if (!run.judgement.why.empty()) {
    lines.push_back(
        {fmt::format("{}: {}", name_of(run.judgement.result), harmless(run.judgement.why)),
         colour_of(run.judgement.result)});
  }
  if (!run.bundle.empty()) {
    lines.push_back({"to repeat it: gdoi-replay run " + harmless(run.bundle)});
  }
  if (!scenario::is_good(run.judgement.result) && run.telling() != nullptr) {
    for (const auto& line : run.telling()->altered) {
      lines.push_back({"changed: " + harmless(line)});
    }
    for (const auto& line : minimised_text(*run.telling())) {
      lines.push_back({harmless(line)});
    }
  }
  return lines;
}

/// The values of all axes but the first, as a column is called.
std::string column_of(const std::vector<std::string>& place) {
  return place.size() < 2 ? "verdict"
                          : fmt::format("{}", fmt::join(place.begin() + 1, place.end(), " / "));
}

report::Cell cell_of(const CaseRun& run) {
  const auto* const one = run.telling();
  const auto result     = run.judgement.result;
  auto text = std::string(one != nullptr && one->live ? name_of(one->live->ending) : "not run");
  if (result == CaseResult::kExpectedFailure) {
    text += " (known)";
  } else if (!scenario::is_good(result)) {
    text = fmt::format("!! {}{}", text, result == CaseResult::kInconclusive ? "?" : "");
  }
  return {text, colour_of(result)};
}

std::string matrix_text(report::Style style, const scenario::Matrix& matrix,
                        const std::vector<const CaseRun*>& cells) {
  std::vector<std::string> names;
  std::map<std::pair<std::string, std::string>, const CaseRun*> by_place;
  for (const auto* cell : cells) {
    const auto column = column_of(cell->one.place);
    if (std::ranges::find(names, column) == names.end()) {
      names.push_back(column);
    }
    by_place.emplace(std::pair(cell->one.place.front(), column), cell);
  }
  std::vector<report::Column> columns{{matrix.axes.front().name}};
  for (const auto& name : names) {
    columns.push_back({harmless(name)});
  }
  report::Table table(std::move(columns));
  for (const auto& value : matrix.axes.front().values) {
    std::vector<report::Cell> row{{harmless(value)}};
    for (const auto& name : names) {
      const auto found = by_place.find({value, name});
      row.push_back(found == by_place.end() ? report::Cell{"-", Colour::kDim}
                                            : cell_of(*found->second));
    }
    table.add(std::move(row));
  }
  style.width = std::numeric_limits<std::size_t>::max();
  std::vector<std::string> across;
  for (std::size_t i = 1; i < matrix.axes.size(); ++i) {
    across.push_back(harmless(matrix.axes[i].name));
  }
  auto text = fmt::format(
      "  {}: {} down, {} across; !! is not as expected\n{}", harmless(matrix.name),
      harmless(matrix.axes.front().name),
      across.empty() ? std::string("the verdict") : fmt::format("{}", fmt::join(across, " / ")),
      table.text(style));
  for (const auto* cell : cells) {
    if (!scenario::is_good(cell->judgement.result)) {
      text += report::wrap(
          fmt::format("!! {}: {}", harmless(cell->one.name), harmless(cell->judgement.why)), 100,
          kIndent);
    }
  }
  return text;
}

}  // namespace

std::string scenario_text(const report::Style& style, const ScenarioRun& run, bool quiet) {
  auto text = fmt::format("{} ({})\n", paint(style, Colour::kBold, harmless(run.scenario.name)),
                          harmless(run.scenario.path));
  for (const auto& one : run.cases) {
    if (!one.key_server.empty()) {
      text += report::wrap(harmless(one.key_server), style.width, kIndent);
      break;
    }
  }
  report::Table table({
      {"#", true},
      {"case"},
      {"live"},
      {"result"}
  });
  std::vector<std::vector<const CaseRun*>> cells(run.scenario.matrices.size());
  std::size_t number = 0;
  for (const auto& one : run.cases) {
    ++number;
    if (one.one.matrix) {
      cells.at(*one.one.matrix).push_back(&one);
    } else if (!quiet || one.judgement.result != CaseResult::kPassed) {
      table.add(
          {
              {fmt::to_string(number)},
              {harmless(one.one.name)},
              {live_text(one)},
              {std::string(name_of(one.judgement.result)), colour_of(one.judgement.result)}
      },
          below(one));
    }
  }
  if (!table.empty()) {
    text += table.text(style);
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const bool good = std::ranges::all_of(
        cells[i], [](const CaseRun* one) { return scenario::is_good(one->judgement.result); });
    if (!cells[i].empty() && !(quiet && good)) {
      text += matrix_text(style, run.scenario.matrices[i], cells[i]);
    }
  }
  for (const auto& finding : run.sanity) {
    text += report::wrap(harmless(finding), style.width, kIndent);
  }
  return text + '\n';
}

std::string scenario_summary(const std::vector<ScenarioRun>& runs) {
  std::map<CaseResult, std::size_t> counts;
  std::size_t all    = 0;
  std::size_t insane = 0;
  for (const auto& run : runs) {
    insane += run.sanity.empty() ? 0U : 1U;
    for (const auto& one : run.cases) {
      ++counts[one.judgement.result];
      ++all;
    }
  }
  std::vector<std::string> parts;
  for (const auto result : kResults) {
    if (counts[result] > 0) {
      parts.push_back(fmt::format("{} {}", counts[result], name_of(result)));
    }
  }
  auto text = fmt::format("{} in {}: {}", report::count_of(all, "case"),
                          report::count_of(runs.size(), "scenario"), fmt::join(parts, ", "));
  if (insane > 0) {
    text +=
        fmt::format("; sanity registrations failed in {}", report::count_of(insane, "scenario"));
  }
  return text;
}

std::string scenario_json(const std::vector<ScenarioRun>& runs) {
  Json scenarios = Json::array();
  for (const auto& run : runs) {
    Json cases = Json::array();
    for (const auto& each : run.cases) {
      const auto* const one = each.telling();
      Json place            = Json::object();
      for (std::size_t i = 0; i < each.one.place.size(); ++i) {
        place[run.scenario.matrices.at(*each.one.matrix).axes.at(i).name] = each.one.place[i];
      }
      const auto* const live = one != nullptr && one->live ? &*one->live : nullptr;
      cases.push_back({
          {"name",        each.one.name                                                    },
          {"clause",      each.one.clause.empty() ? Json() : Json(each.one.clause)         },
          {"line",        each.one.line                                                    },
          {"place",       std::move(place)                                                 },
          {"expected",    expected_text(each.one)                                          },
          {"result",      name_of(each.judgement.result)                                   },
          {"why",         each.judgement.why.empty() ? Json() : Json(each.judgement.why)   },
          {"verdict",     live == nullptr ? Json() : Json(name_of(live->ending))           },
          {"how",         live == nullptr || live->how == registration::How::kNone
                      ? Json()
                      : Json(name_of(live->how))                          },
          {"notify_type",
           live == nullptr || !live->notify_type ? Json() : Json(*live->notify_type)       },
          {"step",        live == nullptr || live->step.empty() ? Json() : Json(live->step)},
          {"reason",      live == nullptr ? Json() : Json(live->reason)                    },
          {"duration_ms", each.took / kMillisecond                                         },
          {"bundle",      each.bundle.empty() ? Json() : Json(each.bundle)                 },
          {"minimised",   minimised_json(one)                                              },
          {"altered",     one == nullptr ? std::vector<std::string>() : one->altered       }
      });
    }
    scenarios.push_back({
        {"file",   run.scenario.path},
        {"name",   run.scenario.name},
        {"sanity", run.sanity       },
        {"cases",  std::move(cases) }
    });
  }
  const Json all{
      {"schema",    1                   },
      {"scenarios", std::move(scenarios)}
  };
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace gdoi::cli
