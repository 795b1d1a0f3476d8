#pragma once

#include "capture/reader.h"
#include "protocol/exchange/follower.h"
#include "protocol/exchange/message.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Conversations of captures/, to be played to a follower in any order.
namespace gdoi::exchange::test {

/// A datagram with octets of its own.
struct Datagram {
  Packet packet;  ///< without payload
  Bytes octets;
};

using Conversation = std::vector<Datagram>;

/// The GDOI datagrams of a capture of captures/.
inline Conversation read_capture(const std::string& name) {
  const auto path = std::string(GDOI_CAPTURES_DIR) + "/" + name + ".pcap";
  auto reader     = capture::Reader::open_file(std::filesystem::exists(path) ? path : path + "ng");
  EXPECT_TRUE(reader.ok()) << name;
  Conversation all;
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

inline keys::KeyRing read_keys(const std::string& name) {
  auto log = keys::read_key_file(std::string(GDOI_CAPTURES_DIR) + "/" + name + ".keys");
  EXPECT_TRUE(log.ok()) << (log ? "" : log.error().text);
  return std::move(log->ring);
}

/// The names of all captures.
inline const std::vector<std::string>& all_captures() {
  static const std::vector<std::string> names{"reference-gm-registration",
                                              "reference-gm-registration-kek-push",
                                              "61850-ks-registration",
                                              "61850-ks-refused-unknown-group",
                                              "reference-live/three-gms-kek-3des",
                                              "reference-live/aes-kek-sha256",
                                              "reference-live/rsa-sig",
                                              "reference-live/gcm-sids",
                                              "reference-live/unknown-group",
                                              "reference-live/wrong-psk",
                                              "reference-live/gm-restart",
                                              "reference-live/big-fragmented",
                                              "reference-live/aggressive",
                                              "reference-live/loss-10"};
  return names;
}

/// A name that GoogleTest takes for a parameter.
inline std::string test_name(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

/// A message as the follower last knew it.
struct Followed {
  FrameRecord record;
  std::string summary;
  bool late = false;
  Bytes plaintext{};
};

/// Plays a conversation and keeps what is known of each frame in the end.
class Play {
 public:
  explicit Play(keys::KeyRing ring, FollowerLimits limits = {}) : follower_(limits) {
    follower_.use(std::move(ring));
  }

  void packet(const Datagram& datagram) {
    Packet packet  = datagram.packet;
    packet.payload = datagram.octets;
    wire::Tree tree;
    const auto record = follower_.follow(packet, tree);
    keep(record, tree, false);
    expect_same_again(record, datagram.octets, tree);
    for (auto& late : follower_.take_late()) {
      EXPECT_LT(late.record.frame, record.frame);
      EXPECT_EQ(late.record.crypt, Crypt::kDecrypted);
      keep(late.record, late.tree, true);
      expect_same_again(late.record, late.octets, late.tree);
    }
    for (auto& tek : follower_.take_learned_teks()) {
      teks_.push_back(std::move(tek));
    }
  }

  void all(const Conversation& conversation) {
    for (const auto& datagram : conversation) {
      packet(datagram);
    }
  }

  [[nodiscard]] const std::map<std::uint64_t, Followed>& frames() const { return frames_; }

  [[nodiscard]] const FrameRecord& record(std::uint64_t frame) const {
    return frames_.at(frame).record;
  }

  [[nodiscard]] const std::vector<keys::Tek>& teks() const { return teks_; }

  [[nodiscard]] Follower& follower() { return follower_; }

 private:
  void keep(const FrameRecord& record, const wire::Tree& tree, bool late) {
    const MessageView view(tree);
    const auto plaintext  = tree.buffer_count() > 1 ? tree.buffer(1) : ByteView{};
    frames_[record.frame] = {record, payload_summary(view, record.number), late,
                             to_bytes(plaintext)};
    EXPECT_TRUE(wire::covers(tree));
    if (record.crypt == Crypt::kDecrypted) {
      ASSERT_EQ(tree.buffer_count(), 2U);
      EXPECT_EQ(tree.buffer(1).size(), view.ciphertext().size());
    } else {
      EXPECT_EQ(tree.buffer_count(), 1U);
    }
  }

  void expect_same_again(const FrameRecord& record, ByteView octets, const wire::Tree& tree) {
    wire::Tree again;
    follower_.decode_again(record, octets, false, again);
    ASSERT_EQ(again.nodes().size(), tree.nodes().size());
    ASSERT_EQ(again.buffer_count(), tree.buffer_count());
    for (std::size_t i = 0; i < tree.buffer_count(); ++i) {
      EXPECT_TRUE(equal(again.buffer(i), tree.buffer(i)));
    }
  }

  Follower follower_;
  std::map<std::uint64_t, Followed> frames_;
  std::vector<keys::Tek> teks_;
};

}  // namespace gdoi::exchange::test
