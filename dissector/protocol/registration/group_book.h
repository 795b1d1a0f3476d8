#pragma once

#include "protocol/exchange/follower.h"
#include "protocol/registration/group_view.h"

#include <map>
#include <string>
#include <vector>

namespace gdoi::registration {

/// Numbers of the newest of a row of things; the others are forgotten.
class Recent {
 public:
  static constexpr std::uint64_t kSize = 64;

  void set(std::uint64_t number);
  [[nodiscard]] bool has(std::uint64_t number) const;

 private:
  std::uint64_t end_  = 0;  ///< behind the highest
  std::uint64_t bits_ = 0;  ///< of the one before it is the lowest bit
};

/// Collects what the groups of a capture show. Bounded: what comes beyond the limits is left out
/// and, where that can be, counted.
class GroupBook {
 public:
  static constexpr std::size_t kMaxGroups       = 1'024;
  static constexpr std::size_t kMaxMembers      = 100'000;        ///< of all groups together
  static constexpr std::size_t kMaxServers      = 64;             ///< of one group
  static constexpr std::size_t kMaxKeks         = 256;            ///< of one group; the oldest goes
  static constexpr std::size_t kMaxPushes       = Recent::kSize;  ///< of one group; the oldest goes
  static constexpr std::size_t kMaxDestinations = 8;              ///< multicast, of one group

  /// An acknowledgement is missing, and a GM was left out of a rekey, only where the capture went
  /// on for so long (RFC 8263 section 6: a KS waits 10 s at least).
  static constexpr std::int64_t kAckNs = 10'000'000'000;

  /// PULL message 2, decrypted, of a GM that asked for `group`.
  void on_policy(const Group& group, const exchange::Endpoint& ks, std::uint64_t frame,
                 const wire::Tree& tree);

  /// `late`: it was taken before and can be read only now.
  void on_push(const exchange::Packet& packet, const exchange::FrameRecord& record,
               const wire::Tree& tree, bool late);
  void on_ack(const exchange::Packet& packet, const exchange::FrameRecord& record,
              const wire::Tree& tree);

  /// A message of the KS in phase 1, which may announce its version.
  void on_server(const exchange::Endpoint& ks, const keys::Cookie& cookie, std::uint64_t frame,
                 const getvpn::VersionRules& rules, const wire::Tree& tree);

  /// Each registration, in order, when the capture has come to its end.
  void add(const Registration& one);

  /// After the last add(). `end_ns`: the time of the last packet.
  [[nodiscard]] std::vector<GroupView> take(const Rekeys& rekeys, std::int64_t end_ns);

 private:
  using Address = std::array<std::uint8_t, 16>;

  struct Member {
    MemberSeen seen;
    Recent sent;  ///< by unicast, by number of the PUSH
    Recent acked;
  };

  struct Entry {
    GroupView view;
    std::map<Address, Member> members;
    std::vector<exchange::Endpoint> destinations;
    std::uint64_t next_push = 0;  ///< number of the next one in view.pushes
    bool ack_requested      = false;
  };

  Entry* of(const std::string& key);
  Entry* entry(const std::optional<Group>& group, const exchange::Endpoint& ks);
  static std::string group_key(const std::optional<Group>& group, const exchange::Endpoint& ks);
  Entry* entry_of_push(const exchange::Packet& packet, const keys::KekSpi& spi);
  /// That a KEK is of this group.
  void claim(const keys::KekSpi& spi, const std::string& key, const exchange::Endpoint& ks);
  Member* member(Entry& at, const exchange::Endpoint& gm);
  static void note_server(Entry& at, const exchange::Endpoint& ks);
  static KekSeen& kek(Entry& at, const keys::KekSpi& spi, const exchange::Endpoint& ks);
  static void note_policy(Entry& at, const Policy& policy);
  void rekey(Entry& at, const exchange::Packet& packet, const exchange::FrameRecord& record,
             const wire::Tree& tree);
  static void judge(const Entry& at, Member& member, const Rekeys& rekeys, std::int64_t end_ns);

  std::map<std::string, Entry> entries_;
  std::map<keys::KekSpi, std::string> of_kek_;
  std::map<Address, GmVersion> servers_;
  std::size_t member_count_ = 0;
};

}  // namespace gdoi::registration
