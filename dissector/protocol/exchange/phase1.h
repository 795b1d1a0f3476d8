#pragma once

#include "protocol/exchange/history.h"
#include "protocol/exchange/learn.h"
#include "protocol/exchange/message.h"

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

namespace gdoi::exchange {

/// What the transform of a phase 1 says (RFC 2409 appendix A); what we have no algorithm for is
/// empty.
struct Negotiated {
  std::optional<crypto::Cipher> cipher;
  std::optional<crypto::Hash> hash;
  std::optional<crypto::Group> group;
  std::uint32_t auth = 0;  ///< authentication method, 0: not known
};

/// The secrets of one phase 1, given and derived; each is tried.
struct Phase1Keys {
  struct CipherKey {
    keys::Phase1Key given;
    bool proved = false;  ///< it has decrypted a message
  };

  bool any_given = false;  ///< the user has given something for this initiator cookie
  std::vector<CipherKey> ciphers;
  std::vector<keys::SidedSecret> skeyid;
  std::vector<keys::SidedSecret> skeyid_a;
  unsigned materials = 0;  ///< what they were derived from, as bits

  [[nodiscard]] bool proved() const;
};

inline constexpr std::size_t kPhase1Messages = 6;

/// DOI of IPsec (RFC 2407 section 5); that of GDOI is 2.
inline constexpr std::uint32_t kIpsecDoi = 1;

/// All messages with one M-ID under a phase 1: a PULL, a Quick mode or an Informational.
struct Conversation {
  std::uint32_t message_id = 0;
  std::uint32_t pull       = 0;           ///< as FrameRecord::pull
  std::array<std::uint64_t, 5> frames{};  ///< by number: frame that had it first
  std::uint8_t last = 0;                  ///< number of the last message
  Bytes ni_b;
  Bytes nr_b;
  std::optional<GroupPolicy> policy;    ///< of message 2
  std::optional<KeyDownload> download;  ///< of message 4, until message 2 is known
  History history{32};
  std::vector<Pending> pending;
};

/// One phase 1 and what happens under it.
struct Phase1 {
  std::uint32_t number = 0;  ///< as FrameRecord::phase1
  keys::Cookie initiator{};
  keys::Cookie responder{};  ///< zero: not seen yet
  Exchange mode = Exchange::kUnknown;
  std::optional<Endpoint> gm;
  std::optional<Endpoint> ks;
  bool roles_sure   = false;  ///< gm and ks are told by what they sent, not by who came first
  std::uint32_t doi = 0;      ///< of the phase-1 SA, as offered; 0: not seen
  Negotiated negotiated;
  Bytes sai_b;  ///< body of the initiator's SA
  Bytes g_xi;
  Bytes g_xr;
  Bytes ni_b;
  Bytes nr_b;
  Bytes idii_b;
  bool ends_in_clear = false;  ///< aggressive mode message 3 was in clear
  std::array<std::uint64_t, kPhase1Messages + 1> frames{};  ///< by number: frame that had it first
  Phase1Keys keys;
  History history{64};
  std::vector<Pending> pending;
  std::vector<Conversation> conversations;  ///< oldest first

  std::uint64_t last_gm_frame = 0;
  std::uint64_t last_ks_frame = 0;

  [[nodiscard]] Conversation* find(std::uint32_t message_id);
  [[nodiscard]] const Conversation* find(std::uint32_t message_id) const;

  /// The last frame of one side; 0: none.
  [[nodiscard]] std::uint64_t last_from(Sender sender) const {
    return sender == Sender::kGm ? last_gm_frame : last_ks_frame;
  }

  void note_frame(const FrameRecord& record);

  /// Who sends a packet, by its addresses.
  [[nodiscard]] Sender sender_of(const Packet& packet) const;
  void set_roles(const Packet& packet, Sender sender, bool sure);

  /// The public values, padded on the left to the group's length (RFC 2409 section 5).
  [[nodiscard]] Bytes padded(ByteView public_value) const;
};

/// The phase 1s by initiator cookie, since responder cookies repeat for the same peer. Those used
/// last are kept.
class Phase1Table {
 public:
  explicit Phase1Table(std::size_t limit) : limit_(limit == 0 ? 1 : limit) {}

  /// Those with this initiator cookie, newest first.
  [[nodiscard]] std::vector<Phase1*> with(const keys::Cookie& initiator);

  /// A new one; the one used least recently goes where there are too many.
  Phase1& add(const keys::Cookie& initiator);

  /// Marks as used.
  void touch(const Phase1& phase1);

  [[nodiscard]] std::size_t size() const { return order_.size(); }

  /// Forgets derived keys, so that they are made again from other secrets.
  void forget_keys();

 private:
  using Place = std::list<Phase1>::iterator;

  struct CookieHash {
    std::size_t operator()(std::uint64_t cookie) const noexcept;
  };

  void remove(Place place);

  std::size_t limit_;
  std::uint32_t next_ = 1;
  std::list<Phase1> order_;  ///< least recently used first
  /// By the initiator's, as a number: arrays are compared by a call, and each PUSH asks.
  std::unordered_map<std::uint64_t, std::vector<Place>, CookieHash> by_cookie_;
};

}  // namespace gdoi::exchange
