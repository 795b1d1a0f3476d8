#pragma once

#include "plan/address.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a user wants to be otherwise than captured: in a message (fields, payloads, what is sent of
/// it) and with a message (sent late, twice, never). From the command line and from scenarios.
namespace gdoi::plan {

/// What is done. Before the HASH and the encryption: kSet to kReserved, so that what follows from
/// them follows. Behind the HASH: kLie, kBreakHash. On the datagram: kClear to kFlip. With the
/// message: the rest.
enum class Operation : std::uint8_t {
  kSet,
  kAdd,
  kDrop,
  kRepeat,
  kMove,
  kReserved,
  kReuseCookie,
  kLie,
  kBreakHash,
  kClear,
  kReservedFlags,
  kCut,
  kTrail,
  kFlip,
  kLose,
  kDelay,
  kAgainAfter,
  kBefore
};

/// What an operation takes, and in words what it does.
struct OperationInfo {
  Operation operation;
  std::string_view name;
  bool of_place;           ///< may stand behind the address of a field or structure
  bool of_message;         ///< may stand behind a message alone
  std::string_view value;  ///< what it wants; empty: nothing; in brackets: it may be left out
  std::string_view text;
};

/// What came of a change: which of the plan's, and in words.
struct Altered {
  std::size_t change = 0;
  std::string text;
  bool made = true;  ///< false: the message has it so already
};

/// All of them, as help and errors list them.
[[nodiscard]] const std::array<OperationInfo, 18>& operations();

struct Change {
  Address address;
  Operation operation = Operation::kSet;
  std::string value;

  /// "pull1/id.data: set 0x000004d2"
  [[nodiscard]] std::string text() const;
};

/// One change from its three parts. Errors say what there is instead; a value that needs its
/// message to be understood is checked when it is applied.
[[nodiscard]] Result<Change> make_change(std::string_view address, std::string_view operation,
                                         std::string_view value);

/// "ADDRESS: OPERATION [VALUE]", as `--change` takes it.
[[nodiscard]] Result<Change> parse_change(std::string_view text);

/// "ADDRESS=VALUE", as `--set` takes it; nothing where the name is none of a message.
[[nodiscard]] std::optional<Result<Change>> parse_set(std::string_view name_and_value);

/// Whether a GM sends a message of this short name: mm1, mm3, mm5, am1, am3, pull1, pull3.
[[nodiscard]] bool is_message_of_gm(std::string_view name);

/// A number with a sign or without, such as the value of `cut`; nothing where it is none.
[[nodiscard]] std::optional<std::int64_t> whole_number(std::string_view text);

/// Seconds, such as 2.5; nothing where it is none, is negative or more than an hour.
[[nodiscard]] std::optional<double> seconds_of(std::string_view text);

}  // namespace gdoi::plan
