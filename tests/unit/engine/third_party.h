#pragma once

#include "engine/initiator.h"
#include "exchange/network.h"
#include "protocol/exchange/follower.h"
#include "protocol/keys/key_log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gdoi::simulation {

/// All that was sent on the network, as somebody reads it who has the GM's key log and nothing
/// else.
inline std::vector<exchange::FrameRecord> followed_with(const std::string& key_log,
                                                        const Network& network) {
  exchange::Follower follower;
  auto log = keys::parse_key_log(key_log, "key log");
  EXPECT_TRUE(log.ok()) << (log.ok() ? "" : log.error().text);
  if (log) {
    follower.use(std::move(log->ring));
  }
  std::vector<exchange::FrameRecord> records;
  for (const auto& sent : network.sent()) {
    wire::Tree tree;
    records.push_back(follower.follow({records.size() + 1, sent.time, sent.message.source,
                                       sent.message.destination, sent.message.datagram},
                                      tree));
  }
  return records;
}

inline std::string key_log_of(const engine::Initiator& gm) {
  std::string text;
  for (const auto& line : gm.key_log()) {
    text += line + "\n";
  }
  return text;
}

}  // namespace gdoi::simulation
