// GROUPKEY-PULL, as KS (RFC 6407 section 3), and the version gate.

#include "engine/key_pair.h"
#include "keyserver/keyserver_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/exchange/script.h"
#include "protocol/getvpn/syslog.h"
#include "protocol/tables/registry.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::keyserver {
namespace {

using exchange::MessageView;
using tables::row;
namespace payload = exchange::payload;

constexpr std::uint8_t kInformational = 5;
constexpr std::uint8_t kPullExchange  = 32;
constexpr std::uint32_t kGdoiDoi      = 2;

// RFC 2408 section 3.14.1
constexpr std::uint16_t kInvalidIdInformation   = 18;
constexpr std::uint16_t kInvalidHashInformation = 23;

constexpr std::size_t kNonceSize = 16;

/// Remembers a PULL; of too many the oldest goes.
Pull& keep(Session& session, Pull pull) {
  if (session.pulls.size() >= kMaxPullsEach) {
    session.sa.forget(session.pulls.front().message_id);
    session.pulls.erase(session.pulls.begin());
  }
  return session.pulls.emplace_back(std::move(pull));
}

}  // namespace

Result<Bytes> KeyServer::Impl::sealed_informational(Session& session, wire::Part part) const {
  const auto id = engine::make_message_id(*random);
  auto sealed   = hashed_message(session.sa, {{}, {}, kInformational, id}, {std::move(part)},
                                 [&](ByteView rest) { return session.sa.hash_1(id, rest); });
  session.sa.forget(id);
  return sealed;
}

void KeyServer::Impl::pull(Session& session, const MessageView& view) {
  auto known = std::ranges::find(session.pulls, view.message_id(), &Pull::message_id);
  if (known != session.pulls.end() && is_taken_for_new(*known)) {
    session.sa.forget(known->message_id);
    session.pulls.erase(known);
    known = session.pulls.end();
  }
  if (known != session.pulls.end() && answer_again(known->last)) {
    return;
  }
  if (session.stage != Stage::kComplete) {
    return;
  }
  if (known == session.pulls.end()) {
    pull_1(session, view);
  } else if (known->awaits_3) {
    pull_3(session, view, *known);
  }
}

/// Whether PULL message 1 came again, and a KS that does not behave is to fall for it.
bool KeyServer::Impl::is_taken_for_new(const Pull& pull) const {
  return misconduct.is(Misdeed::kReplayedAsNew) && pull.first_request == digest;
}

/// Whether a message begins with this HASH (RFC 6407 section 3.2).
bool KeyServer::Impl::has_hash(const MessageView& opened, ByteView hash) const {
  return accepts_all() ||
         (!opened.payloads().empty() && opened.payloads().front().type == payload::kHash &&
          equal_constant_time(opened.payloads().front().body, hash));
}

// A wrong HASH proves nothing about who sent it: the SA stays as it is.
void KeyServer::Impl::bad_hash(Session& session, std::string_view what) {
  say(fmt::format("{} of GM {} is wrong", what, exchange::address_text(session.peer)));
  if (policy.refusal != Refusal::kNotify) {
    return;
  }
  if (const auto sealed =
          sealed_informational(session, notify(kGdoiDoi, kInvalidHashInformation))) {
    send(from, marked, sealed.value(), "NOTIFY INVALID-HASH-INFORMATION");
  }
}

void KeyServer::Impl::pull_1(Session& session, const MessageView& view) {
  const auto id = view.message_id();
  auto& sa      = session.sa;
  if (!open(session)) {
    return;
  }
  const MessageView opened(tree);
  if (!has_hash(opened, sa.hash_1(id, opened.after_first_payload()))) {
    bad_hash(session, "HASH(1)");
    return;
  }
  follow_peer(session);
  sa.accept(opened);
  Pull pull;
  pull.message_id    = id;
  pull.first_request = digest;
  const auto gm      = exchange::address_text(session.peer);
  if (const auto fault = fault_in(exchange::Exchange::kPull, 1)) {
    refuse(session, std::move(pull), fault->notify,
           fmt::format("PULL message 1 of GM {}: {}", gm, fault->what));
    return;
  }
  const auto named = body_of(opened, payload::kId);
  auto group =
      std::ranges::find_if(groups, [&](const Group& one) { return one.is_named_by(named); });
  if (group == groups.end() && accepts_all()) {
    group = groups.begin();
  }
  if (group == groups.end()) {
    refuse(session, std::move(pull), kInvalidIdInformation,
           fmt::format("GM {} asks for a group that there is not", gm));
    return;
  }
  pull.group = static_cast<std::size_t>(group - groups.begin());
  pull.ni_b  = to_bytes(body_of(opened, payload::kNonce));
  features.note(session.peer, session.version, pull.group);
  if (!group->admits(session.peer) && !accepts_all()) {
    refuse(session, std::move(pull), kInvalidIdInformation,
           fmt::format("GM {} is no member of group {}", gm, group->policy().name));
    return;
  }
  if (!version_admits(session, pull.group)) {
    constexpr std::array<std::string_view, 1> kLongSa{"Long-SA"};
    refuse(session, std::move(pull), policy.refusal_notify,
           getvpn::reject_line(gm, session.version.value_or(getvpn::Version{}),
                               group->policy().name, kLongSa));
    return;
  }
  const auto ks = identity();
  say(fmt::format("%CRYPTO-5-GM_REGSTER: Start registration to KS {} for group {} using address {}",
                  exchange::address_text(ks), group->policy().name, gm));
  pull.nr_b.resize(kNonceSize);
  random->fill(pull.nr_b);
  pull.awaits_3 = true;
  auto sealed   = hashed_message(
      sa, {{}, {}, kPullExchange, id},
      {payload_of(payload::kNonce, pull.nr_b), misconduct.announced(group->sa(ks, session.peer))},
      [&](ByteView rest) {
        return misconduct.proof(Misdeed::kWrongHash2, sa.hash_2(id, pull.ni_b, rest));
      });
  if (!sealed) {
    say(fmt::format("PULL message 2 for GM {}: {}", gm, sealed.error().text));
    return;
  }
  auto& kept = keep(session, std::move(pull));
  answer(session, kept.last, std::move(*sealed), "PULL message 2", true);
}

// Where the SA payload would be built: in a group with long lifetimes a GM must have announced a
// version that is known to support them.
bool KeyServer::Impl::version_admits(const Session& session, std::size_t group) {
  const auto* const feature = getvpn::feature_named("long-sa-lifetime");
  return accepts_all() || !groups[group].policy().uses_long_lifetimes() ||
         support_under(policy, *feature, session.version) == getvpn::Support::kSupported;
}

void KeyServer::Impl::refuse(Session& session, Pull pull, std::uint16_t type,
                             const std::string& why) {
  say(why);
  const SessionKey key = session.key;
  if (policy.refusal == Refusal::kSilence) {
    erase(key);
    return;
  }
  const bool by_notify = policy.refusal == Refusal::kNotify;
  auto sealed          = sealed_informational(
      session, by_notify ? notify(kGdoiDoi, type) : delete_isakmp(kGdoiDoi, session.sa));
  if (!sealed) {
    erase(key);
    return;
  }
  session.sa.forget(pull.message_id);
  std::erase_if(session.pulls, [&](const Pull& one) { return one.message_id == pull.message_id; });
  pull.awaits_3 = false;
  auto& kept    = keep(session, std::move(pull));
  if (!by_notify) {
    // Remembered for a while, so that a repeated message 1 gets the same DELETE again.
    set_stage(session, Stage::kDeleted);
    session.expires = now + policy.half_open_timeout;
  }
  answer(session, kept.last, std::move(*sealed),
         by_notify ? fmt::format("NOTIFY {}", type) : "DELETE", false);
}

void KeyServer::Impl::pull_3(Session& session, const MessageView& view, Pull& pull) {
  const auto id = view.message_id();
  auto& sa      = session.sa;
  if (!open(session)) {
    return;
  }
  const MessageView opened(tree);
  if (!has_hash(opened, sa.hash_3_4(id, pull.ni_b, pull.nr_b, opened.after_first_payload()))) {
    bad_hash(session, "HASH(3)");
    return;
  }
  sa.accept(opened);
  auto& group   = groups[pull.group];
  const auto gm = exchange::address_text(session.peer);
  if (const auto fault = fault_in(exchange::Exchange::kPull, 3)) {
    refuse(session, std::move(pull), fault->notify,
           fmt::format("PULL message 3 of GM {}: {}", gm, fault->what));
    return;
  }
  std::uint64_t asked_for = 0;
  if (const auto* const gap = opened.find(payload::kGap)) {
    asked_for = tree.find_number(row("gap.sender_id_request"), gap->node).value_or(0);
  }
  const auto sender_ids =
      group.allot(static_cast<std::uint32_t>(std::min<std::uint64_t>(asked_for, kMaxSenderIds)));
  if (!sender_ids) {
    refuse(session, std::move(pull), policy.refusal_notify,
           fmt::format("Group {} has no sender IDs left for GM {}", group.policy().name, gm));
    return;
  }
  auto sealed = hashed_message(
      sa, {{}, {}, kPullExchange, id}, misconduct.delivered(group.keys(*sender_ids)),
      [&](ByteView rest) {
        return misconduct.proof(Misdeed::kWrongHash4, sa.hash_3_4(id, pull.ni_b, pull.nr_b, rest));
      });
  if (!sealed) {
    say(fmt::format("PULL message 4 for GM {}: {}", gm, sealed.error().text));
    return;
  }
  group.add_member(session.peer);
  pull.awaits_3 = false;
  pull.ni_b     = {};
  pull.nr_b     = {};
  sa.forget(id);
  answer(session, pull.last, std::move(*sealed), "PULL message 4", false);
  say(
      fmt::format("%GDOI-5-GM_REGS_COMPL: Registration to KS {} complete for group {} using "
                  "address {}",
                  exchange::address_text(identity()), group.policy().name, gm));
  if (misconduct.is(Misdeed::kForgetsMembers)) {
    group.forget_members();
    erase(SessionKey(session.key));
  }
}

}  // namespace gdoi::keyserver
