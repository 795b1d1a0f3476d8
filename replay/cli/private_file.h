#pragma once

#include "cli/exit_code.h"
#include "protocol/base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace gdoi::cli {

/// Why a file could not be written, and the exit code for it.
struct Failure {
  ExitCode code;
  std::string text;
};

/// Writes a file that only its owner may read: secrets. One that exists is an error, or with
/// `force` stays until the new one is whole.
[[nodiscard]] Result<std::monostate, Failure> write_private_file(const std::string& path,
                                                                 const std::string& text,
                                                                 bool force);

/// A file for secrets that grows while it is read: a key log that a Wireshark follows. Only its
/// owner may read it.
class PrivateLog {
 public:
  /// One that exists is an error, or with `force` begins anew.
  [[nodiscard]] static Result<PrivateLog, Failure> open(const std::string& path, bool force);

  PrivateLog(PrivateLog&&) noexcept;
  PrivateLog& operator=(PrivateLog&&) noexcept;
  PrivateLog(const PrivateLog&)            = delete;
  PrivateLog& operator=(const PrivateLog&) = delete;
  ~PrivateLog();

  /// Adds to its end; it is there for others when this returns.
  [[nodiscard]] Result<std::monostate, Failure> append(std::string_view text);

 private:
  struct Impl;
  explicit PrivateLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Writes a file without secrets, readable as the user's umask has it; else as
/// write_private_file().
[[nodiscard]] Result<std::monostate, Failure> write_report_file(const std::string& path,
                                                                const std::string& text,
                                                                bool force);

/// Why a file cannot be created or written: `error` is the errno. What another name or another user
/// would change is wrong usage, all else (no space left, say) a fault of this machine.
[[nodiscard]] Failure cannot_create(const std::string& path, int error);

}  // namespace gdoi::cli
