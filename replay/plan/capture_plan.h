#pragma once

#include "capture/reader.h"
#include "plan/conversation.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "protocol/keys/key_ring.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gdoi::plan {

/// A datagram as it was captured, without a non-ESP marker.
struct RawDatagram {
  std::uint64_t frame  = 0;
  std::int64_t time_ns = 0;
  Bytes octets;
};

/// One registration of a capture: what is known of it, and the GM's messages as far as they can be
/// read.
struct CapturedRegistration {
  registration::Registration story;
  std::optional<keys::Cookie> responder;
  std::optional<Template> first;  ///< phase-1 message 1, of main or aggressive mode
  std::optional<Template> third;
  std::optional<Template> fifth;  ///< only main mode has one
  std::optional<Template> pull1;
  std::optional<Template> pull3;
  bool dark       = false;  ///< it has encrypted messages of the GM that cannot be read
  bool aggressive = false;  ///< its phase 1 was aggressive mode
  std::optional<engine::Phase1Algorithms> suite;  ///< that the KS chose
  std::shared_ptr<const Secret> gm_psk;           ///< by the key log; nothing: it has none
  std::shared_ptr<const Secret> ks_psk;           ///< where the two sides had different ones
  std::vector<RawDatagram> gm_datagrams{};        ///< where they were asked for, in order
  std::vector<RawDatagram> ks_datagrams{};
  Conversation said{};      ///< by both sides, as far as it was captured
  std::string key_files{};  ///< that were read, as an error names them; empty: none
};

/// A capture that was read for replay.
struct CapturePlan {
  std::vector<CapturedRegistration> registrations;
  std::string problem;  ///< the capture broke off there; what is before it was read
};

/// Reads a capture to its end and keeps, for each registration, the messages that its GM sent; with
/// `datagrams` also what both sides sent, as it is.
[[nodiscard]] CapturePlan plan_capture(capture::Reader& reader, keys::KeyRing ring,
                                       bool datagrams = false);

/// The plan of one registration: captured messages with the user's changes, and messages made from
/// what the user says where the captured ones cannot be read. What is missing is named in one
/// error. Where neither the capture nor the user names a group, that of the other registrations in
/// `all` is taken if they name one only.
[[nodiscard]] Result<Plan> make_plan(const CapturedRegistration& captured, const Settings& settings,
                                     const CapturePlan& all);

/// The ID payload's body of PULL message 1, or nothing.
[[nodiscard]] std::optional<Bytes> group_body(const Plan& plan);

}  // namespace gdoi::plan
