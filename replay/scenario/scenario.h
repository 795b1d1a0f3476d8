#pragma once

#include "engine/credentials.h"
#include "engine/verdict.h"
#include "plan/address.h"
#include "protocol/base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Test cases for a key server, as people write them in YAML
/// (replay/scenarios/scenario.schema.json).
namespace gdoi::scenario {

/// How a key server may refuse.
struct Answer {
  registration::How how = registration::How::kSilence;
  std::optional<std::uint16_t> notify_type;  ///< nothing: any NOTIFY

  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool allows(const engine::Verdict& verdict) const;
};

/// The verdict that a case expects.
enum class Wanted : std::uint8_t {
  kAsCaptured,
  kAccepted,
  kRefused,
  kSame,        ///< as captured, and what the KS says too
  kNotAccepted  ///< refused, or answered with something that is no acceptance
};

[[nodiscard]] std::string_view name_of(Wanted wanted);

struct Expectation {
  Wanted verdict = Wanted::kAsCaptured;
  std::vector<Answer> answers;       ///< how it may be refused; empty: in any way
  std::vector<std::string> steps;    ///< at one of these messages; empty: at any
  std::optional<double> within;      ///< seconds from start to end
  std::vector<plan::Address> match;  ///< patterns of fields that must be as captured
};

/// A value that a condition wants: "1.0.4", "< 1.0.4", ">= 86400".
struct Condition {
  std::string axis;
  std::string comparison;  ///< "", "<", "<=", ">", ">="
  std::string value;

  /// Versions compare part by part, numbers by value, all else only as equal.
  [[nodiscard]] bool holds(std::string_view actual) const;
};

/// All of them must hold.
using Conditions = std::vector<Condition>;

struct Axis {
  std::string name;
  std::vector<std::string> values;
};

struct Case {
  std::string name;
  std::string clause;  ///< of an RFC, that it tests; empty: none
  int line = 0;        ///< in its file
  std::string capture;
  std::optional<std::uint32_t> registration;
  std::vector<std::string> keys;
  std::string psk;
  engine::CredentialFiles credentials;  ///< of the GM
  bool has_own_credentials = false;     ///< other ones than the defaults: they are what it tests
  std::string policy;
  std::string compare;
  std::vector<std::pair<std::string, std::string>> settings;  ///< as --set
  std::vector<std::string> changes;                           ///< as --change
  std::map<std::string, std::string> values;  ///< of a matrix, that the policy asks for as ${NAME}
  std::optional<double> timeout;
  std::optional<unsigned> retries;
  Expectation expect;
  std::string xfail;                  ///< why it is known to fail; empty: it is not
  std::optional<std::size_t> matrix;  ///< index into Scenario::matrices
  std::vector<std::string> place;     ///< in the matrix, by axis
};

/// The cells of a table: gm-version x feature x lifetime.
struct Matrix {
  std::string name;
  std::vector<Axis> axes;  ///< the first one goes down, the others across
};

struct Sanity {
  Case one;
  bool after_each = false;  ///< also after every case, so that the culprit is known
};

struct Scenario {
  std::string path;
  std::string name;
  std::string description;
  std::string key_server;  ///< HOST[:PORT]; empty: the reference KS, or --ks
  std::optional<Sanity> sanity;
  std::vector<Case> cases;  ///< in order; cells of a matrix are cases
  std::vector<Matrix> matrices;
  std::vector<std::string> identity_files;
};

/// A matrix or a list of identities may not make more.
inline constexpr std::size_t kMostCases = 10'000;

/// Reads a scenario. Errors have NAME:LINE:COLUMN. Files that it names are found from where it is;
/// CSV files of identities are read, too.
[[nodiscard]] Result<Scenario> parse_scenario(std::string_view text, const std::string& path);

/// The same of a file.
[[nodiscard]] Result<Scenario> read_scenario(const std::string& path);

/// A CSV file of identities: a line with the names of settings ("name" is what the case is called)
/// and a line for each GM. Values may stand in double quotes. Errors have NAME:LINE.
struct Identity {
  std::string name;
  std::string psk;
  std::vector<std::pair<std::string, std::string>> settings;
};

[[nodiscard]] Result<std::vector<Identity>> parse_identities(std::string_view text,
                                                             std::string_view name);

}  // namespace gdoi::scenario
