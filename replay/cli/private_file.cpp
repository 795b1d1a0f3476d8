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

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;
constexpr mode_t kAll       = kOwnerOnly | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;  // less the umask

// O_EXCL: whatever is there stays, links too.
File create(const std::string& path, int what_is_there, mode_t access) {
  const int flags = O_WRONLY | O_CLOEXEC | what_is_there;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg,hicpp-vararg): POSIX
  const int descriptor = open(path.c_str(), flags, access);
  return File(descriptor < 0 ? nullptr : fdopen(descriptor, "w"));
}

// A device or pipe is written to: a new file in its place would be the end of it.
bool is_special(const std::string& path) {
  std::error_code problem;
  const auto status = std::filesystem::status(path, problem);
  return std::filesystem::is_character_file(status) || std::filesystem::is_block_file(status) ||
         std::filesystem::is_fifo(status) || std::filesystem::is_socket(status);
}

Result<std::monostate, Failure> write_file(const std::string& path, const std::string& text,
                                           bool force, mode_t access) {
  // With --force the old file stays until the new one is whole.
  const bool replaces = force && !is_special(path);
  const auto target   = replaces ? fmt::format("{}.{}.new", path, getpid()) : path;
  auto file           = create(target, force && !replaces ? 0 : O_CREAT | O_EXCL, access);
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
    const auto why = cannot_create(path, written ? problem.value() : error);
    if (replaces || !force) {
      std::filesystem::remove(target, problem);
    }
    return why;
  }
  return std::monostate{};
}

}  // namespace

Failure cannot_create(const std::string& path, int error) {
  switch (error) {
    case EEXIST:
      return {kBadInput, path + ": exists already; --force replaces it"};
    case EISDIR:
      return {kBadInput, path + ": is a folder; name a file"};
    case EACCES:
    case EPERM:
      return {kBadInput, path + ": no permission to write it; name another place"};
    case ENOENT:
    case ENOTDIR:
    case EROFS:
      return {kBadInput, fmt::format("{}: cannot be written: {}", path, reason(error))};
    default:
      return {kLocalFault, fmt::format("{}: cannot be written: {}", path, reason(error))};
  }
}

Result<std::monostate, Failure> write_private_file(const std::string& path, const std::string& text,
                                                   bool force) {
  return write_file(path, text, force, kOwnerOnly);
}

Result<std::monostate, Failure> write_report_file(const std::string& path, const std::string& text,
                                                  bool force) {
  return write_file(path, text, force, kAll);
}

struct PrivateLog::Impl {
  std::string path;
  File file;
};

PrivateLog::PrivateLog(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

PrivateLog::PrivateLog(PrivateLog&&) noexcept            = default;
PrivateLog& PrivateLog::operator=(PrivateLog&&) noexcept = default;
PrivateLog::~PrivateLog()                                = default;

Result<PrivateLog, Failure> PrivateLog::open(const std::string& path, bool force) {
  if (force && !is_special(path)) {
    std::error_code problem;
    std::filesystem::remove(path, problem);
  }
  auto file = create(path, force && is_special(path) ? 0 : O_CREAT | O_EXCL, kOwnerOnly);
  if (!file) {
    return cannot_create(path, errno);
  }
  return PrivateLog(std::make_unique<Impl>(path, std::move(file)));
}

Result<std::monostate, Failure> PrivateLog::append(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), impl_->file.get()) != text.size() ||
      std::fflush(impl_->file.get()) != 0) {
    return cannot_create(impl_->path, errno);
  }
  return std::monostate{};
}

}  // namespace gdoi::cli
