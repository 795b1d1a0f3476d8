#include "cli/clones.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::cli {

Clones::Clones(Maker maker, std::size_t count, std::optional<engine::Ending> expected,
               RunRecord& record, std::string captured_in, Progress& progress)
    : maker_(std::move(maker)),
      expected_(expected),
      record_(record),
      captured_in_(std::move(captured_in)),
      progress_(progress) {
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
  tally_.add(verdict);
  tally_.unexpected += unexpected ? 1U : 0U;
  if (!verdict_ || (unexpected && !verdict_unexpected_)) {
    verdict_            = verdict;
    verdict_unexpected_ = unexpected;
  }
  record_.add_keys(gm.key_log());
  ++ended_;
}

Status Clones::carried(engine::Time time, const engine::Outgoing& message, net::Way way) {
  if (way == net::Way::kSent) {
    ++tally_.sent_to[message.destination];
  }
  progress_.share(ended_, tally_.asked, "registration");
  const auto added = record_.add(time, message, captured_in_);
  return added ? success() : Status(Error{added.error().text});
}

}  // namespace gdoi::cli
