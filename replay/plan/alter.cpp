#include "plan/alter.h"

#include "plan/field_value.h"
#include "protocol/base/hex.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::plan {
namespace {

using tables::row;
using wire::Document;
using wire::Editor;
using wire::NodeRef;

constexpr std::size_t kBlockSize      = 16;
constexpr std::size_t kHeaderSize     = 28;  // RFC 2408 section 3.1
constexpr std::size_t kFlagsAt        = 19;
constexpr std::size_t kLengthAt       = 24;
constexpr std::uint8_t kEncrypted     = 1;
constexpr std::uint8_t kReservedFlags = 0xf8;  // RFC 2408 section 3.1
constexpr std::size_t kMaxWidth       = 8;
constexpr std::string_view kHexPrefix = "0x";

bool fits(std::uint64_t number, std::size_t width) {
  return width >= kMaxWidth || number >> (8 * width) == 0;
}

bool is_in_header(const Document& document, NodeRef node) {
  const auto parent = document.value(node).parent;
  return !document.is_group(node) && parent != wire::kNoRef &&
         document.value(parent).row == row("message");
}

Bytes octets_of(const Document& document) {
  auto octets = wire::encode(document);
  if (document.plaintext() != wire::kNoRef) {
    append(octets, wire::encode(document, document.plaintext()));
  }
  return octets;
}

Document decoded_again(const Document& document) {
  const auto octets = wire::encode(document);
  wire::Tree tree;
  wire::decode(tables::schema(), octets, {}, tree);
  if (document.plaintext() != wire::kNoRef) {
    wire::decode_plaintext(tables::schema(), Secret(wire::encode(document, document.plaintext())),
                           kBlockSize, tree);
  }
  return {tables::schema(), tree};
}

/// The changes of one message at one stage.
class Alterer {
 public:
  Alterer(Document& document, Stage stage, const AlterContext& context)
      : document_(document), stage_(stage), context_(context) {}

  /// What was done, in words; empty: nothing at this stage.
  Result<std::string> make(const Change& change) {
    switch (change.operation) {
      case Operation::kSet:
        return set(change);
      case Operation::kLie:
        return lie(change);
      case Operation::kAdd:
        return stage_ == Stage::kBeforeProof ? add(change) : nothing();
      case Operation::kDrop:
      case Operation::kMove:
        return stage_ == Stage::kBeforeProof ? with_member(change) : nothing();
      case Operation::kRepeat:
        return stage_ == Stage::kBeforeProof && !change.address.steps.empty() ? with_member(change)
                                                                              : nothing();
      case Operation::kReserved:
        return stage_ == Stage::kBeforeProof ? set_reserved(change) : nothing();
      case Operation::kReuseCookie:
        return stage_ == Stage::kBeforeProof ? reuse_cookie() : nothing();
      case Operation::kBreakHash:
        return stage_ == Stage::kBehindProof ? break_hash() : nothing();
      case Operation::kReservedFlags:
        return stage_ == Stage::kHeader ? reserved_flags(change) : nothing();
      default:
        return nothing();
    }
  }

 private:
  static Result<std::string> nothing() { return std::string(); }

  static Result<std::string> said(const Status& status, std::string text) {
    return status ? Result<std::string>(std::move(text)) : Result<std::string>(status.error());
  }

  /// Fields of the header on which nothing depends are set last; octets of a proof once it is made.
  [[nodiscard]] Stage stage_of(const Place& place) const {
    const auto field = document_.value(place.node).row;
    if (is_in_header(document_, place.node)) {
      const bool bound = field == row("ispi") || field == row("rspi") || field == row("messageid");
      return bound ? Stage::kBeforeProof : Stage::kHeader;
    }
    return field == row("hash") || field == row("sig") ? Stage::kBehindProof : Stage::kBeforeProof;
  }

  Result<std::string> set(const Change& change) {
    const auto place = find_place(document_, change.address, Target::kField);
    if (!place) {
      return place.error();
    }
    if (stage_of(*place) != stage_) {
      return nothing();
    }
    const auto was    = value_text(document_, *place);
    const auto node   = value_of(document_, place->node);
    const auto status = set_field(document_, node, change.value, context_.random);
    if (!status) {
      return Error{fmt::format("{}: {}", change.text(), status.error().text)};
    }
    auto text = fmt::format("{}/{}: {} instead of {}", change.address.message, place->text(),
                            value_text(document_, *place), was);
    if (stage_ == Stage::kBeforeProof && document_.row(node).role != wire::Role::kNone) {
      document_ = decoded_again(document_);  // it steers what the octets behind it are
    }
    return text;
  }

  /// Of a payload, proposal or transform its length: what else of it would lie.
  [[nodiscard]] Result<Place> place_of_lie(const Address& address) const {
    const bool of_structure = !meant_by(document_, address, Target::kLength).empty();
    return find_place(document_, address, of_structure ? Target::kLength : Target::kField);
  }

  Result<std::string> lie(const Change& change) {
    if (stage_ == Stage::kBeforeProof) {
      return nothing();
    }
    const auto place = place_of_lie(change.address);
    if (!place) {
      return place.error();
    }
    const auto node = value_of(document_, place->node);
    if (is_in_header(document_, node) != (stage_ == Stage::kHeader)) {
      return nothing();
    }
    const auto& value   = document_.value(node);
    const auto by       = whole_number(change.value).value_or(0);
    const bool relative = change.value.front() == '+' || change.value.front() == '-';
    const auto number   = relative ? static_cast<std::int64_t>(value.number) + by : by;
    if (value.width == 0 || number < 0 || !fits(static_cast<std::uint64_t>(number), value.width)) {
      return Error{value.width == 0 ? fmt::format("{}: it is no number", change.text())
                                    : fmt::format("{}: {} does not fit its {} octets",
                                                  change.text(), number, value.width)};
    }
    const auto was = value.number;
    return said(Editor(document_).set_number(node, static_cast<std::uint64_t>(number)),
                fmt::format("{}/{}: says {} instead of {}", change.address.message, place->text(),
                            number, was));
  }

  Result<std::string> add(const Change& change) {
    auto parent = payload_list(document_);
    if (!change.address.steps.empty()) {
      const auto place = find_place(document_, change.address, Target::kList);
      if (!place) {
        return place.error();
      }
      parent = place->node;
    }
    const auto space  = change.value.find(' ');
    const auto type   = std::string_view(change.value).substr(0, space);
    const auto value  = space == std::string::npos
                            ? std::string_view()
                            : std::string_view(change.value).substr(space + 1);
    const auto member = member_octets(document_, parent, type, value, context_.random);
    if (!member) {
      return Error{fmt::format("{}: {}", change.text(), member.error().text)};
    }
    const auto placed = Editor(document_).insert(parent, document_.link(parent).list.count,
                                                 member->type, member->octets);
    if (!placed) {
      return Error{fmt::format("{}: {}", change.text(), placed.error().text)};
    }
    return fmt::format("{}: {} added, {} octets", change.address.text(), type,
                       member->octets.size());
  }

  Result<std::string> with_member(const Change& change) {
    const auto place = find_place(document_, change.address, Target::kMember);
    if (!place) {
      return place.error();
    }
    const auto at    = fmt::format("{}/{}", change.address.message, place->text());
    const auto count = static_cast<std::size_t>(whole_number(change.value).value_or(1));
    if (change.operation == Operation::kDrop) {
      return said(Editor(document_).erase(place->node), at + ": left out");
    }
    if (change.operation == Operation::kMove) {
      return said(Editor(document_).move(place->node, count - 1),
                  fmt::format("{}: moved to place {}", at, count));
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (const auto copy = Editor(document_).clone(place->node); !copy) {
        return Error{fmt::format("{}: {}", change.text(), copy.error().text)};
      }
    }
    return fmt::format("{}: repeated {}", at, count == 1 ? "once" : fmt::format("{} times", count));
  }

  Result<std::string> set_reserved(const Change& change) {
    auto from = payload_list(document_);
    if (!change.address.steps.empty()) {
      auto place = find_place(document_, change.address, Target::kMember);
      if (!place) {
        return place.error();
      }
      from = place->node;
    }
    const auto number   = static_cast<std::uint64_t>(whole_number(change.value).value_or(1));
    std::size_t touched = 0;
    for (const auto node : document_.walk(from)) {
      if (document_.row(node).kind != wire::Kind::kReserved) {
        continue;
      }
      if (const auto status = Editor(document_).set_number(node, number); !status) {
        return Error{fmt::format("{}: {}", change.text(), status.error().text)};
      }
      ++touched;
    }
    return touched == 0
               ? Result<std::string>(Error{change.text() + ": it has no RESERVED field"})
               : Result<std::string>(fmt::format("{}: {} RESERVED fields are {} instead of 0",
                                                 change.address.text(), touched, number));
  }

  Result<std::string> reuse_cookie() {
    const auto node = document_.find(row("ispi"));
    return node ? said(Editor(document_).set_octets(*node, context_.captured_initiator),
                       fmt::format("initiator cookie: the captured {}, not a new one",
                                   to_hex(context_.captured_initiator)))
                : Result<std::string>(Error{"the message has no cookies"});
  }

  Result<std::string> break_hash() {
    auto node       = document_.find(row("hash"));
    const bool hash = node.has_value();
    node            = hash ? node : document_.find(row("sig"));
    if (!node || document_.size(*node) == 0) {
      return Error{"break-hash: the message has neither HASH nor SIG"};
    }
    auto octets = to_bytes(document_.value(*node).octets.view());
    if (octets.empty()) {
      return Error{"break-hash: its HASH is too short to be one"};
    }
    octets.back() ^= 1U;
    return said(
        Editor(document_).set_octets(*node, octets),
        hash ? "the last bit of its HASH flipped" : "the last bit of its signature flipped");
  }

  Result<std::string> reserved_flags(const Change& change) {
    const auto node = document_.find(row("flags"));
    if (!node) {
      return Error{"the message has no flags"};
    }
    const auto bits =
        static_cast<std::uint64_t>(whole_number(change.value).value_or(kReservedFlags));
    const auto flags = document_.value(*node).number | bits;
    return said(Editor(document_).set_number(*node, flags),
                fmt::format("flags 0x{:02x} with reserved bits", flags));
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one message
  Document& document_;
  Stage stage_;
  const AlterContext& context_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
};

Bytes in_clear(const Document& document) {
  const auto message = document.find(row("message"));
  auto octets        = message ? wire::encode(document, *message) : Bytes{};
  octets.resize(std::min(octets.size(), kHeaderSize));
  append(octets, wire::encode(document, document.plaintext()));
  if (octets.size() >= kHeaderSize) {
    octets[kFlagsAt] = static_cast<std::uint8_t>(octets[kFlagsAt] & ~kEncrypted);
    Bytes length;
    append_uint(length, octets.size(), kHeaderSize - kLengthAt);
    std::ranges::copy(length, octets.begin() + kLengthAt);
  }
  return octets;
}

/// What was done to a datagram, in words; empty: nothing.
Result<std::string> change_octets(Bytes& datagram, const Document& document, const Change& change) {
  const auto number = whole_number(change.value).value_or(0);
  const auto size   = static_cast<std::int64_t>(datagram.size());
  switch (change.operation) {
    case Operation::kClear:
      if (document.plaintext() == wire::kNoRef) {
        return Error{change.text() + ": it is not encrypted anyway"};
      }
      datagram = in_clear(document);
      return std::string("sent in clear");
    case Operation::kCut: {
      const auto left = number < 0 ? size + number : number;
      if (left < 0 || left >= size) {
        return Error{fmt::format("{}: it has {} octets", change.text(), size)};
      }
      datagram.resize(static_cast<std::size_t>(left));
      return fmt::format("cut to {} of {} octets", left, size);
    }
    case Operation::kTrail: {
      const auto more = from_hex(std::string_view(change.value).substr(kHexPrefix.size()));
      append(datagram, more.value_or(Bytes{}));
      return fmt::format("octets behind it: {}", datagram.size() - static_cast<std::size_t>(size));
    }
    case Operation::kFlip:
      if (number >= size) {
        return Error{fmt::format("{}: it has {} octets", change.text(), size)};
      }
      datagram[static_cast<std::size_t>(number)] ^= 1U;
      return fmt::format("a bit of octet {} flipped", number);
    default:
      return std::string();
  }
}

/// "pull1: the last bit of its HASH flipped", unless the text begins with the address itself.
std::string with_message(const std::string& text, std::string_view message) {
  return text.starts_with(message) ? text : fmt::format("{}: {}", message, text);
}

}  // namespace

bool concerns(std::span<const Change> changes, std::string_view message) {
  return std::ranges::any_of(changes,
                             [&](const Change& one) { return one.address.message == message; });
}

Status alter(Document& document, std::string_view message, std::span<const Change> changes,
             Stage stage, const AlterContext& context, std::vector<Altered>& altered) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].address.message != message) {
      continue;
    }
    const auto before = octets_of(document);
    auto done         = Alterer(document, stage, context).make(changes[i]);
    if (!done) {
      return done.error();
    }
    if (!done->empty()) {
      altered.push_back({i, with_message(*done, message), octets_of(document) != before});
    }
  }
  return success();
}

Status alter_datagram(Bytes& datagram, const Document& document, std::string_view message,
                      std::span<const Change> changes, std::vector<Altered>& altered) {
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i].address.message != message) {
      continue;
    }
    auto done = change_octets(datagram, document, changes[i]);
    if (!done) {
      return done.error();
    }
    if (!done->empty()) {
      altered.push_back({i, with_message(*done, message), true});
    }
  }
  return success();
}

}  // namespace gdoi::plan
