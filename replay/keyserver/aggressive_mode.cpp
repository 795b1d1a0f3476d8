// Aggressive mode as responder (RFC 2409 sections 5.1 and 5.4).

#include "keyserver/keyserver_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

namespace gdoi::keyserver {
namespace {

using exchange::MessageView;
namespace payload = exchange::payload;

constexpr std::uint8_t kAggressiveMode = 4;

// RFC 2408 section 3.14.1
constexpr std::uint16_t kInvalidIdInformation    = 18;
constexpr std::uint16_t kUnsupportedExchangeType = 29;

}  // namespace

void KeyServer::Impl::aggressive_1(const MessageView& view) {
  if (!policy.aggressive_mode) {
    decline(view, 0, kUnsupportedExchangeType, "the policy does not allow aggressive mode");
    return;
  }
  if (is_not_new(view)) {
    return;
  }
  auto chosen = chosen_of(view);
  if (!chosen) {
    return;
  }
  const auto id = body_of(view, payload::kId);
  if (!is_identity(id) && !accepts_all()) {
    decline(view, 0, kInvalidIdInformation, "an identity that has no length that there is");
    return;
  }
  auto& session        = *begin(view, *chosen);
  const SessionKey key = session.key;
  session.identity     = to_bytes(id);
  set_stage(session, Stage::kAwaitsProof);
  if (!take_keys(session, view) || !aggressive_2(session, std::move(chosen->sa_body))) {
    erase(key);
  }
}

/// HDR, SA, KE, Nr, IDir, HASH_R | [CERT,] SIG_R
bool KeyServer::Impl::aggressive_2(Session& session, Bytes sa_body) {
  auto& sa   = session.sa;
  auto parts = proof(session);
  if (!parts) {
    return false;
  }
  std::vector<wire::Part> all{payload_of(payload::kSa, std::move(sa_body)),
                              payload_of(payload::kKe, sa.g_xr),
                              payload_of(payload::kNonce, sa.nr_b)};
  std::ranges::move(*parts, std::back_inserter(all));
  if (signs(session)) {
    all.push_back(certificate_request());
  }
  if (policy.announce_version) {
    all.push_back(payload_of(payload::kVid, getvpn::synthetic_vendor_id(policy.version)));
  }
  announce(session, MessageView(tree), all);
  add_nat_detection(session, all);
  const auto document =
      message({sa.initiator, sa.responder, kAggressiveMode, 0, false}, std::move(all));
  if (document) {
    answer(session, session.last, wire::encode(document.value()), "aggressive mode message 2",
           true);
  }
  return document.ok();
}

// In clear or encrypted (RFC 2409 section 5).
void KeyServer::Impl::aggressive_3(Session& session, const MessageView& view) {
  auto& sa             = session.sa;
  const bool encrypted = view.encrypted();
  if (encrypted) {
    if (const auto status = open(session); !status) {
      bad_message(session, status.error().text);
      return;
    }
  }
  const MessageView opened(tree);
  if (const auto fault = fault_in(exchange::Exchange::kAggressive, 3)) {
    bad_message(session, fault->what);
    return;
  }
  if (!believes(session, opened, session.identity)) {
    return;
  }
  follow_peer(session);
  look_for_nat(session, opened);
  if (encrypted) {
    sa.accept(opened);
  }
  sa.complete();
  read_versions(session, opened);
  set_stage(session, Stage::kComplete);
  complete_phase1(session, has_initial_contact(opened));
}

}  // namespace gdoi::keyserver
