#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace gdoi::cli {

/// What `gdoi-replay keyserver` was asked.
struct KeyServerOptions {
  std::string policy;                 ///< YAML; empty: a group and a PSK are made up and printed
  std::vector<std::string> listen;    ///< ADDRESS[:PORT]; empty: loopback, port 848
  std::vector<std::string> features;  ///< tables to print; empty: what the policy turns on
  std::string record;                 ///< pcapng; empty: none
  std::string key_log;                ///< empty: none
  bool force = false;
  bool quiet = false;  ///< no line for each event
};

/// Serves as key server until Ctrl-C or SIGTERM. Returns the exit code.
[[nodiscard]] int run_keyserver(const KeyServerOptions& options, std::ostream& out,
                                std::ostream& err);

}  // namespace gdoi::cli
