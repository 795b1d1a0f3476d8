#pragma once

#include "capture/reader.h"
#include "cli/inspect.h"
#include "protocol/exchange/intake.h"
#include "protocol/registration/tracker.h"
#include "report/inspection.h"

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

  /// Reads to the end. `on_message` is called after each one that belongs to a registration.
  void run(capture::Reader& reader, report::CaptureReport& report,
           const std::function<void(const registration::Registration&)>& on_message = {});

 private:
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
  std::uint32_t last_registration_ = 0;
};

}  // namespace gdoi::cli
