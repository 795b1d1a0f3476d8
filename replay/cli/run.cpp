#include "cli/run.h"

#include "cli/exit_code.h"
#include "cli/key_files.h"
#include "cli/run_record.h"
#include "cli/run_report.h"
#include "keyserver/keyserver.h"
#include "net/in_memory.h"
#include "net/os_random.h"
#include "protocol/exchange/message.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>

namespace gdoi::cli {

namespace {

using engine::Ending;
using registration::Outcome;

constexpr std::size_t kBlockSize = 16;
constexpr std::size_t kGenericId = 4;  // type, protocol and port (RFC 2407 section 4.6.2)
constexpr std::uint16_t kPskAuth = 1;  // RFC 2409 appendix A
constexpr engine::Time kPause    = engine::kSecond;  // between two registrations
constexpr std::string_view kDefaultPolicy =
    "default policy: KEK 7 days, TEK 1 h, long SA lifetimes on; PSK and group as the GM has them";

engine::Time wall_clock() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::optional<Ending> expected_ending(Expect expect, Outcome captured) {
  switch (expect) {
    case Expect::kAccepted:
      return Ending::kAccepted;
    case Expect::kRefused:
      return Ending::kRefused;
    case Expect::kAsCaptured:
      break;
  }
  if (captured == Outcome::kRegistered) {
    return Ending::kAccepted;
  }
  return captured == Outcome::kRefused ? std::optional(Ending::kRefused) : std::nullopt;
}

std::string payloads_of(const wire::Document& document, std::uint8_t number) {
  const auto octets = wire::encode(document);
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  if (document.plaintext() != wire::kNoRef) {
    wire::decode_plaintext(tables::schema(), Secret(wire::encode(document, document.plaintext())),
                           kBlockSize, tree);
  }
  return exchange::payload_summary(exchange::MessageView(tree), number);
}

std::vector<PlannedMessage> messages_of(const plan::Plan& plan) {
  const auto one = [](std::string name, const plan::Template& from, std::uint8_t number) {
    return PlannedMessage{std::move(name), from.captured_frame, payloads_of(from.document, number)};
  };
  return {one("main mode message 1", plan.mm1, 1), one("main mode message 3", plan.mm3, 3),
          one("main mode message 5", plan.mm5, 5), one("PULL message 1", plan.pull1, 1),
          one("PULL message 3", plan.pull3, 3)};
}

/// A policy file that is read anew for each key server: secrets are not copied.
struct PolicyFile {
  std::string path;
  std::string text;
  std::string why;  ///< path, and who named it

  /// Error also where it is no policy.
  static Result<PolicyFile> read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      return Error{path + ": cannot be opened"};
    }
    PolicyFile made{
        path, {std::istreambuf_iterator<char>(file), {}},
         path
    };
    const auto policy = made.parse();
    return policy ? Result(std::move(made)) : Result<PolicyFile>(policy.error());
  }

  [[nodiscard]] Result<keyserver::Policy> parse() const {
    return keyserver::parse_policy(text, path);
  }
};

class Replay {
 public:
  Replay(const RunOptions& options, std::ostream& out, std::ostream& err)
      : options_(options), out_(out), err_(err), style_(output_style(options.colour)) {}

  int run() {
    if (!read_settings() || !read_policy() || !open_record()) {
      return exit_code_;
    }
    if (options_.seed) {
      random_ = std::make_unique<engine::SeededRandom>(*options_.seed);
    } else {
      random_ = std::make_unique<net::OsRandom>();
      now_    = wall_clock();
    }
    for (const auto& path : options_.captures) {
      replay_capture(path);
    }
    if (record_ && !options_.dry_run) {
      if (const auto closed = record_->close(); !closed) {
        fail(closed.error().code, closed.error().text);
      }
    }
    if (options_.table && !options_.json) {
      out_ << run_table(style_, captures_);
    }
    out_ << (options_.json ? run_json(captures_) : run_summary(style_, captures_));
    return exit_code_;
  }

 private:
  void fail(int code, const std::string& text) {
    out_.flush();
    err_ << "gdoi-replay run: " << report::harmless(text) << '\n';
    exit_code_ = std::max(exit_code_, code);
  }

  bool read_settings() {
    if (!options_.psk.empty()) {
      auto psk = plan::parse_psk(options_.psk);
      if (!psk) {
        fail(kBadInput, "--psk: " + psk.error().text);
        return false;
      }
      settings_.psk = std::move(psk).value();
    }
    return std::ranges::all_of(options_.settings, [this](const auto& one) {
      const auto status = plan::set(settings_, one);
      if (!status) {
        fail(kBadInput, status.error().text);
      }
      return status.ok();
    });
  }

  bool read_policy() {
    if (options_.policy.empty()) {
      return true;
    }
    auto policy = PolicyFile::read(options_.policy);
    if (!policy) {
      fail(kBadInput, policy.error().text);
      return false;
    }
    policy_ = std::move(policy).value();
    return true;
  }

  /// --policy, else the one that a manifest names for the capture, else none: the default.
  Result<std::optional<PolicyFile>> policy_for(const std::string& path) {
    const auto entry =
        policy_ ? Result(std::optional<report::ManifestCapture>()) : manifests_.find(path);
    if (!entry || !*entry || !(*entry)->policy) {
      return policy_;
    }
    auto policy = PolicyFile::read((*entry)->policy->lexically_normal().string());
    if (!policy) {
      return policy.error();
    }
    policy->why = fmt::format("{} (named by {})", policy->path, manifests_.found_in().string());
    return std::optional(std::move(policy).value());
  }

  bool open_record() {
    auto record = RunRecord::open(options_.record, options_.key_log, options_.force);
    if (!record) {
      fail(record.error().code, record.error().text);
      return false;
    }
    record_ = std::move(record).value();
    return true;
  }

  Result<plan::CapturePlan> read_capture(const std::string& path, ReplayedCapture& into) {
    keys::KeyRing ring;
    if (!options_.without_keys) {
      into.key_files = choose_key_files(path, options_.key_files, manifests_);
      auto log       = read_key_files(into.key_files);
      if (!log) {
        return log.error();
      }
      ring = std::move(log->ring);
    }
    capture::ReaderOptions reading;
    reading.ports = options_.ports;
    auto reader   = path == "-" ? capture::Reader::open_stream(stdin, "standard input", reading)
                                : capture::Reader::open_file(path, reading);
    if (!reader) {
      return reader.error();
    }
    return plan::plan_capture(*reader, std::move(ring));
  }

  void replay_capture(const std::string& path) {
    ReplayedCapture report;
    report.name  = path;
    auto capture = read_capture(path, report);
    auto policy  = policy_for(path);
    if (!capture || !policy) {
      report.problem = capture ? policy.error().text : capture.error().text;
      fail(kBadInput, report.problem);
      captures_.push_back(std::move(report));
      return;
    }
    report.policy = *policy ? "policy: " + (*policy)->why : std::string(kDefaultPolicy);
    for (auto& one : capture->registrations) {
      if (!options_.registration || one.story.number == *options_.registration) {
        report.registrations.push_back(replay(one, *capture, *policy, path));
      }
    }
    if (!options_.json && !options_.table && !(options_.quiet && report.is_as_expected())) {
      out_ << run_text(style_, report, {options_.show_map, options_.dry_run});
    }
    if (report.registrations.empty()) {
      fail(kBadInput, options_.registration
                          ? fmt::format("{}: there is no registration {}; there are {}", path,
                                        *options_.registration, capture->registrations.size())
                          : path + ": there is no registration to replay");
    }
    for (const auto& one : report.registrations) {
      if (!one.problem.empty()) {
        fail(kBadInput, fmt::format("{}: {}", path, one.problem));
      }
    }
    if (!capture->problem.empty()) {
      fail(kBadInput, capture->problem);
      report.problem = capture->problem;
    }
    captures_.push_back(std::move(report));
  }

  Replayed replay(plan::CapturedRegistration& captured, const plan::CapturePlan& all,
                  const std::optional<PolicyFile>& policy_file, const std::string& path) {
    Replayed report;
    report.captured = captured.story;
    report.expected = expected_ending(options_.expect, captured.story.outcome);
    report.version =
        settings_.gm_version ? settings_.gm_version->text() : captured.story.gm_version.text();
    report.group = settings_.group        ? settings_.group->text
                   : captured.story.group ? captured.story.group->text
                                          : "";
    if (policy_file && !settings_.psk && !captured.gm_psk) {
      take_psk(*policy_file, captured, report);
    }
    auto plan = plan::make_plan(captured, settings_, all);
    if (!plan) {
      report.problem = plan.error().text;
      return report;
    }
    report.altered.insert(report.altered.end(), plan->altered.begin(), plan->altered.end());
    if (options_.dry_run) {
      report.plan = messages_of(*plan);
      return report;
    }
    auto policy = policy_file ? policy_file->parse() : Result(default_policy(captured, *plan));
    if (!policy) {
      report.problem = policy.error().text;
      return report;
    }
    converse(std::move(plan).value(), std::move(policy).value(), path, report);
    return report;
  }

  /// A GM whose pre-shared key nobody told has the one that the policy holds for its address.
  static void take_psk(const PolicyFile& file, plan::CapturedRegistration& captured,
                       Replayed& report) {
    const auto policy     = file.parse();
    const auto* const psk = policy ? policy->psk_for(captured.story.gm) : nullptr;
    if (psk != nullptr) {
      captured.gm_psk = std::make_shared<const Secret>(psk->secret.clone());
      report.altered.emplace_back("pre-shared key: that of the policy, since no key log has one");
    }
  }

  /// What the GM has is what the KS grants: its PSK (or the one that the KS had, where the key log
  /// tells them apart) and its group; the captured suite beside the usual ones.
  [[nodiscard]] keyserver::Policy default_policy(const plan::CapturedRegistration& captured,
                                                 const plan::Plan& plan) const {
    const bool of_ks = !settings_.psk && captured.ks_psk;
    auto policy = keyserver::default_policy(of_ks ? captured.ks_psk->clone() : plan.psk.clone());
    for (const auto& suite : {settings_.cipher, captured.suite}) {
      if (suite && suite->auth_method == kPskAuth) {
        const auto known = keyserver::proposal_named(suite->text());
        if (known) {
          policy.proposals.push_back(*known);
        }
      }
    }
    const auto body = plan::group_body(plan);
    if (body && body->size() > kGenericId) {
      auto& group         = policy.groups.front();
      group.identity.type = body->front();
      group.identity.data = Bytes(body->begin() + kGenericId, body->end());
      group.name          = settings_.group        ? settings_.group->text
                            : captured.story.group ? captured.story.group->text
                                                   : group.name;
    }
    return policy;
  }

  void converse(plan::Plan plan, keyserver::Policy policy, const std::string& path,
                Replayed& report) {
    engine::InitiatorOptions how;
    how.source               = plan.captured.gm;
    how.key_server           = plan.captured.ks;
    how.initial_contact      = options_.initial_contact;
    how.retransmission.tries = options_.retries + 1;
    how.retransmission.first =
        static_cast<engine::Time>(options_.timeout * static_cast<double>(engine::kSecond));
    if (now_ == 0) {
      now_ = report.captured.started_ns;
    }
    engine::Initiator gm(std::make_shared<const plan::Plan>(std::move(plan)), how, *random_);
    keyserver::KeyServer ks(std::move(policy), how.key_server, *random_);
    const auto sent = net::run_in_memory(gm, how.source, ks, how.key_server, now_);
    for (const auto& one : sent) {
      if (const auto added = record_->add(one.time, one.message, path); !added) {
        fail(added.error().code, added.error().text);
        break;
      }
    }
    now_ = std::max(gm.verdict().ended, sent.empty() ? now_ : sent.back().time) + kPause;
    record_->add_keys(gm.key_log());
    record_->add_keys(ks.take_key_log());
    report.live           = gm.verdict();
    report.key_server_log = ks.take_log();
    if (report.live->local_fault || report.live->unreachable) {
      exit_code_ = std::max<int>(exit_code_, kLocalFault);
    } else if (!report.as_expected()) {
      exit_code_ = std::max<int>(exit_code_, kDiffers);
    }
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const RunOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  report::Style style_;
  plan::Settings settings_;
  std::optional<PolicyFile> policy_;
  std::optional<RunRecord> record_;
  std::unique_ptr<engine::Random> random_;
  engine::Time now_ = 0;  ///< virtual; with a seed it begins with the first captured registration
  Manifests manifests_;
  std::vector<ReplayedCapture> captures_;
  int exit_code_ = kAsExpected;
};

}  // namespace

int run(const RunOptions& options, std::ostream& out, std::ostream& err) {
  return Replay(options, out, err).run();
}

}  // namespace gdoi::cli
