#include "protocol/base/text_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <sys/stat.h>
#include <system_error>

namespace gdoi {
namespace {

struct Close {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

}  // namespace

Error open_problem(const std::string& path, int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return {path + ": no such file"};
    case EACCES:
    case EPERM:
      return {path +
              ": no permission to read it; run this as its owner, or ask them for the right "
              "(chmod, setfacl)"};
    case EISDIR:
      return {path + ": is a folder; name a file"};
    default:
      return {path + ": cannot be opened: " + std::generic_category().message(code)};
  }
}

Status may_be_read(const std::string& path) {
  struct stat about {};

  if (stat(path.c_str(), &about) != 0) {
    return open_problem(path, errno);
  }
  if (S_ISDIR(about.st_mode)) {
    return open_problem(path, EISDIR);
  }
  if (!S_ISREG(about.st_mode)) {
    return success();  // a pipe would wait for who writes to it
  }
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  return file ? success() : Status(open_problem(path, errno));
}

Result<std::string> read_text_file(const std::string& path) {
  constexpr std::size_t kMost  = std::size_t{16} << 20U;
  constexpr std::size_t kPiece = std::size_t{64} << 10U;
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (!file) {
    return open_problem(path, errno);
  }
  std::string text;
  for (std::size_t got = 1; got != 0;) {
    const auto filled = text.size();
    text.resize(filled + kPiece);
    got = std::fread(text.data() + filled, 1, kPiece, file.get());
    text.resize(filled + got);
    if (std::ferror(file.get()) != 0) {
      return open_problem(path, errno);
    }
    if (text.size() > kMost) {
      return Error{path + ": is larger than 16 MiB; name the right file"};
    }
  }
  return text;
}

}  // namespace gdoi
