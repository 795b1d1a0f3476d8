#pragma once

#include "protocol/base/bytes.h"

#include <memory>
#include <string>

namespace gdoi::test {

/// A file of tests/vectors, read by JSON pointers (RFC 6901). A pointer that leads nowhere fails
/// the running test and gives nothing.
class Vectors {
 public:
  explicit Vectors(const std::string& file);
  Vectors(const Vectors&)            = delete;
  Vectors& operator=(const Vectors&) = delete;
  Vectors(Vectors&&)                 = delete;
  Vectors& operator=(Vectors&&)      = delete;
  ~Vectors();

  /// Entries of the array at `pointer`.
  [[nodiscard]] std::size_t count(const std::string& pointer) const;
  /// The text at `pointer`; empty for null.
  [[nodiscard]] std::string text(const std::string& pointer) const;
  [[nodiscard]] bool has(const std::string& pointer) const;
  [[nodiscard]] unsigned number(const std::string& pointer) const;
  /// The hex at `pointer` as octets.
  [[nodiscard]] Bytes octets(const std::string& pointer) const;

 private:
  struct Document;
  std::unique_ptr<Document> document_;
};

[[nodiscard]] const Vectors& crypto_vectors();
[[nodiscard]] const Vectors& gdoi_vectors();

/// Standard output of a shell command; fails the running test where it exits with another status
/// than 0.
[[nodiscard]] std::string output_of(const std::string& command);

/// A folder of this process for what the openssl command reads and writes, with a slash at its end.
[[nodiscard]] std::string scratch_folder();

void write_file(const std::string& path, ByteView octets);
[[nodiscard]] Bytes read_file(const std::string& path);

}  // namespace gdoi::test
