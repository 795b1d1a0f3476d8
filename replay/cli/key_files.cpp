#include "cli/key_files.h"

#include <fmt/format.h>

#include <iterator>
#include <system_error>

namespace gdoi::cli {

namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code problem;
  return fs::is_regular_file(path, problem);
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code problem;
  return fs::equivalent(a, b, problem);
}

}  // namespace

Result<std::optional<report::ManifestCapture>> Manifests::find(const std::string& capture) {
  const auto folder = fs::path(capture).parent_path();
  const auto here   = folder.empty() ? fs::path(".") : folder;
  for (const auto& place : {here / "manifest.json", here / ".." / "manifest.json"}) {
    if (!is_file(place)) {
      continue;
    }
    const auto path = place.lexically_normal();
    auto known      = read_.find(path);
    if (known == read_.end()) {
      known = read_.emplace(path, report::read_manifest(path)).first;
    }
    if (!known->second) {
      return known->second.error();
    }
    for (const auto& entry : known->second->captures) {
      if (same_file(entry.file, capture)) {
        found_in_ = path;
        return std::optional(entry);
      }
    }
  }
  return std::optional<report::ManifestCapture>();
}

std::string Manifests::remark_on(const std::string& capture) {
  const auto entry = find(capture);
  return entry && *entry && (*entry)->generated
             ? fmt::format("generated, not recorded, says {}", found_in_.string())
             : std::string();
}

std::vector<report::KeyFile> choose_key_files(const std::string& capture,
                                              const std::vector<std::string>& given,
                                              Manifests& manifests) {
  std::vector<report::KeyFile> files;
  if (!given.empty()) {
    for (const auto& path : given) {
      files.push_back({path, "--keys"});
    }
    return files;
  }
  const auto entry = manifests.find(capture);
  // A manifest.json of something else is no reason to stop: its folder need not be ours.
  if (entry && *entry && (*entry)->key_log) {
    files.push_back({(*entry)->key_log->lexically_normal().string(),
                     "named by " + manifests.found_in().string()});
    return files;
  }
  const auto beside = fs::path(capture).replace_extension(".keys");
  if (beside != fs::path(capture) && is_file(beside)) {
    files.push_back({beside.string(), "beside the capture"});
  }
  return files;
}

Result<keys::KeyLog> read_key_files(const std::vector<report::KeyFile>& files) {
  keys::KeyLog all;
  for (const auto& file : files) {
    auto log = keys::read_key_file(file.path);
    if (!log) {
      return log.error();
    }
    all.ring.merge(std::move(log->ring));
    all.notes.insert(all.notes.end(), std::make_move_iterator(log->notes.begin()),
                     std::make_move_iterator(log->notes.end()));
  }
  return all;
}

}  // namespace gdoi::cli
