#include "cli/private_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace gdoi::cli {

namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

using File = std::unique_ptr<std::FILE, FileCloser>;

std::string reason(int error) {
  return std::generic_category().message(error);
}

// Secrets: readable for nobody else. O_EXCL: whatever is there stays, links too.
File create(const std::string& path, int what_is_there) {
  constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
  const int flags             = O_WRONLY | O_CLOEXEC | what_is_there;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg,hicpp-vararg): POSIX
  const int descriptor = open(path.c_str(), flags, kOwnerOnly);
  return File(descriptor < 0 ? nullptr : fdopen(descriptor, "w"));
}

// A device or pipe is written to: a new file in its place would be the end of it.
bool is_special(const std::string& path) {
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  return std::filesystem::is_character_file(status) || std::filesystem::is_block_file(status) ||
         std::filesystem::is_fifo(status) || std::filesystem::is_socket(status);
}

Failure cannot_create(const std::string& path, int error) {
  if (error == EEXIST) {
    return {kBadInput, path + ": exists already; --force replaces it"};
  }
  const bool users_fault = error == ENOENT || error == ENOTDIR || error == EISDIR;
  return {users_fault ? kBadInput : kLocalFault,
          fmt::format("{}: cannot be created: {}", path, reason(error))};
}

}  // namespace

Result<std::monostate, Failure> write_private_file(const std::string& path, const std::string& text,
                                                   bool force) {
  // With --force the old file stays until the new one is whole.
  const bool replaces = force && !is_special(path);
  const auto target   = replaces ? fmt::format("{}.{}.new", path, getpid()) : path;
  auto file           = create(target, force && !replaces ? 0 : O_CREAT | O_EXCL);
  if (!file) {
    return cannot_create(path, errno);
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() &&
                       std::fflush(file.get()) == 0;
  const int error = errno;
  file.reset();
  std::error_code problem;
  if (written && replaces) {
    std::filesystem::rename(target, path, problem);
  }
  if (!written || problem) {
    const auto why = written ? problem.message() : reason(error);
    if (replaces || !force) {
      std::filesystem::remove(target, problem);
    }
    return Failure{kLocalFault, fmt::format("{}: cannot be written: {}", path, why)};
  }
  return std::monostate{};
}

}  // namespace gdoi::cli
