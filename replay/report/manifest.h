#pragma once

#include "protocol/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::report {

/// A value that a manifest expects or that was found, as text; "none" where there is none.
struct Fact {
  std::string name;  ///< as in the manifest: "outcome", "hash_good"
  std::string text;
};

using Facts = std::vector<Fact>;

/// The text of a fact; empty where it is not among them.
[[nodiscard]] std::string_view fact(const Facts& facts, std::string_view name);

/// What is expected of one capture.
struct ManifestCapture {
  std::filesystem::path file;  ///< with the manifest's folder in front
  std::optional<std::filesystem::path> key_log;
  std::optional<std::filesystem::path> policy;  ///< of the reference KS, for a replay
  bool generated = false;                       ///< made by a program, not recorded
  Facts counts;
  std::vector<Facts> with_keys;  ///< one for each registration
  std::vector<Facts> without_keys;
};

/// captures/manifest.json: the captures of its folder, their key logs, and the registrations that
/// must be found in them (captures/README.md, captures/manifest.schema.json).
struct Manifest {
  std::filesystem::path path;
  std::vector<ManifestCapture> captures;
};

/// Errors name the file, and where it is no manifest the place in it.
[[nodiscard]] Result<Manifest> read_manifest(const std::filesystem::path& path);

}  // namespace gdoi::report
