#pragma once

#include "cli/terminal.h"
#include "engine/credentials.h"
#include "engine/types.h"
#include "net/crew.h"
#include "net/udp_crew.h"

#include <array>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gdoi::cli {

/// What `--expect` demands of every registration.
enum class Expect : std::uint8_t {
  kAsCaptured,
  kAccepted,
  kRefused,
  kSame  ///< as captured, and what the KS says too
};

/// What is sent: messages that are rebuilt live, captured datagrams as they are, or messages that
/// nobody captured.
enum class Mode : std::uint8_t { kStateful, kVerbatim, kSynthetic };

/// As `--mode` and `--marker` have them.
inline constexpr std::array<std::pair<std::string_view, Mode>, 3> kModes{
    {{"stateful", Mode::kStateful},
     {"verbatim", Mode::kVerbatim},
     {"synthetic", Mode::kSynthetic}}
};
inline constexpr std::array<std::pair<std::string_view, net::Marker>, 3> kMarkers{
    {{"auto", net::Marker::kAuto}, {"yes", net::Marker::kYes}, {"no", net::Marker::kNo}}
};

/// What makes one registration of a run with a seed repeatable without the others.
struct Moment {
  std::uint64_t stream = 0;  ///< all its random numbers follow from it
  engine::Time started = 0;  ///< virtual
};

/// What `gdoi-replay run` was asked.
struct RunOptions {
  std::vector<std::string> captures;  ///< "-" is standard input; synthetic: files that describe GMs
  Mode mode = Mode::kStateful;
  std::optional<double> speed;  ///< verbatim: times as fast as captured; 0: all at once
  std::vector<std::string> key_files;
  bool without_keys = false;
  std::string psk;                      ///< text, or 0x and octets; empty: none
  engine::CredentialFiles credentials;  ///< --cert, --private-key, --ca, --crl
  std::vector<std::string> settings;    ///< --set NAME=VALUE
  std::vector<std::string> changes;     ///< --change "ADDRESS: OPERATION VALUE"
  std::string key_server;               ///< --ks HOST[:PORT]; empty: the built-in KS, in memory
  std::string source;                   ///< ADDRESS[:PORT] to send from
  net::Marker marker = net::Marker::kAuto;
  std::string policy;  ///< of the built-in KS; empty: the default policy
  std::map<std::string, std::string> policy_values;  ///< what stands there for ${NAME}
  std::size_t count = 1;                             ///< clones of each registration
  net::Pace pace;
  std::optional<std::uint32_t> registration;  ///< only this one
  bool initial_contact = false;
  Expect expect        = Expect::kAsCaptured;
  std::string compare;                ///< a file of comparison rules; empty: the default ones
  std::optional<std::uint64_t> seed;  ///< reproducible instead of random
  std::optional<Moment> moment;       ///< of the one registration that a bundle repeats
  bool dry_run     = false;
  bool addresses   = false;  ///< list those of every message instead of sending any
  double timeout   = 2;      ///< seconds to the first repetition of a message
  unsigned retries = 3;
  std::string record;   ///< pcapng; empty: none
  std::string key_log;  ///< empty: none
  std::string json;     ///< a file, or - for standard output instead of the table; empty: none
  std::string junit;    ///< JUnit XML; empty: none
  std::string html;     ///< one page; empty: none
  std::string bundle;   ///< folder for what ends unexpectedly; empty: none
  bool minimise             = false;  ///< look for the least that ends so unexpectedly
  std::size_t minimise_runs = 500;    ///< at most so many trials of each
  std::vector<std::string> words;     ///< the command line, for a bundle
  bool force    = false;
  bool show_map = false;
  bool table    = false;  ///< one for all captures, without what stands below its rows
  bool silent   = false;  ///< nothing is printed: who calls it looks at the results
  bool quiet    = false;  ///< only what differs, and the total
  std::vector<std::uint16_t> ports{848};
  ColourMode colour = ColourMode::kAuto;
};

/// Replays the registrations of captures against a key server. Returns the exit code.
[[nodiscard]] int run(const RunOptions& options, std::ostream& out, std::ostream& err);

}  // namespace gdoi::cli
