#pragma once

#include "protocol/exchange/follower.h"
#include "protocol/registration/registration.h"
#include "protocol/registration/rekeys.h"

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

/// What the capture tells beside a registration: of its KS, its group, other GMs.
namespace gdoi::registration {

/// What tells groups apart: ID type and octets.
[[nodiscard]] std::string key_of(const Group& group);

/// Whether they differ in their ports at most.
[[nodiscard]] bool same_address(const exchange::Endpoint& one, const exchange::Endpoint& other);

/// Whether PUSHes to it go to many GMs (RFC 5771, RFC 4291 section 2.7).
[[nodiscard]] bool is_multicast(const exchange::Endpoint& endpoint);

/// Whether what a PUSH says may be believed: it was decrypted, here and now, and no SIG proves it
/// forged.
[[nodiscard]] bool is_proof(const exchange::FrameRecord& record, const wire::Tree& tree);

/// A registration of the same GM in the same group before.
struct Before {
  std::int64_t first_attempt_ns = 0;  ///< since the last success; 0: none
  std::uint32_t attempts        = 0;  ///< failed ones since the last success
  std::string step{};                 ///< where the last of them ended
  std::uint64_t step_frame   = 0;
  bool served                = false;
  std::uint64_t served_frame = 0;  ///< PULL message 4
  std::int64_t served_ns     = 0;
  std::uint64_t lifetime     = 0;  ///< the shortest one, seconds; 0: not known
  RekeyStart rekey{};
};

/// What the registrations of one GM in one group were, as they follow each other in time.
class History {
 public:
  [[nodiscard]] Before before(const Registration& one) const;
  void add(const Registration& one);

 private:
  std::unordered_map<std::string, Before> series_;
};

/// Bounded: what comes beyond the limits is left out, never mixed up.
class Context {
 public:
  static constexpr std::size_t kMaxServers  = 256;
  static constexpr std::size_t kMaxGroups   = 4'096;  ///< of one KS
  static constexpr std::size_t kMaxServed   = 64;     ///< GMs kept of one group
  static constexpr std::size_t kMaxMoments  = 65'536;
  static constexpr std::size_t kMaxHalfOpen = 100'000;

  /// A phase 1 that is not complete this long after message 2 is no longer counted as open.
  static constexpr std::int64_t kHalfOpenNs = 60'000'000'000;

  struct Served {
    exchange::Endpoint gm;
    std::string version;      ///< as GmVersion::text()
    std::uint64_t frame = 0;  ///< PULL message 4
  };

  struct GroupSeen {
    std::vector<Use> uses;
    std::vector<exchange::Endpoint> shown_by;  ///< the GM of each use
    std::vector<Served> served;
  };

  struct Moment {
    std::uint64_t frame = 0;
    std::int64_t ns     = 0;
    exchange::Endpoint gm;
  };

  /// Every message, before its registration takes it.
  void on_message(const exchange::Packet& packet, const exchange::FrameRecord& record);

  /// A PUSH that may be readable, and what a PULL of this group with this KS shows of its KEK.
  void on_push(const exchange::Packet& packet, const exchange::FrameRecord& record,
               const wire::Tree& tree);
  void on_policy(const exchange::Endpoint& ks, const Group& group, std::uint64_t frame,
                 const wire::Tree& tree);

  [[nodiscard]] const Rekeys& rekeys() const { return rekeys_; }

  /// What a registration teaches; may be told again as it grows.
  void note(const Registration& one);

  /// Phase 1s that the KS has open and that are not complete.
  [[nodiscard]] std::uint32_t half_open(const exchange::Endpoint& ks, std::int64_t now_ns);

  [[nodiscard]] const GroupSeen* group(const exchange::Endpoint& ks, const Group& group) const;
  /// A GM that the KS registered in another group than this one has: the same GM where it did.
  [[nodiscard]] const Served* other_group(const Registration& one) const;
  /// The first message of the KS to anybody in that time.
  [[nodiscard]] std::optional<Moment> alive(const exchange::Endpoint& ks, std::int64_t from_ns,
                                            std::int64_t to_ns) const;
  /// The first PUSH of the KS after that time.
  [[nodiscard]] std::optional<Moment> push_after(const exchange::Endpoint& ks, std::int64_t from_ns,
                                                 std::int64_t to_ns) const;

 private:
  static void note_served(std::vector<Served>& all, Served one);

  using Address = std::array<std::uint8_t, 16>;
  using Moments = std::map<std::int64_t, Moment>;  ///< at most one in 0.1 s

  struct Server {
    std::map<std::string, GroupSeen> groups;  ///< by ID type and octets
    Moments sent;
    Moments pushes;
    std::deque<std::pair<std::int64_t, std::uint32_t>> opened;  ///< phase 1s, oldest first
    std::unordered_set<std::uint32_t> open;
  };

  static void add(Moments& moments, const exchange::Packet& packet);
  [[nodiscard]] static std::optional<Moment> first(const Moments& moments, std::int64_t from_ns,
                                                   std::int64_t to_ns);
  [[nodiscard]] Server* server(const exchange::Endpoint& ks);
  [[nodiscard]] const Server* find(const exchange::Endpoint& ks) const;

  Rekeys rekeys_;
  std::map<Address, Server> servers_;
  Server* last_ = nullptr;  ///< asked for last; servers are never removed
  Address last_address_{};
};

}  // namespace gdoi::registration
