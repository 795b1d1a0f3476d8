#include "cli/cpu_time.h"
#include "cli/replay.h"
#include "cli/run_setup.h"
#include "cli/run_text.h"
#include "cli/verbatim.h"
#include "engine/initiator.h"
#include "net/in_memory.h"
#include "plan/identity.h"
#include "protocol/crypto/algorithms.h"

#include <fmt/format.h>

#include <algorithm>

/// One registration, from its plan to its verdict.
namespace gdoi::cli {

namespace {

using engine::Ending;

constexpr engine::Time kPause = engine::kSecond;  // between two registrations in virtual time

}  // namespace

Replayed Replay::replay(plan::CapturedRegistration& captured, const plan::CapturePlan& all,
                        const std::optional<PolicyFile>& policy_file, const std::string& path) {
  Replayed report;
  begin(captured.story.started_ns, report);
  report.captured = captured.story;
  report.expected = options_.mode == Mode::kVerbatim
                        ? Ending::kWithstood
                        : expected_ending(options_.expect, captured.story.outcome);
  report.version =
      settings_.gm_version ? settings_.gm_version->text() : captured.story.gm_version.text();
  report.group = settings_.group        ? settings_.group->text
                 : captured.story.group ? captured.story.group->text
                                        : "";
  if (options_.mode == Mode::kVerbatim) {
    replay_verbatim(captured, policy_file, path, report);
    return report;
  }
  const bool psk_of_policy =
      policy_file && !settings_.psk && !captured.gm_psk && take_psk(*policy_file, captured);
  auto plan = plan::make_plan(captured, settings_, all);
  if (!plan) {
    report.problem = plan.error().text;
    return report;
  }
  if (psk_of_policy && !crypto::is_signature(plan->auth_method)) {
    report.altered.emplace_back("pre-shared key: that of the policy, since no key log has one");
  }
  report.altered.insert(report.altered.end(), plan->altered.begin(), plan->altered.end());
  carry_out(std::move(plan).value(), captured, settings_, policy_file, path, report);
  return report;
}

void Replay::carry_out(plan::Plan plan, const plan::CapturedRegistration& captured,
                       const plan::Settings& settings, const std::optional<PolicyFile>& policy_file,
                       const std::string& path, Replayed& report) {
  if (options_.dry_run) {
    show_plan(plan, options_.addresses, report);
    return;
  }
  report.ask_changes(plan.changes);
  if (path_) {
    converse(std::move(plan), nullptr, path, captured, report);
    return;
  }
  auto policy = policy_file ? policy_file->parse(calendar_)
                            : Result(policy_that_fits(captured, settings, plan));
  if (!policy) {
    report.problem = policy.error().text;
    return;
  }
  keyserver::KeyServer ks(std::move(policy).value(), plan.captured.ks, *random_);
  converse(std::move(plan), &ks, path, captured, report);
}

void Replay::converse(plan::Plan plan, keyserver::KeyServer* ks, const std::string& path,
                      const plan::CapturedRegistration& captured, Replayed& report) {
  engine::InitiatorOptions how;
  how.key_server           = path_ ? path_->key_server : plan.captured.ks;
  how.initial_contact      = options_.initial_contact;
  how.retransmission.tries = options_.retries + 1;
  how.retransmission.first =
      static_cast<engine::Time>(options_.timeout * static_cast<double>(engine::kSecond));
  how.keep_map      = options_.count == 1;
  const auto place  = source_.value_or(plan.captured.gm);
  const auto shared = std::make_shared<const plan::Plan>(std::move(plan));
  run_clones(
      [&](std::size_t index, const exchange::Endpoint& source) {
        auto each     = how;
        each.source   = source;
        each.identity = plan::identity_of_clone(*shared, index);
        return std::make_unique<engine::Initiator>(shared, std::move(each), *random_);
      },
      place, ks, path, report.synthetic ? nullptr : &captured.said, report);
}

void Replay::replay_verbatim(const plan::CapturedRegistration& captured,
                             const std::optional<PolicyFile>& policy_file, const std::string& path,
                             Replayed& report) {
  const auto script = verbatim_script(captured);
  if (!script) {
    report.problem = script.error().text;
    return;
  }
  auto how       = verbatim_options(options_);
  how.key_server = path_ ? path_->key_server : captured.story.ks;
  if (options_.dry_run) {
    report.plan = verbatim_messages(**script, how);
    return;
  }
  std::optional<keyserver::KeyServer> ks;
  if (!path_) {
    auto policy = verbatim_policy(captured, policy_file, calendar_, *random_);
    if (!policy) {
      report.problem = policy.error().text;
      return;
    }
    ks.emplace(std::move(policy).value(), captured.story.ks, *random_);
  }
  run_clones(
      [&](std::size_t /*index*/, const exchange::Endpoint& source) {
        auto each   = how;
        each.source = source;
        return std::make_unique<engine::VerbatimReplay>(*script, each, *random_);
      },
      source_.value_or(captured.story.gm), ks ? &*ks : nullptr, path, nullptr, report);
}

void Replay::run_clones(const Clones::Maker& maker, const exchange::Endpoint& place,
                        keyserver::KeyServer* ks, const std::string& path,
                        const plan::Conversation* said, Replayed& report) {
  auto pace = options_.pace;
  if (options_.mode == Mode::kVerbatim) {
    pace.per_second = 0;  // it is that of the datagrams
  }
  Progress progress(path, !options_.silent);
  Clones clones(maker, options_.count, report.expected, *record_, path, progress);
  Listener listener(clones);
  const auto cpu_before = cpu_seconds();
  const auto end        = path_ ? net::run_over_udp(listener, pace, *path_, stop_)
                                : net::run_in_memory(listener, pace, place, *ks, report.captured.ks, now_,
                                                     [this] { return stop_.requested(); });
  report.live           = clones.verdict();
  if (said != nullptr) {
    compare(*said, listener, report);
  }
  if (auto tape = listener.take_tape(); !tape.datagrams.empty()) {
    report.tape = std::make_shared<const Tape>(std::move(tape));
  }
  if (report.live) {
    report.note_changes(report.live->altered);
  }
  report.tally              = clones.tally();
  report.tally->cpu_seconds = cpu_seconds() - cpu_before;
  report.over_udp           = path_.has_value();
  now_ += kPause;
  if (ks != nullptr) {
    record_->add_keys(ks->take_key_log());
    report.key_server_log = ks->take_log();
  }
  if (report.live && report.live->bad_change) {
    report.problem =
        fmt::format("registration {}: {}", report.captured.number, report.live->reason);
    report.live.reset();
    return;
  }
  judge(report, end, clones.met_fault());
}

void Replay::compare(const plan::Conversation& said, Listener& listener, Replayed& report) const {
  report.must_be_same      = options_.expect == Expect::kSame;
  report.tells_differences = report.must_be_same || !options_.compare.empty();
  if (const auto heard = report.live ? listener.heard() : std::nullopt) {
    report.sameness = compare_with_captured(report.captured, said, *heard, *report.live, rules_);
  }
}

void Replay::judge(Replayed& report, const net::CrewEnd& end, bool met_fault) {
  if (end.interrupted || end.fault) {
    over_          = true;
    report.stopped = end.fault.value_or("interrupted");
    if (report.tally->asked > 1) {
      report.stopped +=
          fmt::format(": {} of {} were begun", report.tally->begun, report.tally->asked);
    }
    fail(kLocalFault, end.fault ? *end.fault : "interrupted; what was done until then is reported");
  } else if (met_fault) {
    exit_code_ = std::max<int>(exit_code_, kLocalFault);
  } else if (!report.as_expected()) {
    exit_code_ = std::max<int>(exit_code_, kDiffers);
  }
}

}  // namespace gdoi::cli
