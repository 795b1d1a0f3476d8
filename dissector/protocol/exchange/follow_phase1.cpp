#include "protocol/exchange/follower_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/exchange/phase1_keys.h"
#include "protocol/tables/registry.h"

#include <algorithm>

/// Main and aggressive mode (RFC 2409 section 5).
namespace gdoi::exchange {
namespace {

using tables::row;

constexpr keys::Cookie kNoCookie{};

Negotiated negotiated_by(const wire::Tree& tree, wire::NodeId transform) {
  const auto number = [&](wire::RowId field) {
    return tree.find_number(field, transform).value_or(0);
  };
  Negotiated chosen;
  chosen.cipher = crypto::cipher_of_phase1(number(row("ike.attr.encryption_algorithm")),
                                           number(row("ike.attr.key_length")));
  chosen.hash   = crypto::hash_of_phase1(number(row("ike.attr.hash_algorithm")));
  chosen.group  = crypto::group_of_phase1(number(row("ike.attr.group_description")));
  chosen.auth   = static_cast<std::uint32_t>(number(row("ike.attr.authentication_method")));
  return chosen;
}

// The one transform of an SA; nothing where it has several.
std::optional<wire::NodeId> only_transform(const wire::Tree& tree, wire::NodeId sa) {
  std::optional<wire::NodeId> only;
  for (auto id = sa; id < tree.node(sa).end; ++id) {
    if (tree.node(id).row == row("trans")) {
      if (only) {
        return std::nullopt;
      }
      only = id;
    }
  }
  return only;
}

// The last payload of a message that was cut may go on behind what the capture has.
bool is_whole(const MessageView& message, const PayloadView& item) {
  const auto octets = message.tree().buffer(0);
  return !message.tree().is_cut() ||
         item.whole.data() + item.whole.size() != octets.data() + octets.size();
}

Bytes body_of(const MessageView& message, std::uint8_t type) {
  const auto* item = message.find(type);
  return item == nullptr || !is_whole(message, *item) ? Bytes{} : to_bytes(item->body);
}

void take_sa(Phase1& phase1, const MessageView& message, std::uint8_t number) {
  const auto* sa   = message.find(payload::kSa);
  const auto& tree = message.tree();
  if (sa == nullptr) {
    return;
  }
  // A phase 1 that is begun for GDOI stays so, also where a peer that knows IPsec alone answers in
  // its own DOI (strongSwan does).
  if (const auto doi = tree.find_number(row("sa.doi"), sa->node);
      doi && (number == 1 || phase1.doi == 0)) {
    phase1.doi = static_cast<std::uint32_t>(*doi);
  }
  if (number == 1) {
    phase1.sai_b = body_of(message, payload::kSa);
  }
  // What the responder chose; of several offers nothing follows.
  const auto transform = only_transform(tree, sa->node);
  if (transform && (number == 2 || phase1.frames[2] == 0)) {
    phase1.negotiated = negotiated_by(tree, *transform);
  }
}

void take_clear(Phase1& phase1, const MessageView& message, std::uint8_t number) {
  take_sa(phase1, message, number);
  const auto ke    = body_of(message, payload::kKe);
  const auto nonce = body_of(message, payload::kNonce);
  if (number % 2 == 1) {
    phase1.g_xi = ke.empty() ? phase1.g_xi : ke;
    phase1.ni_b = nonce.empty() ? phase1.ni_b : nonce;
  } else {
    phase1.g_xr = ke.empty() ? phase1.g_xr : ke;
    phase1.nr_b = nonce.empty() ? phase1.nr_b : nonce;
  }
  if (phase1.mode == Exchange::kAggressive && number == 1) {
    phase1.idii_b = body_of(message, payload::kId);
  }
}

bool is_first(const MessageView& message) {
  return message.responder_cookie() == kNoCookie && message.find(payload::kSa) != nullptr;
}

// The number by what a message holds; 3 and 4, 5 and 6 are told apart by who sends them.
std::uint8_t number_of(const MessageView& message, Exchange mode, Sender sender) {
  if (message.find(payload::kSa) != nullptr) {
    return is_first(message) ? 1 : 2;
  }
  const bool ks = sender == Sender::kKs;
  if (mode == Exchange::kAggressive) {
    return ks ? 0 : 3;
  }
  if (sender == Sender::kUnknown) {
    return 0;
  }
  if (message.encrypted()) {
    return ks ? 6 : 5;
  }
  const bool keys =
      message.find(payload::kKe) != nullptr || message.find(payload::kNonce) != nullptr;
  return keys ? (ks ? 4 : 3) : 0;
}

void first_frame(Phase1& phase1, std::uint8_t number, std::uint64_t frame) {
  auto& first = phase1.frames.at(number);
  first       = first == 0 ? frame : first;
}

void note(const Checked& checked, FrameRecord& record) {
  record.hash      = checked.hash;
  record.signature = checked.signature;
  record.sig_form  = checked.form;
  record.sig_hash  = checked.sig_hash;
}

}  // namespace

// Initiator cookies are fresh, responder cookies may repeat for the same peer: the first decides,
// the second only tells apart what was replayed.
Phase1& Follower::Impl::phase1_for(const MessageView& message, const std::vector<Phase1*>& family,
                                   Exchange mode) {
  const auto& responder = message.responder_cookie();
  const auto same_mode  = [mode](const Phase1* one) {
    return one->mode == mode || one->mode == Exchange::kUnknown;
  };
  const auto find = [&](const auto& fits) {
    const auto found = std::ranges::find_if(
        family, [&](const Phase1* one) { return same_mode(one) && fits(*one); });
    return found == family.end() ? nullptr : *found;
  };
  auto* phase1 = is_first(message)
                     ? find([](const Phase1& one) { return one.frames[1] == 0; })
                     : find([&](const Phase1& one) { return one.responder == responder; });
  if (phase1 == nullptr && !is_first(message)) {
    phase1 = find([](const Phase1& one) { return one.responder == kNoCookie; });
  }
  if (phase1 == nullptr && !is_first(message)) {
    // The same message 1, answered anew: its octets stand in the phase 1 before.
    const auto* before = find([](const Phase1& one) { return one.frames[1] != 0; });
    phase1             = before != nullptr ? &copy_before(*before, 2) : nullptr;
  }
  if (phase1 == nullptr) {
    phase1 = &phase1s.add(message.initiator_cookie());
  }
  if (responder != kNoCookie) {
    phase1->responder = responder;
  }
  phase1->mode = mode;
  return *phase1;
}

// A new phase 1 with what the messages before `number` have said in an other one.
Phase1& Follower::Impl::copy_before(const Phase1& original, std::uint8_t number) {
  // All of it before add(), which may push out the original.
  Phase1 copy;
  copy.initiator  = original.initiator;
  copy.responder  = number > 2 ? original.responder : kNoCookie;
  copy.mode       = original.mode;
  copy.gm         = original.gm;
  copy.ks         = original.ks;
  copy.roles_sure = original.roles_sure;
  copy.doi        = original.doi;
  copy.sai_b      = original.sai_b;
  copy.idii_b     = original.idii_b;
  if (number > 2) {
    copy.negotiated = original.negotiated;
  }
  if (number > 3 || original.mode == Exchange::kAggressive) {
    copy.g_xi = original.g_xi;
    copy.ni_b = original.ni_b;
  }
  std::copy_n(original.frames.begin(), number, copy.frames.begin());
  auto& phase1 = phase1s.add(copy.initiator);
  copy.number  = phase1.number;
  phase1       = std::move(copy);
  return phase1;
}

void Follower::Impl::phase1_message(Passage& passage) {
  auto& [packet, tree, record] = passage;
  const MessageView message(tree);
  const auto mode   = message.exchange_type() == 2 ? Exchange::kMain : Exchange::kAggressive;
  const auto print  = fingerprint(packet, false);
  const auto family = phase1s.with(message.initiator_cookie());
  record.exchange   = mode;
  for (auto* known : family) {
    if (const auto* seen = known->history.find(print)) {
      repeat(*seen, passage);
      known->note_frame(record);
      if (record.crypt == Crypt::kNoIv) {
        keep_pending(known->pending, limits.pending_each, packet, record);
      }
      phase1s.touch(*known);
      return;
    }
  }
  auto* phase1 = &phase1_for(message, family, mode);
  if (message.find(payload::kSa) != nullptr) {
    assign_roles(*phase1, packet, is_first(message) ? Sender::kGm : Sender::kKs, true);
  } else if (!phase1->gm || (message.encrypted() && phase1->frames[5] == 0)) {
    guess_roles(*phase1, packet, Sender::kGm);
  }
  record.sender = phase1->sender_of(packet);
  record.number = number_of(message, mode, record.sender);
  if (!message.encrypted() && record.number > 1 && phase1->frames.at(record.number) != 0) {
    phase1            = &copy_before(*phase1, record.number);
    phase1->responder = message.responder_cookie();
  }
  record.phase1 = phase1->number;
  if (message.encrypted()) {
    settle_phase1(*phase1, passage);
  } else {
    if (record.number != 0) {
      take_clear(*phase1, message, record.number);
      ipsec_seen     = ipsec_seen || phase1->doi == kIpsecDoi;
      record.answers = phase1->frames.at(record.number - 1U);
      first_frame(*phase1, record.number, packet.frame);
    }
    phase1->ends_in_clear =
        phase1->ends_in_clear || (mode == Exchange::kAggressive && record.number == 3);
    refresh_keys(crypto::openssl_suite(), given(*phase1), *phase1);
    note(verify_phase1(crypto::openssl_suite(), *phase1, record.number, message), record);
  }
  phase1->note_frame(record);
  phase1->history.add(print, record, chained(message));
  if (record.crypt == Crypt::kNoIv || (record.crypt == Crypt::kNoKey && phase1->keys.any_given)) {
    keep_pending(phase1->pending, limits.pending_each, packet, record);
  }
  phase1s.touch(*phase1);
  retry(*phase1);
}

bool Follower::Impl::settle_phase1(Phase1& phase1, Passage& passage) {
  auto& [packet, tree, record] = passage;
  const auto& suite            = crypto::openssl_suite();
  const MessageView sealed(tree);
  refresh_keys(suite, given(phase1), phase1);
  apply(open_message(suite, phase1, nullptr,
                     {sealed.ciphertext(), sealed.header()[16], record.sender, record.number}),
        phase1.keys, passage);
  record.guessed = record.crypt != Crypt::kDecrypted;
  if (record.number != 0) {
    record.answers = phase1.frames.at(record.number - 1U);
    first_frame(phase1, record.number, packet.frame);
  }
  if (record.guessed) {
    return false;
  }
  note(verify_phase1(suite, phase1, record.number, MessageView(tree)), record);
  return true;
}

}  // namespace gdoi::exchange
