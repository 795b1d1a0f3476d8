#pragma once

#include "protocol/registration/policy.h"
#include "protocol/registration/registration.h"
#include "protocol/registration/rekeys.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A group as a capture shows it: who is in it, what holds in it, what became of its rekeys.
namespace gdoi::registration {

/// PUSHes, or SEQs, named of one GM or KEK; more are counted only.
inline constexpr std::size_t kMaxNamedPushes = 8;

/// One rekey: all PUSHes with one SEQ under one KEK, to whichever GMs.
struct PushSeen {
  keys::KekSpi kek{};
  std::uint32_t sequence = 0;
  std::uint64_t frame    = 0;  ///< of the first
  std::int64_t time_ns   = 0;
  exchange::Endpoint ks;
  exchange::Endpoint destination;  ///< of the first
  bool multicast = false;
  std::optional<keys::KekSpi> brings;  ///< another KEK in its SA
  std::uint64_t teks = 0;              ///< in its SA
  std::uint32_t gms  = 0;              ///< that were sent it by unicast
  bool ack_requested = false;
  std::uint32_t acks = 0;  ///< GMs that acknowledged it
  std::vector<std::uint64_t>
      repeats{};  ///< frames of other PUSHes with its SEQ to the same destination
};

/// The PUSHes under one KEK, by the cookies that they have in clear.
struct KekSeen {
  keys::KekSpi spi{};
  exchange::Endpoint ks;
  std::uint64_t shown_frame   = 0;   ///< first message with it in its SA; 0: none that can be read
  std::uint64_t brought_frame = 0;   ///< first PUSH under another KEK that brings it; 0: none
  exchange::Endpoint destination{};  ///< of the first PUSH
  std::uint64_t pushes      = 0;     ///< repetitions octet for octet left out
  std::uint64_t unread      = 0;     ///< of them those that could not be read
  std::uint64_t forged      = 0;     ///< of them those with a bad SIG
  std::uint64_t first_frame = 0;     ///< of the PUSHes
  std::uint64_t last_frame  = 0;
  std::int64_t first_ns     = 0;
  bool by_destination       = false;  ///< that it is this group's is told by where it goes alone
  Sequence sequence{};
};

/// A GM, with what its last registration said and what came of it.
struct MemberSeen {
  exchange::Endpoint gm;
  exchange::Endpoint ks;
  GmVersion version;
  std::uint32_t attempts      = 0;
  std::uint32_t registrations = 0;
  Outcome outcome             = Outcome::kIncomplete;  ///< of the last one
  std::uint64_t frame         = 0;                     ///< with which that ended
  std::uint64_t first_served  = 0;  ///< PULL message 4 of its first and last registration
  std::uint64_t last_served   = 0;
  RekeyStart rekey;                    ///< of the last registration
  std::optional<MissingPush> missing;  ///< since then
  std::optional<keys::KekSpi> unseen;  ///< a KEK that no PUSH brought to it since then
  std::uint64_t unseen_frame = 0;
  std::vector<PushSeen> not_sent;  ///< PUSHes that others were sent by unicast
  std::vector<PushSeen> unacknowledged;
  std::uint64_t asked_acks   = 0;  ///< of the PUSHes that are remembered
  std::uint64_t missing_acks = 0;
};

struct ServerSeen {
  exchange::Endpoint ks;
  GmVersion version;  ///< that it announced
};

struct GroupView {
  std::optional<Group> group;  ///< nothing where it is encrypted: then all that one KS does
  std::vector<ServerSeen> servers;
  Policy policy;  ///< as shown last
  std::vector<Use> uses;
  std::vector<MemberSeen> members;  ///< by address
  std::vector<KekSeen> keks;        ///< in the order of their first frames
  std::vector<PushSeen> pushes;     ///< the newest that could be read
  std::uint64_t pushes_before = 0;  ///< further ones before those
  std::uint64_t left_out      = 0;  ///< GMs beyond the limit
};

}  // namespace gdoi::registration
