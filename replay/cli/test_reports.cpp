#include "cli/test_reports.h"

#include "protocol/exchange/message.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace gdoi::cli {

namespace {

using report::TestCase;
using report::TestResult;
using report::TestSuite;
using scenario::CaseResult;

constexpr std::size_t kBlock = 16;  // of AES (RFC 3602); only bounds the padding

double seconds_of(engine::Time time) {
  return static_cast<double>(time) / static_cast<double>(engine::kSecond);
}

std::uint8_t number_of(std::string_view name) {
  const auto last = name.empty() ? '0' : name.back();
  return static_cast<std::uint8_t>(last - '0');
}

/// "SA, VID x4 (frame 3)"
std::string payloads_of(const plan::Conversation& said, const std::string& name) {
  const auto found = said.find(name);
  if (found == said.end()) {
    return {};
  }
  const auto& document = found->second.message->document;
  const auto octets    = wire::encode(document);
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  if (document.plaintext() != wire::kNoRef) {
    wire::decode_plaintext(tables::schema(), Secret(wire::encode(document, document.plaintext())),
                           kBlock, tree);
  }
  return fmt::format("{} (frame {})",
                     exchange::payload_summary(exchange::MessageView(tree), number_of(name)),
                     found->second.message->captured_frame);
}

std::vector<report::LadderStep> ladder_of(const Sameness& found) {
  std::map<std::string, exchange::Sender> names;
  for (const auto* said : {&found.captured, &found.live}) {
    for (const auto& [name, one] : *said) {
      names.emplace(name, one.sender);
    }
  }
  std::vector<report::LadderStep> made;
  for (const auto& [name, sender] : names) {
    report::LadderStep step{name,
                            sender == exchange::Sender::kGm,
                            payloads_of(found.captured, name),
                            payloads_of(found.live, name),
                            {}};
    for (const auto& one : found.comparison.differences) {
      if (one.address == name || one.address.starts_with(name + "/")) {
        step.differences.push_back({one.address, one.captured, one.live});
      }
    }
    made.push_back(std::move(step));
  }
  return made;
}

std::string live_text(const engine::Verdict& live) {
  auto text = std::string(name_of(live.ending));
  if (live.ending != engine::Ending::kAccepted && !live.step.empty()) {
    text += fmt::format(" at {}", live.step);
  }
  if (live.how != registration::How::kNone) {
    text += fmt::format(" by {}", scenario::Answer{live.how, live.notify_type}.text());
  }
  return text;
}

/// What a registration and a case have in common.
TestCase case_of(const Replayed& one) {
  TestCase made;
  made.captured = plan::outcome_text(one.captured);
  if (one.live) {
    made.live    = live_text(*one.live);
    made.seconds = seconds_of(one.live->ended - one.live->started);
    made.details.push_back(one.live->reason);
  }
  for (const auto& line : one.altered) {
    made.details.push_back("changed: " + line);
  }
  for (const auto& line :
       one.sameness ? one.sameness->comparison.unread : std::vector<std::string>()) {
    made.details.push_back("not compared: " + line);
  }
  for (const auto& line : one.key_server_log) {
    if (line.starts_with('%')) {
      made.details.push_back("KS: " + line);
    }
  }
  if (one.sameness) {
    made.ladder = ladder_of(*one.sameness);
  }
  return made;
}

TestCase registration_case(const Replayed& one) {
  auto made         = case_of(one);
  made.name         = fmt::format("registration {}: {}, group {}", one.captured.number,
                                  exchange::address_text(one.captured.gm),
                          one.group.empty() ? "unknown" : one.group);
  made.expected     = one.must_be_same ? "same"
                      : one.expected   ? std::string(name_of(*one.expected))
                                       : "";
  const bool unread = one.must_be_same && one.sameness &&
                      !one.sameness->comparison.unread.empty() &&
                      one.sameness->comparison.differences.empty();
  if (one.is_inconclusive()) {
    made.result = TestResult::kInconclusive;
    made.why    = one.stopped;
  } else if (!one.live) {
    made.result = TestResult::kInconclusive;
    made.why    = one.problem.empty() ? "it was not run" : one.problem;
  } else if (one.live->ending == engine::Ending::kAborted) {
    made.result = TestResult::kInconclusive;
    made.why    = one.live->reason;
  } else if (!one.expected && !one.must_be_same) {
    made.result = TestResult::kSkipped;
    made.why    = "nothing was expected: the captured registration is incomplete";
  } else if (one.as_expected()) {
    made.result = TestResult::kPassed;
  } else if (unread && one.live->ending == one.expected.value_or(one.live->ending)) {
    made.result = TestResult::kInconclusive;
    made.why    = "not compared: " + one.sameness->comparison.unread.front();
  } else {
    made.result      = TestResult::kFailed;
    const auto first = one.must_be_same ? first_difference(one) : std::string();
    made.why         = first.empty()
                           ? fmt::format("{} was expected, and it was {}", made.expected, made.live)
                           : first;
  }
  return made;
}

TestResult result_of(CaseResult result) {
  switch (result) {
    case CaseResult::kPassed:
      return TestResult::kPassed;
    case CaseResult::kExpectedFailure:
      return TestResult::kExpectedFailure;
    case CaseResult::kInconclusive:
      return TestResult::kInconclusive;
    case CaseResult::kFailed:
    case CaseResult::kUnexpectedPass:
      break;
  }
  return TestResult::kFailed;
}

TestCase scenario_case(const CaseRun& run) {
  auto made = run.telling() == nullptr ? TestCase{} : case_of(*run.telling());
  made.name =
      run.one.clause.empty() ? run.one.name : fmt::format("{} ({})", run.one.name, run.one.clause);
  made.result   = result_of(run.judgement.result);
  made.expected = std::string(name_of(run.one.expect.verdict));
  made.why      = run.judgement.why;
  made.seconds  = seconds_of(run.took);
  return made;
}

report::TestMatrix matrix_of(const ScenarioRun& run, std::size_t index) {
  const auto& matrix = run.scenario.matrices[index];
  report::TestMatrix made{matrix.name, {matrix.axes.front().name}, {}};
  std::map<std::pair<std::string, std::string>, const CaseRun*> cells;
  for (const auto& one : run.cases) {
    if (one.one.matrix == index) {
      const auto& place = one.one.place;
      const auto column = fmt::format("{}", fmt::join(place.begin() + 1, place.end(), " / "));
      if (std::ranges::find(made.columns.begin() + 1, made.columns.end(), column) ==
          made.columns.end()) {
        made.columns.push_back(column);
      }
      cells.emplace(std::pair(place.front(), column), &one);
    }
  }
  for (const auto& value : matrix.axes.front().values) {
    auto& row = made.rows.emplace_back(value, std::vector<report::TestMatrix::Cell>());
    for (std::size_t i = 1; i < made.columns.size(); ++i) {
      const auto found = cells.find({value, made.columns[i]});
      if (found == cells.end()) {
        row.second.push_back({"left out", true});
        continue;
      }
      const auto* const live = found->second->telling();
      row.second.push_back({live != nullptr && live->live ? std::string(name_of(live->live->ending))
                                                          : std::string("not run"),
                            scenario::is_good(found->second->judgement.result)});
    }
  }
  return made;
}

}  // namespace

std::vector<TestSuite> suites_of(const std::vector<ReplayedCapture>& captures) {
  std::vector<TestSuite> made;
  for (const auto& capture : captures) {
    TestSuite suite{capture.name, {capture.key_server}, {}, {}};
    if (!capture.note.empty()) {
      suite.notes.push_back("note: " + capture.note);
    }
    for (const auto& one : capture.registrations) {
      suite.cases.push_back(registration_case(one));
    }
    if (!capture.problem.empty()) {
      TestCase broken;
      broken.name   = "reading the capture";
      broken.result = TestResult::kInconclusive;
      broken.why    = capture.problem;
      suite.cases.push_back(std::move(broken));
    }
    made.push_back(std::move(suite));
  }
  return made;
}

std::vector<TestSuite> suites_of(const std::vector<ScenarioRun>& runs) {
  std::vector<TestSuite> made;
  for (const auto& run : runs) {
    TestSuite suite{run.scenario.name, {}, {}, {}};
    if (!run.scenario.description.empty()) {
      suite.notes.push_back(run.scenario.description);
    }
    for (const auto& one : run.cases) {
      suite.cases.push_back(scenario_case(one));
    }
    for (const auto& finding : run.sanity) {
      TestCase insane;
      insane.name   = "sanity registration";
      insane.result = TestResult::kFailed;
      insane.why    = finding;
      suite.cases.push_back(std::move(insane));
    }
    for (std::size_t i = 0; i < run.scenario.matrices.size(); ++i) {
      suite.matrices.push_back(matrix_of(run, i));
    }
    made.push_back(std::move(suite));
  }
  return made;
}

Result<std::monostate, Failure> write_reports(const RunOptions& options,
                                              const std::vector<TestSuite>& suites) {
  if (!options.junit.empty()) {
    if (auto done = write_report_file(options.junit, report::junit_xml(suites), options.force);
        !done) {
      return done;
    }
  }
  return options.html.empty()
             ? Result<std::monostate, Failure>(std::monostate{})
             : write_report_file(options.html, report::html_page(suites), options.force);
}

}  // namespace gdoi::cli
