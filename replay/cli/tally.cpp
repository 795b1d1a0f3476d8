#include "cli/tally.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gdoi::cli {

namespace {

using engine::Cause;
using engine::Ending;

constexpr double kNano  = 1e-9;
constexpr double kMilli = 1e3;

}  // namespace

double Times::ms(double share) const {
  if (all_.empty()) {
    return 0;
  }
  const auto count = static_cast<double>(all_.size());
  const auto rank  = std::clamp(std::ceil(share * count), 1.0, count);
  auto ordered     = all_;
  const auto at    = ordered.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::ranges::nth_element(ordered, at);
  return kMilli * kNano * static_cast<double>(*at);
}

std::size_t Tally::done() const {
  return std::accumulate(by_ending.begin(), by_ending.end(), std::size_t{0});
}

std::size_t Tally::count(Cause cause) const {
  const auto noted = by_cause.at(static_cast<std::size_t>(cause));
  const auto mute  = by_cause.at(static_cast<std::size_t>(Cause::kNoAnswer));
  if (cause == Cause::kNoAnswer) {
    return answered > 0 ? icmp_errors : noted;
  }
  return cause == Cause::kThrottled && answered > 0 ? mute - icmp_errors : noted;
}

void Tally::add(const engine::Verdict& verdict) {
  ++by_ending.at(static_cast<std::size_t>(verdict.ending));
  ++by_cause.at(static_cast<std::size_t>(cause_of(verdict)));
  icmp_errors += verdict.icmp_error ? 1U : 0U;
  answered += verdict.received > 0 ? 1U : 0U;
  began = began == 0 ? verdict.started : std::min(began, verdict.started);
  ended = std::max(ended, verdict.ended);
  if (verdict.phase1_complete != 0) {
    phase1.add(verdict.phase1_complete - verdict.started);
  }
  if (verdict.ending == Ending::kAccepted) {
    pull.add(verdict.ended - verdict.phase1_complete);
    whole.add(verdict.ended - verdict.started);
  }
}

double Tally::seconds() const {
  return kNano * static_cast<double>(ended - began);
}

double Tally::per_second() const {
  return seconds() > 0 ? static_cast<double>(count(Ending::kAccepted)) / seconds() : 0;
}

double Tally::cpu_ms_each() const {
  return begun == 0 ? 0 : kMilli * cpu_seconds / static_cast<double>(begun);
}

}  // namespace gdoi::cli
