// What the report of one registration says of itself, whoever prints it.

#include "cli/run_report.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::cli {

void Replayed::ask_changes(const std::vector<plan::Change>& wanted) {
  for (const auto& one : wanted) {
    changes.push_back({one.text()});
  }
}

void Replayed::note_changes(const std::vector<plan::Altered>& done) {
  for (const auto& one : done) {
    auto& change    = changes.at(one.change);
    change.made     = one.made;
    change.needless = !one.made;
    if (one.made) {
      altered.push_back(one.text);
    }
  }
}

std::string Replayed::unmade() const {
  const auto found = std::ranges::find_if(
      changes, [](const AskedChange& one) { return !one.made && !one.needless; });
  return found == changes.end() ? std::string() : found->text;
}

std::string_view why_not_made(const AskedChange& change) {
  return change.needless ? "the message has it so already" : "that message was not sent";
}

std::string first_difference(const Replayed& one) {
  if (!one.sameness || one.sameness->comparison.differences.empty()) {
    return {};
  }
  return difference_text(one.sameness->comparison.differences.front());
}

bool ReplayedCapture::is_as_expected() const {
  return problem.empty() && std::ranges::all_of(registrations, [](const Replayed& one) {
           return one.problem.empty() && one.as_expected();
         });
}

}  // namespace gdoi::cli
