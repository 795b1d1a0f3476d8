#include "cli/inspector.h"

#include "cli/terminal.h"

#include <algorithm>
#include <ostream>
#include <unordered_map>

namespace gdoi::cli {

namespace {

using exchange::Exchange;

bool may_hold_vendor_ids(const exchange::FrameRecord& record) {
  return record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive;
}

void assign(exchange::Packet& packet, const capture::UdpDatagram& datagram) {
  packet.frame               = datagram.frame;
  packet.time_ns             = datagram.time_ns;
  packet.source.family       = datagram.family;
  packet.source.address      = datagram.source;
  packet.source.port         = datagram.source_port;
  packet.destination.family  = datagram.family;
  packet.destination.address = datagram.destination;
  packet.destination.port    = datagram.destination_port;
  packet.payload             = datagram.payload;
}

// What a registration is called is only known in the end; messages hold its id until then.
void number_registrations(report::CaptureReport& report) {
  if (report.messages.empty()) {
    return;
  }
  std::unordered_map<std::uint32_t, std::uint32_t> numbers;
  for (const auto& one : report.registrations) {
    numbers[one.id] = one.number;
  }
  for (auto& message : report.messages) {
    const auto found     = numbers.find(message.registration);
    message.registration = found == numbers.end() ? 0 : found->second;
  }
}

}  // namespace

Inspector::Inspector(const InspectOptions& options, const report::Style& style,
                     const getvpn::VersionRules& rules, std::ostream& out)
    : options_(options), style_(style), rules_(rules), out_(out), tracker_(rules) {
  intake_.read_copies(options.messages);
}

void Inspector::run(capture::Reader& reader, report::CaptureReport& report,
                    const std::function<void(const registration::Registration&)>& on_message) {
  Progress progress(report.name);
  while (true) {
    const auto next = reader.next();
    if (!next) {
      report.problem = next.error().text;
      break;
    }
    if (!*next) {
      break;
    }
    take(**next, report);
    progress.step(reader.counts().datagrams);
    if (on_message && last_registration_ != 0 &&
        last_registration_ <= tracker_.registrations().size()) {
      on_message(tracker_.registrations()[last_registration_ - 1]);
    }
  }
  for (const auto& lost : reader.lost()) {
    assign(packet_, lost);
    tracker_.on_lost(packet_);
  }
  tracker_.finish();
  report.read          = reader.counts();
  report.counts        = tracker_.counts();
  report.registrations = tracker_.take_registrations();
  report::count_outcomes(report);
  number_registrations(report);
}

void Inspector::take(const capture::UdpDatagram& datagram, report::CaptureReport& report) {
  assign(packet_, datagram);
  const bool ours = intake_.take(
      packet_, datagram.unasked,
      [&](const exchange::Packet& packet, const exchange::FrameRecord& record, wire::Tree& tree) {
        follow(packet, record, tree, report);
      },
      [&](exchange::LateMessage& late) {
        tracker_.on_late(late);
        if (options_.messages) {
          show(late.packet, late.record, late.tree, 0, true, report);
        }
      });
  if (ours) {
    report.first_ns = report.first_ns == 0 ? datagram.time_ns : report.first_ns;
    report.last_ns  = datagram.time_ns;
  }
}

void Inspector::follow(const exchange::Packet& packet, const exchange::FrameRecord& record,
                       wire::Tree& tree, report::CaptureReport& report) {
  last_registration_ = tracker_.on_message(packet, record, tree);
  if ((options_.vendor_ids || options_.pick != 0) && may_hold_vendor_ids(record)) {
    report.vendor_ids.add(record, tree, rules_);
  }
  if (options_.messages) {
    show(packet, record, tree, last_registration_, false, report);
  }
}

void Inspector::show(const exchange::Packet& packet, const exchange::FrameRecord& record,
                     wire::Tree& tree, std::uint32_t registration, bool late,
                     report::CaptureReport& report) {
  auto message = report::describe(packet, record, tree, intake_.follower(), options_.whole);
  message.late = late;
  if (!options_.json) {
    out_ << report::message_text(style_, message);
    return;
  }
  message.registration = registration;
  const auto before    = std::ranges::find(report.messages, record.frame,
                                           [](const auto& each) { return each.record.frame; });
  if (late && before != report.messages.end()) {
    message.registration = before->registration;
    *before              = std::move(message);
  } else {
    report.messages.push_back(std::move(message));
  }
}

}  // namespace gdoi::cli
