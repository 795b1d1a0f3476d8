#include "cli/keys.h"

#include "cli/exit_code.h"
#include "cli/key_files.h"
#include "cli/outputs.h"
#include "cli/private_file.h"
#include "report/text.h"

#include <ostream>

namespace gdoi::cli {

int convert_keys(const KeysOptions& options, std::ostream& out, std::ostream& err) {
  const auto fail = [&err](ExitCode code, const std::string& text) {
    err << "gdoi-replay keys: " << report::harmless(text) << '\n';
    return code;
  };
  if (const auto may = check_outputs(
          {
              {"--output", options.output, OutputKind::kFileOrPrinted}
  },
          options.files, options.force);
      !may) {
    return fail(may.error().code, may.error().text);
  }
  std::vector<report::KeyFile> files;
  files.reserve(options.files.size());
  for (const auto& path : options.files) {
    files.push_back({path, {}});
  }
  const auto log = read_key_files(files);
  if (!log) {
    return fail(kBadInput, log.error().text);
  }
  for (const auto& note : log->notes) {
    err << "gdoi-replay keys: " << report::harmless(note) << '\n';
  }
  if (log->ring.empty()) {
    err << "gdoi-replay keys: there are no secrets in these files\n";
  }
  const auto text = keys::write_key_log(log->ring);
  if (options.output.empty() || options.output == "-") {
    out << text;
    return kAsExpected;
  }
  const auto written = write_private_file(options.output, text, options.force);
  return written ? kAsExpected : fail(written.error().code, written.error().text);
}

}  // namespace gdoi::cli
