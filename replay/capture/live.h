#pragma once

#include "protocol/base/result.h"

#include <pcap/pcap.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gdoi::capture {

struct PcapCloser {
  void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};

using Pcap = std::unique_ptr<pcap_t, PcapCloser>;

/// Opens an interface: promiscuous, immediate, nanoseconds where the kernel has them, filtered. It
/// never waits.
[[nodiscard]] Result<Pcap> open_live(const std::string& name,
                                     const std::vector<std::uint16_t>& ports);

/// Until a packet comes or a signal, and not longer than 0.1 s.
void wait_live(pcap_t* pcap);

/// A pcap filter that lets through whatever may hold a datagram of these ports: what the kernel
/// cannot look into (later fragments, extension headers, VLAN tags) passes. Empty `ports`: all UDP.
/// IKE on port 4500 passes too.
/// `vlan` is left out for link types that cannot have tags, where libpcap refuses the word.
[[nodiscard]] std::string live_filter(const std::vector<std::uint16_t>& ports, bool vlan);

}  // namespace gdoi::capture
