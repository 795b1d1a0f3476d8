#pragma once

#include "plugin/epan.h"
#include "plugin/reading.h"

/// What Wireshark counts over a whole capture: `-z gdoi,tree` and `-z gdoi,srt`, both in the menu
/// Statistics; plugin/registrations listens to the same tap.
namespace gdoi::plugin {

/// The tap that gets every message, as a Reading.
inline constexpr const char* kTap = "gdoi";

/// At start, with the protocol's number.
void register_statistics(int protocol);

/// Hands a message to the statistics that run; `reading` belongs to the packet.
void count_message(packet_info* pinfo, const Reading* reading);

}  // namespace gdoi::plugin
