#pragma once

#include "protocol/base/result.h"
#include "protocol/keys/key_log.h"
#include "report/inspection.h"
#include "report/manifest.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::cli {

/// The manifests that were read, each once.
class Manifests {
 public:
  /// The entry for a capture in a manifest.json of its folder or of the one above; nothing where
  /// none has it. An Error where such a file cannot be read.
  [[nodiscard]] Result<std::optional<report::ManifestCapture>> find(const std::string& capture);

  /// What is to be said of a capture that a manifest calls generated; empty for any other.
  [[nodiscard]] std::string remark_on(const std::string& capture);

  /// The path of the manifest in which find() found something last.
  [[nodiscard]] const std::filesystem::path& found_in() const { return found_in_; }

 private:
  std::map<std::filesystem::path, Result<report::Manifest>> read_;
  std::filesystem::path found_in_;
};

/// Which key files belong to a capture: those that the user names; else the one that a manifest
/// names; else NAME.keys beside NAME.pcap; else none.
[[nodiscard]] std::vector<report::KeyFile> choose_key_files(const std::string& capture,
                                                            const std::vector<std::string>& given,
                                                            Manifests& manifests);

/// Reads key files into one ring; the notes say which lines were skipped.
[[nodiscard]] Result<keys::KeyLog> read_key_files(const std::vector<report::KeyFile>& files);

}  // namespace gdoi::cli
