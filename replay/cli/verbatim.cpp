#include "cli/verbatim.h"

#include "protocol/exchange/message.h"
#include "protocol/exchange/script.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <fmt/format.h>

namespace gdoi::cli {

namespace {

constexpr std::size_t kMadeUpPsk = 16;

double seconds(engine::Time time) {
  return static_cast<double>(time) / static_cast<double>(engine::kSecond);
}

std::string payloads_of(const Bytes& octets) {
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  return exchange::payload_summary(exchange::MessageView(tree), 0);
}

}  // namespace

Result<std::shared_ptr<const engine::VerbatimScript>> verbatim_script(
    const plan::CapturedRegistration& captured) {
  if (captured.gm_datagrams.empty()) {
    return Error{
        fmt::format("registration {}: no message of its GM was captured", captured.story.number)};
  }
  auto made                = std::make_shared<engine::VerbatimScript>();
  made->captured.initiator = captured.story.initiator_cookie;
  made->captured.responder = captured.responder.value_or(keys::Cookie{});
  made->captured.gm        = captured.story.gm;
  made->captured.ks        = captured.story.ks;
  const auto began         = captured.gm_datagrams.front().time_ns;
  for (const auto& one : captured.gm_datagrams) {
    made->sent.push_back({one.frame, one.time_ns - began, one.octets});
  }
  for (const auto& one : captured.ks_datagrams) {
    made->answers.push_back(exchange::fingerprint(one.octets));
  }
  if (captured.first) {
    made->first = plan::Template{captured.first->document.clone(), 0};
  }
  return std::shared_ptr<const engine::VerbatimScript>(std::move(made));
}

engine::VerbatimOptions verbatim_options(const RunOptions& options) {
  engine::VerbatimOptions made;
  made.speed       = options.speed.value_or(1);
  made.interval    = options.pace.per_second > 0
                         ? static_cast<engine::Time>(static_cast<double>(engine::kSecond) /
                                                  options.pace.per_second)
                         : 0;
  made.probe.tries = options.retries + 1;
  made.probe.first =
      static_cast<engine::Time>(options.timeout * static_cast<double>(engine::kSecond));
  return made;
}

std::vector<PlannedMessage> verbatim_messages(const engine::VerbatimScript& script,
                                              const engine::VerbatimOptions& how) {
  std::vector<PlannedMessage> all;
  for (std::size_t i = 0; i < script.sent.size(); ++i) {
    const auto& one = script.sent[i];
    const auto at   = how.interval > 0 ? static_cast<engine::Time>(i) * how.interval
                      : how.speed > 0
                          ? static_cast<engine::Time>(static_cast<double>(one.time) / how.speed)
                          : 0;
    all.push_back({fmt::format("frame {} after {:.3f} s", one.frame, seconds(at)), one.frame,
                   payloads_of(one.octets), true});
  }
  return all;
}

Result<keyserver::Policy> verbatim_policy(const plan::CapturedRegistration& captured,
                                          const std::optional<PolicyFile>& file,
                                          engine::Calendar calendar, engine::Random& random) {
  if (file) {
    return file->parse(calendar);
  }
  Bytes made_up(kMadeUpPsk);
  random.fill(made_up);
  auto policy = keyserver::default_policy(captured.ks_psk   ? captured.ks_psk->clone()
                                          : captured.gm_psk ? captured.gm_psk->clone()
                                                            : Secret(std::move(made_up)));
  if (captured.suite) {
    if (const auto known = keyserver::proposal_named(captured.suite->text())) {
      policy.proposals.push_back(*known);
    }
  }
  policy.aggressive_mode = captured.aggressive;
  return policy;
}

std::string verbatim_objection(const RunOptions& options) {
  const bool changes = !options.settings.empty() || !options.changes.empty() ||
                       !options.psk.empty() || options.credentials.any() || options.initial_contact;
  if (changes) {
    return "--mode verbatim sends what was captured: --set, --change, --psk, --cert and "
           "--initial-contact go with --mode stateful";
  }
  if (options.expect != Expect::kAsCaptured) {
    return "--mode verbatim has one expectation, that the key server is not fooled; --expect goes "
           "with --mode stateful";
  }
  return {};
}

}  // namespace gdoi::cli
