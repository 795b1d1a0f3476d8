#include "cli/clones.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::cli {

namespace {

constexpr double kNano  = 1e-9;
constexpr double kMilli = 1e3;

}  // namespace

double Tally::took_ms(double share) const {
  if (took.empty()) {
    return 0;
  }
  auto ordered  = took;
  const auto at = ordered.begin() +
                  static_cast<std::ptrdiff_t>(share * static_cast<double>(ordered.size() - 1));
  std::ranges::nth_element(ordered, at);
  return kMilli * kNano * static_cast<double>(*at);
}

double Tally::seconds() const {
  return kNano * static_cast<double>(ended - began);
}

double Tally::per_second() const {
  return seconds() > 0 ? static_cast<double>(count(engine::Ending::kAccepted)) / seconds() : 0;
}

double Tally::cpu_ms_each() const {
  return begun == 0 ? 0 : kMilli * cpu_seconds / static_cast<double>(begun);
}

Clones::Clones(Maker maker, std::size_t count, std::optional<engine::Ending> expected,
               RunRecord& record, std::string captured_in)
    : maker_(std::move(maker)),
      expected_(expected),
      record_(record),
      captured_in_(std::move(captured_in)) {
  tally_.asked = count;
}

std::unique_ptr<engine::Party> Clones::member(std::size_t index, const exchange::Endpoint& source) {
  ++tally_.begun;
  return maker_(index, source);
}

void Clones::done(std::size_t /*index*/, const engine::Party& gm) {
  auto verdict = gm.verdict();
  for (const auto& one : verdict.sender_ids) {
    if (!sender_ids_.insert(one).second) {
      verdict.ending = engine::Ending::kInvalid;
      verdict.step   = "pull3";
      verdict.reason = fmt::format(
          "PULL message 4 brings sender ID {}, which another GM has been given under the same TEK "
          "(RFC 6407 section 3.5)",
          one.second);
    }
  }
  const bool unexpected = expected_ && verdict.ending != *expected_;
  ++tally_.by_ending.at(static_cast<std::size_t>(verdict.ending));
  tally_.unexpected += unexpected ? 1U : 0U;
  tally_.began = tally_.began == 0 ? verdict.started : std::min(tally_.began, verdict.started);
  tally_.ended = std::max(tally_.ended, verdict.ended);
  if (verdict.ending == engine::Ending::kAccepted) {
    tally_.took.push_back(verdict.ended - verdict.started);
  }
  met_fault_ = met_fault_ || verdict.unreachable || verdict.local_fault;
  if (!verdict_ || (unexpected && !verdict_unexpected_)) {
    verdict_            = verdict;
    verdict_unexpected_ = unexpected;
  }
  record_.add_keys(gm.key_log());
}

Status Clones::carried(engine::Time time, const engine::Outgoing& message, net::Way /*way*/) {
  const auto added = record_.add(time, message, captured_in_);
  return added ? success() : Status(Error{added.error().text});
}

}  // namespace gdoi::cli
