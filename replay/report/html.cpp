#include "report/test_report.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gdoi::report {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --good: #1a7f37; --bad: #b42318; --doubt: #8a5a00; --line: #8886; }
@media (prefers-color-scheme: dark) { :root { --good: #57c778; --bad: #ff8f80; --doubt: #e6b450; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem; overflow-wrap: anywhere; }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
:focus-visible { outline: 3px solid #2f6fed; outline-offset: 2px; }
table { border-collapse: collapse; margin: .5rem 0 1rem; } caption { text-align: left; font-weight: 600; }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
.wide { overflow-x: auto; overflow-wrap: normal; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .2rem .8rem; }
summary { cursor: pointer; padding: .3rem 0; }
.good { color: var(--good); } .bad { color: var(--bad); } .doubt { color: var(--doubt); }
.result { font-weight: 700; }
tr.differs > :first-child { border-left: 4px solid var(--bad); }
mark { background: #ffd33d66; color: inherit; }
)";

struct ResultInfo {
  TestResult result;
  std::string_view name;
  std::string_view style;
};

constexpr std::array kResults = {
    ResultInfo{TestResult::kPassed,          "passed",           "good" },
    ResultInfo{TestResult::kFailed,          "failed",           "bad"  },
    ResultInfo{TestResult::kInconclusive,    "inconclusive",     "doubt"},
    ResultInfo{TestResult::kExpectedFailure, "expected failure", "doubt"},
    ResultInfo{TestResult::kSkipped,         "nothing expected", "doubt"}
};

const ResultInfo& info_of(TestResult result) {
  return *std::ranges::find(kResults, result, &ResultInfo::result);
}

std::string totals(const std::vector<TestSuite>& suites) {
  std::string rows;
  for (const auto& suite : suites) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(suite.name));
    for (const auto& info : kResults) {
      const auto count = std::ranges::count(suite.cases, info.result, &TestCase::result);
      rows += fmt::format("<td{}>{}</td>",
                          count == 0 ? "" : fmt::format(" class=\"{}\"", info.style), count);
    }
    rows += "</tr>\n";
  }
  std::string heads;
  for (const auto& info : kResults) {
    heads += fmt::format("<th scope=\"col\">{}</th>", info.name);
  }
  return fmt::format(
      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Totals\">\n<table><caption>"
      "Totals</caption>\n<thead><tr><th scope=\"col\">of</th>{}</tr></thead>\n<tbody>\n{}</tbody>"
      "</table></div>\n",
      heads, rows);
}

std::string matrix(const TestMatrix& one) {
  std::string heads;
  for (const auto& column : one.columns) {
    heads += fmt::format("<th scope=\"col\">{}</th>", escaped(column));
  }
  std::string rows;
  for (const auto& [name, cells] : one.rows) {
    rows += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(name));
    for (const auto& cell : cells) {
      rows += cell.good ? fmt::format("<td>{}</td>", escaped(cell.text))
                        : fmt::format("<td class=\"bad\"><mark>{}, not as expected</mark></td>",
                                      escaped(cell.text));
    }
    rows += "</tr>\n";
  }
  return fmt::format(
      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">\n<table><caption>{0}"
      "</caption>\n<thead><tr>{1}</tr></thead>\n<tbody>\n{2}</tbody></table></div>\n",
      escaped(one.name), heads, rows);
}

std::string message_cell(const std::string& text) {
  return text.empty() ? "<td>not there</td>" : fmt::format("<td>{}</td>", escaped(text));
}

std::string ladder(const TestCase& one) {
  if (one.ladder.empty()) {
    return {};
  }
  std::string rows;
  for (const auto& step : one.ladder) {
    const bool differs = !step.differences.empty();
    rows += fmt::format("<tr{}><th scope=\"row\">{}</th><td>{}</td>{}{}</tr>\n",
                        differs ? " class=\"differs\"" : "", escaped(step.message),
                        step.from_gm ? "GM → KS" : "GM ← KS", message_cell(step.captured),
                        message_cell(step.live));
    for (const auto& each : step.differences) {
      rows += fmt::format(
          "<tr class=\"differs\"><td></td><td><code>{}</code></td><td><mark>{}</mark></td>"
          "<td><mark>{}</mark></td></tr>\n",
          escaped(each.address), escaped(each.captured), escaped(each.live));
    }
  }
  return fmt::format(
      "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Messages of {0}\">\n<table>"
      "<caption>Messages, captured beside live; what differs is marked</caption>\n<thead><tr>"
      "<th scope=\"col\">message</th><th scope=\"col\">direction</th><th scope=\"col\">captured"
      "</th><th scope=\"col\">live</th></tr></thead>\n<tbody>\n{1}</tbody></table></div>\n",
      escaped(one.name), rows);
}

std::string test_case(const TestCase& one) {
  const auto& info = info_of(one.result);
  const bool open  = one.result == TestResult::kFailed || one.result == TestResult::kInconclusive;
  std::string facts;
  for (const auto& [name, value] :
       {std::pair("expected", &one.expected), std::pair("captured", &one.captured),
        std::pair("live", &one.live), std::pair("why", &one.why)}) {
    if (!value->empty()) {
      facts +=
          fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", name, escaped(*value));
    }
  }
  std::string lines;
  for (const auto& line : one.details) {
    lines += fmt::format("<li>{}</li>\n", escaped(line));
  }
  return fmt::format(
      "<details{}><summary><span class=\"result {}\">{}</span> {}</summary>\n{}{}{}</details>\n",
      open ? " open" : "", info.style, info.name, escaped(one.name),
      facts.empty() ? "" : fmt::format("<table><tbody>\n{}</tbody></table>\n", facts),
      lines.empty() ? "" : fmt::format("<ul>\n{}</ul>\n", lines), ladder(one));
}

}  // namespace

std::string html_page(const std::vector<TestSuite>& suites) {
  std::string body;
  for (const auto& suite : suites) {
    body += fmt::format("<section>\n<h2>{}</h2>\n", escaped(suite.name));
    for (const auto& note : suite.notes) {
      body += fmt::format("<p>{}</p>\n", escaped(note));
    }
    for (const auto& one : suite.matrices) {
      body += matrix(one);
    }
    for (const auto& one : suite.cases) {
      body += test_case(one);
    }
    body += "</section>\n";
  }
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>gdoi-replay: {} of {} not as expected</title>\n<style>{}</style>\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#results\">To the results</a>\n"
      "<header><h1>Replay of GDOI registrations</h1></header>\n<main id=\"results\">\n{}{}</main>\n"
      "</body>\n</html>\n",
      [&] {
        std::ptrdiff_t bad = 0;
        for (const auto& suite : suites) {
          bad += std::ranges::count_if(suite.cases, [](const TestCase& one) {
            return one.result == TestResult::kFailed || one.result == TestResult::kInconclusive;
          });
        }
        return bad;
      }(),
      [&] {
        std::size_t all = 0;
        for (const auto& suite : suites) {
          all += suite.cases.size();
        }
        return all;
      }(),
      kStyle, totals(suites), body);
}

}  // namespace gdoi::report
