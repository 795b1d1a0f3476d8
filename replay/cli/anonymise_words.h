#pragma once

#include "cli/anonymise.h"

namespace CLI {
class App;
}

namespace gdoi::cli {

/// The words of `gdoi-replay anonymise`.
CLI::App* add_anonymise(CLI::App& app, AnonymiseOptions& options);

}  // namespace gdoi::cli
