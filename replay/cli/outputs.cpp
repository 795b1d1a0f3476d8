#include "cli/outputs.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace gdoi::cli {

namespace {

namespace fs = std::filesystem;
using Done   = Result<std::monostate, Failure>;

/// By device and inode where both are there: links have many names. Devices and pipes are nothing
/// that could be lost.
bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code problem;
  const auto about = fs::status(a, problem);
  if (fs::exists(about) && fs::is_other(about)) {
    return false;
  }
  if (fs::equivalent(a, b, problem)) {
    return true;
  }
  const auto plain_a = fs::weakly_canonical(fs::absolute(a, problem), problem);
  const auto plain_b = fs::weakly_canonical(fs::absolute(b, problem), problem);
  return !plain_a.empty() && plain_a == plain_b;
}

Failure refused(std::string text) {
  return {kBadInput, std::move(text)};
}

fs::path folder_of(const fs::path& path) {
  const auto parent = path.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

/// Whether something called `path` can be made in its folder.
Done may_write_in(const fs::path& folder, const std::string& path) {
  std::error_code problem;
  const auto about = fs::status(folder, problem);
  if (about.type() == fs::file_type::not_found) {
    return refused(fmt::format("{}: there is no folder {}; make it first", path, folder.string()));
  }
  if (fs::exists(about) && !fs::is_directory(about)) {
    return refused(fmt::format("{}: {} is no folder", path, folder.string()));
  }
  return access(folder.c_str(), W_OK | X_OK) == 0 ? Done(std::monostate{})
                                                  : cannot_create(path, errno);
}

/// In a folder such as /tmp, where everybody may write, only its owner may replace a file.
bool may_be_replaced(const fs::path& path) {
  struct stat file {};

  struct stat folder {};

  if (lstat(path.c_str(), &file) != 0 || stat(folder_of(path).c_str(), &folder) != 0) {
    return true;
  }
  const auto us = geteuid();
  return (folder.st_mode & S_ISVTX) == 0 || us == 0 || us == file.st_uid || us == folder.st_uid;
}

Done may_be_written(const Output& output, bool force) {
  std::error_code problem;
  const auto link  = fs::symlink_status(output.path, problem);
  const auto about = fs::status(output.path, problem);
  if (output.kind == OutputKind::kFolder && fs::exists(link)) {
    if (!fs::is_directory(about)) {
      return refused(fmt::format("{} {}: is no folder", output.option, output.path));
    }
    return may_write_in(output.path, output.path);
  }
  if (fs::is_directory(about)) {
    return cannot_create(output.path, EISDIR);
  }
  if (fs::exists(link) && !force) {
    return cannot_create(output.path, EEXIST);
  }
  if (fs::exists(about) && fs::is_other(about)) {
    return access(output.path.c_str(), W_OK) == 0 ? Done(std::monostate{})
                                                  : cannot_create(output.path, errno);
  }
  return may_be_replaced(output.path) ? may_write_in(folder_of(output.path), output.path)
                                      : cannot_create(output.path, EPERM);
}

Done is_no_other(const Output& output, const std::vector<const Output*>& others) {
  for (const auto* other : others) {
    if (same_file(output.path, other->path)) {
      return refused(fmt::format("{} is named for two outputs ({} and {})", output.path,
                                 other->option, output.option));
    }
  }
  return std::monostate{};
}

Done is_no_input(const Output& output, const std::vector<std::string>& inputs) {
  for (const auto& input : inputs) {
    const bool is_file = !input.empty() && input != "-";
    if (is_file && output.kind != OutputKind::kFolder && same_file(input, output.path)) {
      const auto other =
          input == output.path ? std::string() : fmt::format(", by the name {}", input);
      return refused(fmt::format("{} {}: is an input too{}; name another output", output.option,
                                 output.path, other));
    }
  }
  return std::monostate{};
}

}  // namespace

Done check_outputs(const std::vector<Output>& outputs, const std::vector<std::string>& inputs,
                   bool force) {
  std::vector<const Output*> before;
  for (const auto& output : outputs) {
    const bool printed = output.path == "-";
    if (output.path.empty() || (printed && output.kind == OutputKind::kFileOrPrinted)) {
      continue;
    }
    if (printed) {
      return refused(fmt::format("{} -: it is not printed; name a file, ./- for one of that name",
                                 output.option));
    }
    for (const auto& found : {is_no_other(output, before), is_no_input(output, inputs),
                              may_be_written(output, force)}) {
      if (!found) {
        return found;
      }
    }
    before.push_back(&output);
  }
  return std::monostate{};
}

}  // namespace gdoi::cli
