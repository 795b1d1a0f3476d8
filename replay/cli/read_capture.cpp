#include "cli/read_capture.h"

#include "capture/reader.h"

namespace gdoi::cli {

Result<plan::CapturePlan> read_capture(const CaptureReading& how, Manifests& manifests,
                                       std::vector<report::KeyFile>& used) {
  keys::KeyRing ring;
  if (!how.without_keys) {
    used     = choose_key_files(how.path, how.key_files, manifests);
    auto log = read_key_files(used);
    if (!log) {
      return log.error();
    }
    ring = std::move(log->ring);
  }
  capture::ReaderOptions reading;
  reading.ports = how.ports;
  auto reader   = how.path == "-" ? capture::Reader::open_stream(stdin, "standard input", reading)
                                  : capture::Reader::open_file(how.path, reading);
  if (!reader) {
    return reader.error();
  }
  return plan::plan_capture(*reader, std::move(ring), how.datagrams);
}

}  // namespace gdoi::cli
