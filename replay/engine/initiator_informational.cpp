// Informational exchanges (RFC 2409 section 5.7): notifies, deletes, dead peer detection.

#include "engine/dead_peer.h"
#include "engine/initiator_impl.h"
#include "engine/key_pair.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/tables/numbers_isakmp.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

namespace gdoi::engine {
namespace {

namespace payload = exchange::payload;
using exchange::MessageView;
using tables::row;

constexpr std::uint64_t kVersion1        = 0x10;   // RFC 2408 section 3.1
constexpr std::uint64_t kEncryptionFlag  = 1;      // RFC 2408 section 3.1
constexpr std::uint64_t kFirstStatusType = 16384;  // RFC 2408 section 3.14.1
constexpr std::uint64_t kIsakmpProtocol  = 1;      // RFC 2407 section 4.4.1

std::string type_text(std::uint64_t type) {
  const auto name = wire::name_of(&tables::kNotifyTypes, type);
  return name.empty() ? fmt::format("type {}", type) : fmt::format("{} ({})", name, type);
}

}  // namespace

// RFC 2409 section 5.7: HASH(1) once there are keys; before, in clear. A clear one is believed even
// later: a KS that has lost or dropped the SA has no keys to protect it with.
void Initiator::Impl::informational(Waiting& waiting, wire::Tree& tree,
                                    const exchange::Fingerprint& print, Time now) {
  const bool encrypted = MessageView(tree).encrypted();
  if (encrypted && !waiting.sa.open(tree)) {
    ++ignored.sealed_inform;
    return;
  }
  const MessageView message(tree);
  if (encrypted) {
    const auto& payloads = message.payloads();
    if (payloads.empty() || payloads.front().type != payload::kHash ||
        !equal_constant_time(
            payloads.front().body,
            waiting.sa.hash_1(message.message_id(), message.after_first_payload()))) {
      ++ignored.sealed_inform;
      return;
    }
  }
  if (message.find(payload::kNotify) != nullptr) {
    on_notify(waiting, message, print, now);
  } else if (encrypted && message.find(payload::kDelete) != nullptr) {
    on_delete(waiting, message, now);
  } else {
    ++ignored.unexpected;
  }
}

void Initiator::Impl::on_notify(Waiting& waiting, const MessageView& message,
                                const exchange::Fingerprint& print, Time now) {
  const bool encrypted = message.encrypted();
  for (const auto& one : message.payloads()) {
    const auto type = one.type == payload::kNotify
                          ? message.tree().find_number(row("notify.msgtype"), one.node)
                          : std::nullopt;
    if (encrypted && type == kAreYouThere) {
      if (auto answer = informational_of(waiting.sa, answer_to(one.body), "R-U-THERE-ACK")) {
        emit(*answer, 0);
        acknowledged = Acknowledged{print, std::move(*answer)};
      }
      return;
    }
    if (!type || *type >= kFirstStatusType) {
      continue;
    }
    Verdict with;
    with.ending      = Ending::kRefused;
    with.how         = registration::How::kNotify;
    with.notify_type = static_cast<std::uint16_t>(*type);
    with.reason      = fmt::format("the key server answered {} with {} NOTIFY {}", step().name,
                              encrypted ? "an encrypted" : "a clear", type_text(*type));
    end(std::move(with), now);
    return;
  }
  ++ignored.unexpected;
}

void Initiator::Impl::on_delete(const Waiting& waiting, const MessageView& message, Time now) {
  Bytes cookies = to_bytes(waiting.sa.initiator);
  append(cookies, waiting.sa.responder);
  const auto& tree = message.tree();
  for (const auto& one : message.payloads()) {
    if (one.type != payload::kDelete ||
        tree.find_number(row("delete.protoid"), one.node) != kIsakmpProtocol) {
      continue;
    }
    for (auto id = one.node; id < tree.node(one.node).end; ++id) {
      if (tree.node(id).row == row("delete.spi") && equal(tree.octets(id), cookies)) {
        Verdict with;
        with.ending = Ending::kRefused;
        with.how    = registration::How::kDelete;
        with.reason =
            fmt::format("the key server answered {} with a DELETE of the phase-1 SA", step().name);
        end(std::move(with), now);
        return;
      }
    }
  }
  ++ignored.unexpected;
}

std::optional<Outgoing> Initiator::Impl::informational_of(IsakmpSa& sa, wire::Part part,
                                                          std::string remark) {
  const auto message_id = make_message_id(random);
  auto document         = wire::compose(
      tables::schema(),
      {
          0,
          {{row("ispi"), to_bytes(sa.initiator)},
            {row("rspi"), to_bytes(sa.responder)},
            {row("version"), kVersion1},
            {row("exchangetype"), exchange::type_of(exchange::Exchange::kInformational)},
            {row("flags"), kEncryptionFlag},
            {row("messageid"), message_id}},
          {{payload::kHash, {{row("hash"), Bytes(crypto::digest_size(sa.algorithms.hash))}}},
            std::move(part)}
  });
  if (!document) {
    return std::nullopt;
  }
  const auto rest = plan::behind_hash(*document);
  if (!rest || !plan::set_hash(*document, sa.hash_1(message_id, *rest))) {
    return std::nullopt;
  }
  auto datagram = sa.seal(*document);
  sa.forget(message_id);
  if (!datagram) {
    return std::nullopt;
  }
  return Outgoing{options.source, options.key_server, std::move(*datagram), 0, std::move(remark)};
}

// RFC 2408 section 5.15: the phase-1 SA is not needed any more.
void Initiator::Impl::say_goodbye(IsakmpSa& sa) {
  Bytes cookies = to_bytes(sa.initiator);
  append(cookies, sa.responder);
  const auto goodbye =
      informational_of(sa,
                       {
                           payload::kDelete,
                           {{row("delete.doi"), ks_doi}, {row("delete.protoid"), kIsakmpProtocol}},
                           {{0, {{wire::kNoRow, std::move(cookies)}}}}
  },
                       "DELETE of the phase-1 SA");
  if (goodbye) {
    emit(*goodbye, 0);
  }
}

}  // namespace gdoi::engine
