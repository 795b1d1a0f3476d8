#include "report/test_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::report {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// Octets of the UTF-8 character at the beginning of `text` (RFC 3629 section 4); 0: none.
std::size_t character_size(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto first = octet(0);
  const auto size  = first < 0x80 ? 1U : first >> 5U == 6U ? 2U : first >> 4U == 14U ? 3U : 4U;
  if (first >= 0x80 && (first < 0xc2 || first > 0xf4)) {
    return 0;
  }
  if (text.size() < size) {
    return 0;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xc0U) != 0x80) {
      return 0;
    }
  }
  const bool too_long  = (first == 0xe0 && octet(1) < 0xa0) || (first == 0xf0 && octet(1) < 0x90);
  const bool surrogate = first == 0xed && octet(1) >= 0xa0;
  const bool too_high  = first == 0xf4 && octet(1) >= 0x90;
  const bool none      = first == 0xef && octet(1) == 0xbf && size == 3 && octet(2) >= 0xbe;
  return too_long || surrogate || too_high || none ? 0 : size;
}

std::size_t count(const TestSuite& suite, TestResult result) {
  return static_cast<std::size_t>(std::ranges::count(suite.cases, result, &TestCase::result));
}

std::size_t skipped(const TestSuite& suite) {
  return count(suite, TestResult::kSkipped) + count(suite, TestResult::kExpectedFailure);
}

double seconds(const TestSuite& suite) {
  double all = 0;
  for (const auto& one : suite.cases) {
    all += one.seconds;
  }
  return all;
}

std::string details_of(const TestCase& one) {
  std::string text;
  for (const auto& step : one.ladder) {
    for (const auto& each : step.differences) {
      text += fmt::format("{}: captured {}, live {}\n", each.address, each.captured, each.live);
    }
  }
  for (const auto& line : one.details) {
    text += line + '\n';
  }
  return escaped(text);
}

std::string outcome_of(const TestCase& one) {
  switch (one.result) {
    case TestResult::kPassed:
      return {};
    case TestResult::kFailed:
      return fmt::format("      <failure type=\"verdict\" message=\"{}\">{}</failure>\n",
                         escaped(one.why), details_of(one));
    case TestResult::kInconclusive:
      return fmt::format("      <error type=\"inconclusive\" message=\"{}\">{}</error>\n",
                         escaped(one.why), details_of(one));
    case TestResult::kExpectedFailure:
    case TestResult::kSkipped:
      return fmt::format("      <skipped message=\"{}\"/>\n", escaped(one.why));
  }
  return {};
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    const auto size = character_size(text);
    const char c    = text.front();
    if (size == 0 ||
        (size == 1 && static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') ||
        c == 0x7f) {
      made += kReplacement;
    } else if (c == '&') {
      made += "&amp;";
    } else if (c == '<') {
      made += "&lt;";
    } else if (c == '>') {
      made += "&gt;";
    } else if (c == '"') {
      made += "&quot;";
    } else {
      made += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return made;
}

std::string junit_xml(const std::vector<TestSuite>& suites) {
  std::string body;
  std::size_t tests    = 0;
  std::size_t failures = 0;
  std::size_t errors   = 0;
  double took          = 0;
  for (const auto& suite : suites) {
    const auto failed       = count(suite, TestResult::kFailed);
    const auto inconclusive = count(suite, TestResult::kInconclusive);
    body += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\">\n",
        escaped(suite.name), suite.cases.size(), failed, inconclusive, skipped(suite),
        seconds(suite));
    for (const auto& one : suite.cases) {
      const auto outcome = outcome_of(one);
      body += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"{}\n",
                          escaped(suite.name), escaped(one.name), one.seconds,
                          outcome.empty() ? "/>" : ">");
      body += outcome.empty() ? "" : outcome + "    </testcase>\n";
    }
    body += "  </testsuite>\n";
    tests += suite.cases.size();
    failures += failed;
    errors += inconclusive;
    took += seconds(suite);
  }
  return fmt::format(
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<testsuites name=\"gdoi-replay\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
             "time=\"{:.3f}\">\n",
             tests, failures, errors, took) +
         body + "</testsuites>\n";
}

}  // namespace gdoi::report
