#pragma once

#include "capture/reader.h"
#include "protocol/exchange/intake.h"
#include "protocol/keys/key_log.h"
#include "protocol/registration/tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

/// Captures of captures/, cut and edited, through follower and tracker.
namespace gdoi::registration::test {

inline constexpr std::int64_t kSecond = 1'000'000'000;

/// A datagram with octets of its own.
struct Datagram {
  exchange::Packet packet;  ///< without payload
  Bytes octets;
};

using Datagrams = std::vector<Datagram>;

inline Datagrams read_capture(const std::string& name) {
  const auto path = std::string(GDOI_CAPTURES_DIR) + "/" + name + ".pcap";
  auto reader     = capture::Reader::open_file(std::filesystem::exists(path) ? path : path + "ng");
  EXPECT_TRUE(reader.ok()) << name;
  Datagrams all;
  while (reader) {
    const auto next = reader->next();
    if (!next || !next->has_value()) {
      EXPECT_TRUE(next.ok()) << name;
      break;
    }
    const auto& from = **next;
    Datagram datagram;
    datagram.packet.frame       = from.frame;
    datagram.packet.time_ns     = from.time_ns;
    datagram.packet.source      = {from.family, from.source, from.source_port};
    datagram.packet.destination = {from.family, from.destination, from.destination_port};
    datagram.octets             = to_bytes(from.payload);
    all.push_back(std::move(datagram));
  }
  return all;
}

/// Datagrams of which not all fragments are there.
inline std::vector<exchange::Packet> read_lost(const std::string& name) {
  const auto path = std::string(GDOI_CAPTURES_DIR) + "/" + name + ".pcap";
  auto reader     = capture::Reader::open_file(std::filesystem::exists(path) ? path : path + "ng");
  EXPECT_TRUE(reader.ok()) << name;
  while (reader) {
    const auto next = reader->next();
    if (!next || !next->has_value()) {
      break;
    }
  }
  std::vector<exchange::Packet> lost;
  for (const auto& from : reader->lost()) {
    lost.push_back({
        .frame       = from.frame,
        .time_ns     = from.time_ns,
        .source      = {from.family, from.source, from.source_port},
        .destination = {from.family, from.destination, from.destination_port},
        .payload     = {}
    });
  }
  return lost;
}

inline keys::KeyRing read_keys(const std::string& name) {
  auto log = keys::read_key_file(std::string(GDOI_CAPTURES_DIR) + "/" + name + ".keys");
  EXPECT_TRUE(log.ok()) << (log ? "" : log.error().text);
  return std::move(log->ring);
}

/// Frames numbered anew from 1 in the order in which they stand.
inline Datagrams renumbered(Datagrams all) {
  std::uint64_t frame = 0;
  for (auto& one : all) {
    one.packet.frame = ++frame;
  }
  return all;
}

/// A datagram again, some seconds after `after`.
inline Datagram again(const Datagram& one, const Datagram& after, std::int64_t seconds) {
  auto copy           = one;
  copy.packet.time_ns = after.packet.time_ns + seconds * kSecond;
  return copy;
}

struct Found {
  std::vector<Registration> registrations;
  Counts counts;
  std::vector<std::uint32_t> ids;  ///< what on_message returned
};

/// Hands datagrams to a tracker as they come, and of fragments the messages that they make, too.
/// `then` gets what on_message returned last of each datagram.
template <typename Then>
void feed(exchange::Intake& intake, Tracker& tracker, const Datagrams& all, Then then) {
  for (const auto& one : all) {
    auto packet          = one.packet;
    packet.payload       = one.octets;
    std::uint32_t number = 0;
    (void)intake.take(
        packet, false,
        [&](const exchange::Packet& message, const exchange::FrameRecord& record,
            const wire::Tree& tree) { number = tracker.on_message(message, record, tree); },
        [&](const exchange::LateMessage& late) { tracker.on_late(late); });
    then(number);
  }
}

inline Found track(const Datagrams& all, keys::KeyRing ring = {}, Tracker tracker = Tracker(),
                   const std::vector<exchange::Packet>& lost = {}) {
  exchange::Intake intake;
  intake.use(std::move(ring));
  Found found;
  feed(intake, tracker, all, [&](std::uint32_t number) { found.ids.push_back(number); });
  for (const auto& one : lost) {
    tracker.on_lost(one);
  }
  tracker.finish();
  found.registrations = tracker.registrations().all();
  found.counts        = tracker.counts();
  return found;
}

}  // namespace gdoi::registration::test
