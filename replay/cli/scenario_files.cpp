#include "cli/scenario_files.h"

#include "cli/bundle.h"
#include "protocol/base/text_file.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace gdoi::cli {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  std::error_code problem;
  return fs::is_directory(path, problem);
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

/// In order of their names.
gdoi::Result<std::vector<std::string>> entries_of(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code problem;
  fs::directory_iterator at(folder, problem);
  for (; !problem && at != fs::directory_iterator(); at.increment(problem)) {
    found.push_back(at->path().string());
  }
  if (problem) {
    return open_problem(folder, problem.value());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

bool are_scenarios(const std::vector<std::string>& paths) {
  return std::ranges::any_of(
      paths, [](const std::string& path) { return is_yaml(path) || is_folder(path); });
}

gdoi::Result<std::vector<std::string>> scenario_files(const std::string& path) {
  if (!is_folder(path)) {
    return std::vector<std::string>{path};
  }
  const auto entries = entries_of(path);
  if (!entries) {
    return entries.error();
  }
  std::vector<std::string> files;
  std::ranges::copy_if(*entries, std::back_inserter(files), [](const std::string& each) {
    std::error_code ignored;
    return is_yaml(each) && fs::is_regular_file(each, ignored);
  });
  if (files.empty()) {
    const auto bundle = std::ranges::find_if(*entries, is_bundle);
    return Error{path + ": there is no scenario (*.yaml) in this folder" +
                 (bundle == entries->end() ? "" : "; it has bundles: gdoi-replay run " + *bundle)};
  }
  return files;
}

}  // namespace gdoi::cli
