#include "cli/run_setup.h"

#include "net/address.h"
#include "net/udp_socket.h"

#include <fmt/format.h>

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

Result<RunRecord, Failure> open_record(const RunOptions& options) {
  // "--json a.pcap b.pcap --force" would be the end of a.pcap.
  if (options.json.ends_with(".pcap") || options.json.ends_with(".pcapng")) {
    return Failure{kBadInput, fmt::format("--json {}: that is a capture's name; --json - prints "
                                          "the JSON",
                                          options.json)};
  }
  if (!options.json.empty() && options.json != "-") {
    if (const auto may = may_be_written(options.json, options.force); !may) {
      return may.error();
    }
  }
  return RunRecord::open(options.dry_run ? "" : options.record,
                         options.dry_run ? "" : options.key_log, options.force);
}

}  // namespace gdoi::cli
