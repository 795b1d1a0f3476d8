#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a run found, for CI servers (JUnit XML) and for people with a browser (HTML).
namespace gdoi::report {

enum class TestResult : std::uint8_t {
  kPassed,
  kFailed,
  kInconclusive,     ///< could not be told: never a pass
  kExpectedFailure,  ///< failed, and is known to
  kSkipped           ///< nothing was expected of it
};

/// A field that differs.
struct TestDifference {
  std::string address;
  std::string captured;
  std::string live;
};

/// A message, as it was captured and as it was live; empty: not there.
struct LadderStep {
  std::string message;  ///< "pull2"
  bool from_gm = false;
  std::string captured;  ///< its payloads
  std::string live;
  std::vector<TestDifference> differences;
};

struct TestCase {
  std::string name;
  TestResult result = TestResult::kSkipped;
  std::string expected;
  std::string captured;
  std::string live;
  std::string why;                   ///< of anything but a pass
  std::vector<std::string> details;  ///< reason, changes, log lines
  std::vector<LadderStep> ladder;
  double seconds = 0;
};

/// A table of verdicts: rows and cells in order; a cell that is not as expected is marked.
struct TestMatrix {
  struct Cell {
    std::string text;
    bool good = true;
  };

  std::string name;
  std::vector<std::string> columns;  ///< the first names the rows
  std::vector<std::pair<std::string, std::vector<Cell>>> rows;
};

struct TestSuite {
  std::string name;
  std::vector<std::string> notes;
  std::vector<TestCase> cases;
  std::vector<TestMatrix> matrices;
};

/// JUnit XML (junit.xsd). A failure is `failure`, what is inconclusive is `error`, a known failure
/// and what nothing was expected of are `skipped`.
[[nodiscard]] std::string junit_xml(const std::vector<TestSuite>& suites);

/// One page that needs nothing else: totals, matrices, and for each case the messages, captured
/// beside live, differences marked. Without scripts; works with keyboard and screen reader.
[[nodiscard]] std::string html_page(const std::vector<TestSuite>& suites);

/// Text for XML and HTML, in elements and quoted attributes: characters that XML 1.0 has no place
/// for (section 2.2) become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace gdoi::report
