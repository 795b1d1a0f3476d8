#include "cli/run_files.h"

#include "cli/run_policy.h"
#include "plan/synthetic.h"
#include "protocol/base/text_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::cli {

namespace {

std::vector<Output> outputs_of(const RunOptions& options) {
  return {
      {"--record",  options.record,  OutputKind::kFile         },
      {"--key-log", options.key_log, OutputKind::kFile         },
      {"--json",    options.json,    OutputKind::kFileOrPrinted},
      {"--junit",   options.junit,   OutputKind::kFile         },
      {"--html",    options.html,    OutputKind::kFile         },
      {"--bundle",  options.bundle,  OutputKind::kFolder       }
  };
}

}  // namespace

void RunInputs::add(const std::string& path) {
  if (!path.empty() && seen_.insert(path).second) {
    paths_.push_back(path);
  }
}

void RunInputs::add(const engine::CredentialFiles& files) {
  for (const auto* path :
       {&files.certificate, &files.private_key, &files.authorities, &files.revocations}) {
    add(*path);
  }
}

// What is wrong with a file is told when it is read for its own sake.
void RunInputs::add_policy(const std::string& path,
                           const std::map<std::string, std::string>& values) {
  if (path.empty() || seen_.contains(path)) {
    return;
  }
  add(path);
  const auto file = PolicyFile::read(path, values);
  if (const auto policy = file ? file->parse() : Result<keyserver::Policy>(file.error()); policy) {
    add(policy->credential_files);
  }
}

void RunInputs::add_capture(const RunOptions& options, const std::string& path) {
  add(path);
  if (options.mode == Mode::kSynthetic) {
    const auto text = read_text_file(path);
    if (const auto gm =
            text ? plan::parse_gm(*text, path) : Result<plan::SyntheticGm>(text.error())) {
      add(gm->credentials);
    }
    return;
  }
  if (!options.without_keys) {
    for (const auto& file : choose_key_files(path, options.key_files, manifests_)) {
      add(file.path);
    }
  }
  const auto entry = manifests_.find(path);
  if (entry && *entry) {
    add(manifests_.found_in().string());
    if ((*entry)->policy && options.policy.empty() && options.key_server.empty()) {
      add_policy((*entry)->policy->lexically_normal().string(), {});
    }
  }
}

void RunInputs::add(const RunOptions& options) {
  for (const auto& path : options.captures) {
    add_capture(options, path);
  }
  add_policy(options.policy, options.policy_values);
  add(options.compare);
  add(options.credentials);
}

Result<std::monostate, Failure> check_outputs(const RunOptions& options, const RunInputs& inputs) {
  // "--json a.pcap b.pcap --force" would be the end of a.pcap.
  if (options.json.ends_with(".pcap") || options.json.ends_with(".pcapng")) {
    return Failure{kBadInput, fmt::format("--json {}: that is a capture's name; --json - prints "
                                          "the JSON",
                                          options.json)};
  }
  return check_outputs(outputs_of(options), inputs.paths(), options.force);
}

bool has_outputs(const RunOptions& options) {
  return std::ranges::any_of(outputs_of(options),
                             [](const Output& each) { return !each.path.empty(); });
}

}  // namespace gdoi::cli
