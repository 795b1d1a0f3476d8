#pragma once

#include "engine/isakmp_sa.h"
#include "engine/proposal.h"
#include "protocol/exchange/learn.h"
#include "protocol/exchange/script.h"

#include <array>
#include <string_view>
#include <variant>

/// The states of an initiator, each with what is legal in it and no more.
namespace gdoi::engine {

/// The message that waits for its answer.
struct Flight {
  Outgoing message;
  std::string_view name{};  ///< "mm1", as changes call it
  unsigned sent   = 0;
  unsigned timely = 0;  ///< sendings that a half-open SA of the KS will have lived to see
  Time first      = 0;
  Time last       = 0;
  Time deadline   = 0;
  /// The message before it where that gets no answer of its own (aggressive mode message 3): it is
  /// sent again with it.
  std::optional<Outgoing> companion{};
};

/// The question whether the KS is alive, asked once a step got no answer: a message 1 of a phase 1
/// of its own, again in each round, while the step is repeated beside it. A vendor ID says that it
/// is no registration.
struct Probe {
  keys::Cookie cookie{};
  Bytes datagram;
  unsigned rounds   = 0;
  unsigned answered = 0;      ///< rounds in which the KS answered
  bool open         = false;  ///< this round's has not been answered yet
};

/// What every state that waits for an answer has.
struct Waiting {
  IsakmpSa sa;
  Flight flight;
  std::optional<Probe> probe;
};

struct Idle {};

struct AwaitMm2 : Waiting {
  std::vector<Transform> offers;
};

struct AwaitMm4 : Waiting {
  crypto::DhKeyPair key_pair;
};

struct AwaitMm6 : Waiting {};

struct AwaitAm2 : Waiting {
  std::vector<Transform> offers;
  crypto::DhKeyPair key_pair;
  Bytes idii_b;
};

struct AwaitPull2 : Waiting {
  std::uint32_t message_id = 0;
  Bytes ni_b;
};

struct AwaitPull4 : Waiting {
  std::uint32_t message_id = 0;
  Bytes ni_b;
  Bytes nr_b;
  std::optional<exchange::GroupPolicy> policy;
  bool policy_is_whole = false;  ///< each SA TEK could be read
  Bytes pull1;                   ///< as it was sent
};

struct Finished {};

using State =
    std::variant<Idle, AwaitMm2, AwaitMm4, AwaitMm6, AwaitAm2, AwaitPull2, AwaitPull4, Finished>;

/// What ends the waiting of a state.
enum class Timeout : std::uint8_t {
  kNone,         ///< waits for nothing
  kUnreachable,  ///< repeats; nothing was ever answered, so silence then says nothing of the KS
  kProbe         ///< repeats; then asks whether the KS is alive
};

/// A row of the table of states: which message was sent and which is awaited.
struct StateRow {
  exchange::Exchange exchange;
  std::uint8_t sent;
  std::uint8_t awaited;
  Timeout timeout;
};

/// In the order of State.
inline constexpr std::array<StateRow, std::variant_size_v<State>> kStates{
    {
     // clang-format off
     //                                  sent  awaited  when the tries are used up
     {exchange::Exchange::kMain,          0,    0,       Timeout::kNone       },  // Idle
     {exchange::Exchange::kMain,          1,    2,       Timeout::kUnreachable},  // HDR, SA
     {exchange::Exchange::kMain,          3,    4,       Timeout::kProbe      },  // HDR, KE, Ni
     {exchange::Exchange::kMain,          5,    6,       Timeout::kProbe      },  // HDR*, IDii, HASH_I
     {exchange::Exchange::kAggressive,    1,    2,       Timeout::kUnreachable},  // HDR, SA, KE, Ni, IDii
     {exchange::Exchange::kPull,          1,    2,       Timeout::kProbe      },  // HDR*, HASH(1), Ni, ID
     {exchange::Exchange::kPull,          3,    4,       Timeout::kProbe      },  // HDR*, HASH(3) [, GAP]
     {exchange::Exchange::kPull,          0,    0,       Timeout::kNone       },  // Finished
                                                             // clang-format on
    }
};

}  // namespace gdoi::engine
