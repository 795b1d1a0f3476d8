#include "cli/inspector.h"

#include "capture/packet_of.h"
#include "cli/terminal.h"

#include <algorithm>
#include <ostream>

namespace gdoi::cli {

namespace {

using exchange::Exchange;

bool may_hold_vendor_ids(const exchange::FrameRecord& record) {
  return record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive;
}

// What turned out to be no registration has no number.
void forget_false_numbers(report::CaptureReport& report) {
  for (auto& message : report.messages) {
    if (!report.registrations.find(message.registration)) {
      message.registration = 0;
    }
  }
}

}  // namespace

Inspector::Inspector(const InspectOptions& options, const report::Style& style,
                     const getvpn::VersionRules& rules, std::ostream& out)
    : options_(options), style_(style), rules_(rules), out_(out), tracker_(rules) {
  // A GM that was sent a copy of a PUSH was sent what is in it.
  const bool groups = options.groups || !options.features.empty();
  intake_.read_copies(options.messages || groups);
  if (groups) {
    tracker_.collect_groups();
  }
}

void Inspector::run(capture::Reader& reader, report::CaptureReport& report, OnEnd on_end) {
  on_end_ = std::move(on_end);
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
    if (on_end_) {
      packet_ns_ = packet_.time_ns;
      came_      = std::chrono::steady_clock::now();
      tell(packet_ns_);
    }
  }
  for (const auto& lost : reader.lost()) {
    packet_ = capture::packet_of(lost);
    tracker_.on_lost(packet_);
  }
  tracker_.finish();
  report.read          = reader.counts();
  report.counts        = tracker_.counts();
  report.groups        = tracker_.take_groups();
  report.registrations = tracker_.take_registrations();
  report::count_outcomes(report);
  forget_false_numbers(report);
}

void Inspector::wait() {
  if (on_end_ && packet_ns_ != 0) {
    const auto passed = std::chrono::steady_clock::now() - came_;
    tell(packet_ns_ + std::chrono::nanoseconds(passed).count());
  }
}

void Inspector::tell(std::int64_t now_ns) {
  for (const auto& one : tracker_.ended(now_ns)) {
    on_end_(one);
  }
}

void Inspector::take(const capture::UdpDatagram& datagram, report::CaptureReport& report) {
  packet_         = capture::packet_of(datagram);
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
  const auto registration = tracker_.on_message(packet, record, tree);
  if ((options_.vendor_ids || options_.pick != 0) && may_hold_vendor_ids(record)) {
    report.vendor_ids.add(record, tree, rules_);
  }
  if (options_.messages) {
    show(packet, record, tree, registration, false, report);
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
