#pragma once

#include "protocol/registration/session.h"

#include <deque>
#include <list>
#include <unordered_map>
#include <unordered_set>

namespace gdoi::registration {

/// The phase 1s that are open, by the follower's number and by initiator cookie; at most `limit`.
class SessionTable {
 public:
  explicit SessionTable(std::size_t limit) : limit_(limit == 0 ? 1 : limit) {}

  [[nodiscard]] Session* find(std::uint64_t key);
  /// The newest with this initiator cookie.
  [[nodiscard]] Session* find(const keys::Cookie& cookie);

  /// The same as find, and makes it the one used last.
  [[nodiscard]] Session* use(std::uint64_t key);

  [[nodiscard]] bool full() const { return sessions_.size() >= limit_; }

  /// The one that was silent longest.
  [[nodiscard]] Session& oldest() { return sessions_.front(); }

  void close_oldest();

  [[nodiscard]] bool was_closed(std::uint64_t key) const { return closed_.contains(key); }

  Session& open(std::uint64_t key, const keys::Cookie& cookie);

  /// Notes the session as its GM's newest. Returns the one that was so before; nullptr: none.
  Session* succeed(const Session& session);

  [[nodiscard]] std::list<Session>& all() { return sessions_; }

  void clear();

 private:
  struct AddressHash {
    std::size_t operator()(const std::array<std::uint8_t, 16>& address) const noexcept;
  };

  std::size_t limit_;
  std::list<Session> sessions_;  ///< least recently used first
  std::unordered_map<std::uint64_t, std::list<Session>::iterator> by_key_;
  std::unordered_map<std::uint64_t, std::uint64_t> by_cookie_;
  std::unordered_map<std::array<std::uint8_t, 16>, std::uint64_t, AddressHash> newest_of_gm_;
  std::unordered_set<std::uint64_t> closed_;
  std::deque<std::uint64_t> closed_order_;  ///< the oldest goes first
};

}  // namespace gdoi::registration
