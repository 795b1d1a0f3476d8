#pragma once

#include "capture/writer.h"
#include "cli/private_file.h"
#include "engine/types.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gdoi::cli {

/// What a run leaves behind: a pcapng of all that was sent, and the key log that reads it.
class RunRecord {
 public:
  /// Empty paths: nothing is written. What check_outputs() cannot foresee is a fault of this
  /// machine.
  [[nodiscard]] static Result<RunRecord, Failure> open(const std::string& capture,
                                                       const std::string& key_log, bool force);

  /// Writes a datagram; its comment names the captured frame. After an error the capture is given
  /// up.
  [[nodiscard]] Result<std::monostate, Failure> add(engine::Time time,
                                                    const engine::Outgoing& message,
                                                    std::string_view captured_in);

  /// Key log lines; one that was there already is not repeated.
  void add_keys(const std::vector<std::string>& lines);

  /// Completes both files.
  [[nodiscard]] Result<std::monostate, Failure> close();

 private:
  std::optional<capture::Writer> writer_;
  std::string key_log_path_;
  bool force_          = false;
  std::string key_log_ = "# Secrets of a replay (gdoi-replay run)\n";
  std::set<std::string> lines_;
};

}  // namespace gdoi::cli
