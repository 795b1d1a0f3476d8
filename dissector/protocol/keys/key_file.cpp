#include "protocol/base/text_file.h"
#include "protocol/keys/convert.h"
#include "protocol/keys/key_log.h"
#include "protocol/keys/text_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace gdoi::keys {
namespace {

struct Close {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

std::string reason(int error) {
  return std::generic_category().message(error);
}

/// Reads the whole file, in steps that leave no unwiped copy when the buffer grows.
Status read_all(const std::string& path, std::string& text) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return open_problem(path, EISDIR);
  }
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    return open_problem(path, errno);
  }
  // Without a buffer of the C library: nobody would wipe it.
  static_cast<void>(std::setvbuf(file.get(), nullptr, _IONBF, 0));
  constexpr std::size_t kFirstSize = std::size_t{64} * 1024;
  text.resize(kFirstSize);
  std::size_t filled = 0;
  while (true) {
    const auto got = std::fread(text.data() + filled, 1, text.size() - filled, file.get());
    filled += got;
    if (filled > kMaxFileSize) {
      return Error{fmt::format("key file {} is over 64 MiB", path)};
    }
    if (std::ferror(file.get()) != 0) {
      return Error{fmt::format("cannot read key file {}: {}", path, reason(errno))};
    }
    if (filled < text.size()) {
      break;
    }
    SecretText larger;
    larger.value.resize(std::min(2 * text.size(), kMaxFileSize + 1));
    std::ranges::copy(text, larger.value.begin());
    larger.value.swap(text);
  }
  text.resize(filled);
  return success();
}

enum class Kind : std::uint8_t { kKeyLog, kTable, kSecrets, kNone };

constexpr std::array<std::string_view, 7> kLabels{"PHASE1_KEY", "SKEYID", "SKEYID_A", "PSK",
                                                  "DH_SECRET",  "KEK",    "TEK"};

/// A label that a later version may have: capitals, digits and underscores with a value after it.
bool may_be_a_label(const std::vector<std::string_view>& words) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
  return words.size() >= 2 && std::ranges::all_of(words.front(), fits) &&
         !std::ranges::all_of(words.front(), is_hex);
}

bool may_be_a_row(std::string_view line) {
  constexpr std::string_view kLetters = "0123456789abcdefABCDEF\" \t,";
  return line.find(',') != std::string_view::npos &&
         line.find_first_not_of(kLetters) == std::string_view::npos;
}

Kind kind_of(std::string_view text) {
  if (recognise_secrets(text)) {
    return Kind::kSecrets;
  }
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (is_blank_or_comment(line->text)) {
      continue;
    }
    if (may_be_a_row(line->text)) {
      return Kind::kTable;
    }
    // Words of the first line only: a file that is no text may be one endless line.
    const auto words = words_of(line->text.substr(0, kMaxLineLength));
    if (std::ranges::find(kLabels, words.front()) != kLabels.end() || may_be_a_label(words)) {
      return Kind::kKeyLog;
    }
    return Kind::kNone;
  }
  return Kind::kKeyLog;
}

}  // namespace

Result<KeyLog> read_key_file(const std::string& path) {
  SecretText text;
  const auto status = read_all(path, text.value);
  if (!status) {
    return status.error();
  }
  switch (kind_of(text.value)) {
    case Kind::kKeyLog:
      return parse_key_log(text.value, path);
    case Kind::kTable:
      return parse_isakmp_table(text.value, path);
    case Kind::kSecrets:
      return convert_secrets(text.value, path);
    case Kind::kNone:
      break;
  }
  return Error{
      fmt::format("{} is no key file: neither a key log (captures/README.md), nor "
                  "Wireshark's ikev1_decryption_table, nor secrets of gdoid or "
                  "go-iec61850",
                  path)};
}

}  // namespace gdoi::keys
