#include "cli/run_setup.h"

#include "cli/run_files.h"
#include "cli/run_text.h"
#include "net/address.h"
#include "net/udp_socket.h"
#include "protocol/base/text_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gdoi::cli {

Result<Ways, Failure> find_ways(const RunOptions& options) {
  Ways ways;
  if (!options.source.empty()) {
    const auto source = net::resolve(options.source, 0);
    if (!source) {
      return Failure{kBadInput, "--source: " + source.error().text};
    }
    ways.source = *source;
  }
  if (options.key_server.empty() || options.dry_run) {
    return ways;
  }
  const auto key_server = net::resolve(options.key_server, net::kGdoiPort);
  if (!key_server) {
    return Failure{kBadInput, "--ks: " + key_server.error().text};
  }
  if (key_server->port == 0) {
    return Failure{kBadInput, "--ks: " + options.key_server + " has no port to send to"};
  }
  const auto source = ways.source ? Result(*ways.source) : net::source_towards(*key_server);
  if (!source) {
    return Failure{kLocalFault, source.error().text};
  }
  if (source->family != key_server->family) {
    return Failure{kBadInput, fmt::format("--source {} and --ks {} are of two IP versions",
                                          options.source, options.key_server)};
  }
  ways.path = net::UdpPath{*key_server, *source, options.marker};
  return ways;
}

Status read_words(const RunOptions& options, plan::Settings& settings) {
  if (!options.psk.empty()) {
    auto psk = plan::parse_psk(options.psk);
    if (!psk) {
      return Error{"--psk: " + psk.error().text};
    }
    settings.psk = std::move(psk).value();
  }
  for (const auto& one : options.settings) {
    if (auto status = plan::set(settings, one); !status) {
      return status;
    }
  }
  for (const auto& one : options.changes) {
    auto change = plan::parse_change(one);
    if (!change) {
      return Error{"--change " + change.error().text};
    }
    settings.changes.push_back(std::move(change).value());
  }
  return success();
}

Result<std::optional<PolicyFile>> named_policy(const RunOptions& options) {
  if (options.policy.empty()) {
    return std::optional<PolicyFile>();
  }
  auto policy = PolicyFile::read(options.policy, options.policy_values);
  return policy ? Result(std::optional(std::move(policy).value()))
                : Result<std::optional<PolicyFile>>(policy.error());
}

Result<std::optional<PolicyFile>> policy_named_by(Manifests& manifests,
                                                  const std::string& capture) {
  const auto entry = manifests.find(capture);
  if (!entry || !*entry || !(*entry)->policy) {
    return std::optional<PolicyFile>();
  }
  auto policy = PolicyFile::read((*entry)->policy->lexically_normal().string());
  if (!policy) {
    return policy.error();
  }
  policy->why = fmt::format("{} (named by {})", policy->path, manifests.found_in().string());
  return std::optional(std::move(policy).value());
}

Result<plan::CapturePlan> read_capture(const RunOptions& options, Manifests& manifests,
                                       const std::string& path, ReplayedCapture& into) {
  keys::KeyRing ring;
  if (!options.without_keys) {
    into.key_files = choose_key_files(path, options.key_files, manifests);
    auto log       = read_key_files(into.key_files);
    if (!log) {
      return log.error();
    }
    ring = std::move(log->ring);
  }
  capture::ReaderOptions reading;
  reading.ports = options.ports;
  auto reader   = path == "-" ? capture::Reader::open_stream(stdin, "standard input", reading)
                              : capture::Reader::open_file(path, reading);
  if (!reader) {
    return reader.error();
  }
  auto made = plan::plan_capture(*reader, std::move(ring), options.mode == Mode::kVerbatim);
  std::vector<std::string_view> names;
  names.reserve(into.key_files.size());
  for (const auto& file : into.key_files) {
    names.push_back(file.path);
  }
  for (auto& one : made.registrations) {
    one.key_files = fmt::format("{}", fmt::join(names, " or "));
  }
  return made;
}

Result<DescribedGm> read_gm(const RunOptions& options,
                            const std::optional<exchange::Endpoint>& source,
                            const std::optional<net::UdpPath>& way, const std::string& path) {
  const auto text = read_text_file(path);
  if (!text) {
    return text.error();
  }
  auto read = plan::parse_gm(*text, path);
  if (!read) {
    return read.error();
  }
  DescribedGm made{std::move(read).value(), nullptr};
  if (const auto words = read_words(options, made.settings); !words) {
    return words.error();
  }
  auto loaded =
      read_credentials(options.credentials.any() ? options.credentials : made.credentials);
  if (!loaded) {
    return loaded.error();
  }
  made.loaded               = std::move(loaded).value();
  made.settings.credentials = made.loaded;
  auto& story               = made.registration.story;
  if (way || source) {
    const auto port = story.gm.port;
    story.gm        = way ? way->source : *source;
    story.gm.port   = story.gm.port == 0 ? port : story.gm.port;
  }
  if (way) {
    story.ks = way->key_server;
  } else if (story.gm.family != story.ks.family) {
    constexpr std::size_t kLast = 15;
    story.ks                    = story.gm;
    story.ks.address.at(kLast) ^= 1U;
  }
  return made;
}

Replayed described(const RunOptions& options, const DescribedGm& gm) {
  Replayed one;
  one.synthetic = true;
  one.captured  = gm.registration.story;
  one.expected  = expected_ending(options.expect, registration::Outcome::kRegistered);
  one.version   = gm.settings.gm_version ? gm.settings.gm_version->text() : "not announced";
  one.group     = gm.settings.group ? gm.settings.group->text : "";
  auto settings = options.settings;
  if (!options.psk.empty()) {
    settings.insert(settings.begin(), "psk=" + options.psk);
  }
  for (const auto& each : settings) {
    if (each.find('/') >= each.find('=')) {
      one.altered.push_back(plan::without_secret(each) + ", instead of what the file says");
    }
  }
  return one;
}

Result<plan::CompareRules> comparison_rules(const RunOptions& options) {
  if (options.expect == Expect::kSame && (options.count > 1 || options.mode != Mode::kStateful)) {
    return Error{
        "--expect same compares one captured registration with its replay; leave out --count and "
        "--mode"};
  }
  return read_rules(options.compare);
}

Result<RunRecord, Failure> open_record(const RunOptions& options) {
  if (!options.silent && has_outputs(options)) {
    RunInputs inputs;
    inputs.add(options);
    if (const auto may = check_outputs(options, inputs); !may) {
      return may.error();
    }
  }
  return RunRecord::open(options.dry_run ? "" : options.record,
                         options.dry_run ? "" : options.key_log, options.force);
}

}  // namespace gdoi::cli
