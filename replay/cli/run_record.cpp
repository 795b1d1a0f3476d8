#include "cli/run_record.h"

#include "engine/verbatim.h"

#include <fmt/format.h>

namespace gdoi::cli {

namespace {

using Done = Result<std::monostate, Failure>;

capture::UdpDatagram datagram_of(engine::Time time, const engine::Outgoing& message) {
  capture::UdpDatagram made;
  made.time_ns          = time;
  made.family           = message.source.family;
  made.source           = message.source.address;
  made.destination      = message.destination.address;
  made.source_port      = message.source.port;
  made.destination_port = message.destination.port;
  return made;
}

}  // namespace

Result<RunRecord, Failure> RunRecord::open(const std::string& capture, const std::string& key_log,
                                           bool force) {
  RunRecord record;
  record.key_log_path_ = key_log;
  record.force_        = force;
  if (!capture.empty()) {
    auto writer = capture::Writer::create(capture, force);
    if (!writer) {
      return Failure{kLocalFault, writer.error().text};
    }
    record.writer_ = std::move(writer).value();
  }
  return record;
}

Done RunRecord::add(engine::Time time, const engine::Outgoing& message,
                    std::string_view captured_in) {
  if (!writer_) {
    return std::monostate{};
  }
  auto comment = message.remark;
  if (message.captured_frame != 0 && comment == engine::kAsCaptured) {
    comment = fmt::format("frame {} of {}, {}", message.captured_frame, captured_in, comment);
  } else if (message.captured_frame != 0) {
    comment += fmt::format("{}rebuilt from frame {} of {}", comment.empty() ? "" : ", ",
                           message.captured_frame, captured_in);
  }
  const auto written = writer_->write_udp(datagram_of(time, message), message.datagram, comment);
  if (!written) {
    writer_.reset();
    return Failure{kLocalFault, written.error().text};
  }
  return std::monostate{};
}

void RunRecord::add_keys(const std::vector<std::string>& lines) {
  if (key_log_path_.empty()) {
    return;
  }
  for (const auto& line : lines) {
    if (lines_.insert(line).second) {
      key_log_ += line + '\n';
    }
  }
}

Done RunRecord::close() {
  if (writer_) {
    if (const auto closed = writer_->close(); !closed) {
      return Failure{kLocalFault, closed.error().text};
    }
  }
  return key_log_path_.empty() ? Done(std::monostate{})
                               : write_private_file(key_log_path_, key_log_, force_);
}

}  // namespace gdoi::cli
