#pragma once

// Shared by the readers of this folder; not for others.

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/secret.h"

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::keys {

inline constexpr std::size_t kMaxLineLength = std::size_t{64} * 1024;
inline constexpr std::size_t kMaxFileSize   = std::size_t{64} * 1024 * 1024;
/// DER of a SubjectPublicKeyInfo: RSA-16384 has some 2 KiB.
inline constexpr std::size_t kMaxPublicKeySize = 8192;
inline constexpr std::size_t kMaxNotes         = 1000;
/// Secrets of one kind for one cookie or SPI: each is tried on each message.
inline constexpr std::size_t kMaxAlternatives = 64;

struct TextLine {
  std::size_t number = 0;  ///< from 1
  std::string_view text;   ///< without its end and without blanks around it
};

/// Goes through the lines of a text; ends with LF or CR LF, a byte order mark is left out.
class LineReader {
 public:
  explicit LineReader(std::string_view text);
  [[nodiscard]] std::optional<TextLine> next();

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

/// Text that holds secrets: wiped when it goes.
class SecretText {
 public:
  SecretText()                             = default;
  SecretText(const SecretText&)            = delete;
  SecretText& operator=(const SecretText&) = delete;
  SecretText(SecretText&&)                 = delete;
  SecretText& operator=(SecretText&&)      = delete;
  ~SecretText();

  std::string value;
};

/// Overwrites the characters of a text that held secrets.
void wipe_text(std::string& text);

/// A line without what is neither a secret nor a field: empty or a comment.
[[nodiscard]] bool is_blank_or_comment(std::string_view line);

/// The words of a line, as views into it.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view line);

/// "NAME:LINE: sentence".
[[nodiscard]] std::string at_line(std::string_view name, std::size_t line,
                                  std::string_view sentence);

/// Adds a note; of more than kMaxNotes only the first are kept.
void add_note(std::vector<std::string>& notes, std::string note);

/// The octets of a field whose size is one of `sizes` (octets). The error is a sentence that names
/// the field, what it has and what was expected (with `purpose` after it), never its value.
[[nodiscard]] Result<Bytes> hex_of_sizes(std::string_view field, std::string_view digits,
                                         std::initializer_list<std::size_t> sizes,
                                         std::string_view purpose = {});

/// The same for `least` to `most` octets.
[[nodiscard]] Result<Bytes> hex_of_range(std::string_view field, std::string_view digits,
                                         std::size_t least, std::size_t most);

}  // namespace gdoi::keys
