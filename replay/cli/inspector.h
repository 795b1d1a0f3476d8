#pragma once

#include "capture/reader.h"
#include "cli/inspect.h"
#include "protocol/exchange/intake.h"
#include "protocol/registration/tracker.h"
#include "report/inspection.h"

#include <chrono>
#include <functional>
#include <iosfwd>

namespace gdoi::cli {

/// Takes the datagrams of one capture through follower and tracker into a report.
class Inspector {
 public:
  /// Messages are written to `out` as they come, where they were asked for and not as JSON.
  Inspector(const InspectOptions& options, const report::Style& style,
            const getvpn::VersionRules& rules, std::ostream& out);

  /// Secrets, before the first datagram.
  void use(keys::KeyRing ring) { intake_.use(std::move(ring)); }

  using OnEnd = std::function<void(const registration::Registration&)>;

  /// Reads to the end. `on_end` is called with each registration that has ended, as soon as it
  /// has, and again where it turns out otherwise.
  void run(capture::Reader& reader, report::CaptureReport& report, OnEnd on_end = {});

  /// While run() waits for packets of an interface: time goes on without them.
  void wait();

 private:
  void tell(std::int64_t now_ns);

  void take(const capture::UdpDatagram& datagram, report::CaptureReport& report);
  void follow(const exchange::Packet& packet, const exchange::FrameRecord& record, wire::Tree& tree,
              report::CaptureReport& report);
  void show(const exchange::Packet& packet, const exchange::FrameRecord& record, wire::Tree& tree,
            std::uint32_t registration, bool late, report::CaptureReport& report);

  const InspectOptions& options_;
  const report::Style& style_;
  const getvpn::VersionRules& rules_;
  std::ostream& out_;
  exchange::Intake intake_;
  registration::Tracker tracker_;
  exchange::Packet packet_;
  OnEnd on_end_;
  /// When the last packet came, by its own clock and by ours.
  std::int64_t packet_ns_ = 0;
  std::chrono::steady_clock::time_point came_;
};

}  // namespace gdoi::cli
