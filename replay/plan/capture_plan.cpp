#include "plan/capture_plan.h"

#include "capture/packet_of.h"
#include "engine/proposal.h"
#include "protocol/exchange/intake.h"
#include "protocol/exchange/script.h"
#include "protocol/registration/tracker.h"
#include "protocol/tables/registry.h"

#include <algorithm>
#include <map>
#include <utility>

namespace gdoi::plan {
namespace {

using exchange::Crypt;
using exchange::Exchange;
using exchange::FrameRecord;
using exchange::MessageView;
using exchange::Sender;

/// The messages of one phase 1 or one PULL.
struct Messages {
  std::map<std::uint8_t, Template> sent;  ///< by the GM, by number
  std::optional<engine::Phase1Algorithms> suite;
  std::optional<keys::Cookie> responder;
  bool dark       = false;
  bool aggressive = false;
};

/// A phase 1 by its initiator cookie, a PULL by that and its message ID.
using Key = std::pair<keys::Cookie, std::uint32_t>;

class Collector {
 public:
  void take(const FrameRecord& record, const wire::Tree& tree) {
    const bool phase1 =
        record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive;
    if (!phase1 && record.exchange != Exchange::kPull) {
      return;
    }
    const MessageView view(tree);
    if (!view.valid()) {
      return;
    }
    auto& into = messages_[{view.initiator_cookie(), phase1 ? 0 : view.message_id()}];
    into.aggressive |= record.exchange == Exchange::kAggressive;
    const bool readable = record.crypt == Crypt::kClear || record.crypt == Crypt::kDecrypted;
    if (!readable) {
      into.dark |= record.sender != Sender::kKs;
      return;
    }
    if (record.sender == Sender::kGm && record.number != 0) {
      into.sent.try_emplace(record.number,
                            Template{wire::Document(tables::schema(), tree), record.frame});
    } else if (phase1 && record.number == 2) {
      const auto chosen = engine::transforms_of(view);
      into.suite        = chosen.size() == 1 ? chosen.front().algorithms() : std::nullopt;
    }
    if (record.sender == Sender::kKs) {
      into.responder = view.responder_cookie();
    }
  }

  [[nodiscard]] CapturedRegistration of(const registration::Registration& story) const {
    CapturedRegistration made;
    made.story = story;
    if (const auto* const phase1 = find({story.initiator_cookie, 0})) {
      made.first      = message(*phase1, 1);
      made.third      = message(*phase1, 3);
      made.fifth      = message(*phase1, 5);
      made.suite      = phase1->suite;
      made.responder  = phase1->responder;
      made.dark       = phase1->dark;
      made.aggressive = phase1->aggressive;
    }
    if (const auto* const pull =
            story.message_id ? find({story.initiator_cookie, *story.message_id}) : nullptr) {
      made.pull1 = message(*pull, 1);
      made.pull3 = message(*pull, 3);
      made.dark |= pull->dark;
    }
    return made;
  }

 private:
  [[nodiscard]] const Messages* find(const Key& key) const {
    const auto found = messages_.find(key);
    return found == messages_.end() ? nullptr : &found->second;
  }

  static std::optional<Template> message(const Messages& from, std::uint8_t number) {
    const auto found = from.sent.find(number);
    if (found == from.sent.end()) {
      return std::nullopt;
    }
    return Template{found->second.document.clone(), found->second.captured_frame};
  }

  std::map<Key, Messages> messages_;
};

/// Datagrams as they are, by initiator cookie.
class RawMessages {
 public:
  void take(const capture::UdpDatagram& datagram) {
    auto octets = ByteView(datagram.payload);
    if (octets.size() > kMarkerSize && to_uint(octets.first(kMarkerSize)) == 0) {
      octets = octets.subspan(kMarkerSize);
    }
    if (octets.size() < kHeaderSize) {
      return;
    }
    keys::Cookie cookie{};
    std::ranges::copy(octets.first(cookie.size()), cookie.begin());
    all_[cookie].push_back({
        capture::packet_of(datagram).source,
        octets[kExchangeAt],
        static_cast<std::uint32_t>(to_uint(octets.subspan(kMessageIdAt, 4))),
        {datagram.frame, datagram.time_ns, to_bytes(octets)}
    });
  }

  // Of several PULLs under one phase 1 each gets its own; Informationals belong to all of them.
  void give(CapturedRegistration& made) const {
    const auto found = all_.find(made.story.initiator_cookie);
    if (found == all_.end()) {
      return;
    }
    const bool one_address = made.story.gm.address == made.story.ks.address;
    for (const auto& one : found->second) {
      const bool pull = one.exchange == exchange::type_of(Exchange::kPull);
      if (pull && made.story.message_id != one.message_id) {
        continue;
      }
      const bool gm = one.source.address == made.story.gm.address &&
                      (!one_address || one.source.port == made.story.gm.port);
      (gm ? made.gm_datagrams : made.ks_datagrams).push_back(one.datagram);
    }
  }

 private:
  // RFC 2408 section 3.1, RFC 3948 section 2.2
  static constexpr std::size_t kMarkerSize  = 4;
  static constexpr std::size_t kHeaderSize  = 28;
  static constexpr std::size_t kExchangeAt  = 18;
  static constexpr std::size_t kMessageIdAt = 20;

  struct Raw {
    exchange::Endpoint source;
    std::uint8_t exchange    = 0;
    std::uint32_t message_id = 0;
    RawDatagram datagram;
  };

  std::map<keys::Cookie, std::vector<Raw>> all_;
};

/// PSKs of one phase 1 as a key log names them, by side.
struct Psks {
  std::shared_ptr<const Secret> gm;
  std::shared_ptr<const Secret> ks;
};

std::map<keys::Cookie, Psks> psks_of(const keys::KeyRing& ring) {
  std::map<keys::Cookie, Psks> all;
  for (const auto& [cookie, secrets] : ring.phase1_entries()) {
    for (const auto& one : secrets.psk) {
      const auto psk = std::make_shared<const Secret>(one.secret.clone());
      auto& into     = all[cookie];
      if (one.side != keys::Side::kKs) {
        into.gm = psk;
      }
      if (one.side != keys::Side::kGm) {
        into.ks = psk;
      }
    }
  }
  return all;
}

}  // namespace

CapturePlan plan_capture(capture::Reader& reader, keys::KeyRing ring, bool datagrams) {
  CapturePlan plan;
  const auto psks = psks_of(ring);
  exchange::Intake intake;
  intake.use(std::move(ring));
  registration::Tracker tracker;
  Collector collector;
  RawMessages raw;
  Conversations conversations;
  while (true) {
    const auto next = reader.next();
    if (!next) {
      plan.problem = next.error().text;
      break;
    }
    if (!*next) {
      break;
    }
    if (datagrams) {
      raw.take(**next);
    }
    intake.take(
        capture::packet_of(**next), (*next)->unasked,
        [&](const exchange::Packet& packet, const FrameRecord& record, const wire::Tree& tree) {
          (void)tracker.on_message(packet, record, tree);
          collector.take(record, tree);
          conversations.take(record, tree);
        },
        [&](const exchange::LateMessage& late) {
          tracker.on_late(late);
          collector.take(late.record, late.tree);
          conversations.take(late.record, late.tree);
        });
  }
  tracker.finish();
  for (const auto& story : tracker.registrations()) {
    auto& made = plan.registrations.emplace_back(collector.of(story));
    raw.give(made);
    made.said = conversations.of(story);
    if (const auto found = psks.find(story.initiator_cookie); found != psks.end()) {
      made.gm_psk = found->second.gm;
      made.ks_psk = found->second.ks;
    }
  }
  return plan;
}

}  // namespace gdoi::plan
