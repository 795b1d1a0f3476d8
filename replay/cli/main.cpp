#include "cli/command_line.h"
#include "cli/exit_code.h"

#include <exception>
#include <iostream>

namespace {

using gdoi::cli::Command;

struct Run {
  int operator()(int code) const { return code; }

  int operator()(const gdoi::cli::InspectOptions& options) const {
    return gdoi::cli::inspect(options, std::cout, std::cerr);
  }

  int operator()(const gdoi::cli::FeaturesOptions& options) const {
    return gdoi::cli::print_features(options, std::cout, std::cerr);
  }

  int operator()(const gdoi::cli::KeysOptions& options) const {
    return gdoi::cli::convert_keys(options, std::cout, std::cerr);
  }

  int operator()(const gdoi::cli::RunOptions& options) const {
    return gdoi::cli::run(options, std::cout, std::cerr);
  }

  int operator()(const gdoi::cli::DiffOptions& options) const {
    return gdoi::cli::diff(options, std::cout, std::cerr);
  }

  int operator()(const gdoi::cli::AnonymiseOptions& options) const {
    return gdoi::cli::anonymise(options, std::cout, std::cerr);
  }

  int operator()(const gdoi::cli::KeyServerOptions& options) const {
    return gdoi::cli::run_keyserver(options, std::cout, std::cerr);
  }
};

int run(int count, const char* const* words) {
  std::ios::sync_with_stdio(false);
  const auto code =
      std::visit(Run{}, gdoi::cli::parse_command_line(count, words, std::cout, std::cerr));
  if (!std::cout.flush()) {
    std::cerr << "gdoi-replay: standard output cannot be written\n";
    return gdoi::cli::kLocalFault;
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& fault) {  // out of memory, at most
    std::cerr << "gdoi-replay: " << fault.what() << '\n';
    return gdoi::cli::kLocalFault;
  }
}
