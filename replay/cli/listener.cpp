#include "cli/listener.h"

#include "protocol/keys/key_log.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gdoi::cli {

namespace {

// A registration takes a dozen; a KS that floods must not make the tool grow.
constexpr std::size_t kMostKept = 1'000;

}  // namespace

void Listener::done(std::size_t index, const engine::Party& gm) {
  if (size() == 1) {
    tape_.key_log = gm.key_log();
  }
  crew_.done(index, gm);
}

Status Listener::carried(engine::Time time, const engine::Outgoing& message, net::Way way) {
  if (size() == 1 && tape_.datagrams.size() < kMostKept) {
    tape_.datagrams.push_back({time, message});
  }
  return crew_.carried(time, message, way);
}

std::optional<plan::Heard> Listener::heard() const {
  keys::KeyRing ring;
  if (auto log = keys::parse_key_log(fmt::format("{}\n", fmt::join(tape_.key_log, "\n")), "live")) {
    ring = std::move(log->ring);
  }
  auto all = plan::listen(tape_.datagrams, std::move(ring));
  return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

}  // namespace gdoi::cli
