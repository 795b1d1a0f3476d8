// Main mode as responder (RFC 2409 sections 5.1 and 5.4).

#include "keyserver/keyserver_impl.h"
#include "protocol/exchange/payload_types.h"
#include "protocol/wire/encode.h"

#include <fmt/format.h>

namespace gdoi::keyserver {
namespace {

using exchange::MessageView;
namespace payload = exchange::payload;

constexpr std::uint8_t kMainMode          = 2;
constexpr std::uint16_t kPayloadMalformed = 16;  // RFC 2408 section 3.14.1

}  // namespace

void KeyServer::Impl::main_mode_1(const MessageView& view) {
  if (is_not_new(view)) {
    return;
  }
  auto chosen = chosen_of(view);
  if (!chosen) {
    return;
  }
  auto& session = *begin(view, *chosen);
  std::vector<wire::Part> parts;
  parts.push_back(payload_of(payload::kSa, std::move(chosen->sa_body)));
  if (policy.announce_version) {
    parts.push_back(payload_of(payload::kVid, getvpn::synthetic_vendor_id(policy.version)));
  }
  announce(session, view, parts);
  const auto document =
      message({session.sa.initiator, session.sa.responder, kMainMode, 0, false}, std::move(parts));
  if (document) {
    answer(session, session.last, wire::encode(document.value()), "main mode message 2", true);
  } else {
    const SessionKey key = session.key;
    const auto doi       = session.doi;
    erase(key);
    decline(view, doi, kPayloadMalformed, "an SA payload that does not add up");
  }
}

void KeyServer::Impl::main_mode_3(Session& session, const MessageView& view) {
  if (const auto fault = fault_in(exchange::Exchange::kMain, 3)) {
    session.declined = decline(view, session.doi, fault->notify, fault->what);
    return;
  }
  if (!take_keys(session, view)) {
    return;
  }
  auto& sa = session.sa;
  read_versions(session, view);
  std::vector<wire::Part> parts{payload_of(payload::kKe, sa.g_xr),
                                payload_of(payload::kNonce, sa.nr_b)};
  if (signs(session)) {
    parts.push_back(certificate_request());
  }
  if (view.find(payload::kNatD) != nullptr) {
    add_nat_detection(session, parts);
  }
  look_for_nat(session, view);
  const auto document =
      message({sa.initiator, sa.responder, kMainMode, 0, false}, std::move(parts));
  if (document) {
    set_stage(session, Stage::kAwaitsId);
    answer(session, session.last, wire::encode(document.value()), "main mode message 4", true);
  }
}

void KeyServer::Impl::main_mode_5(Session& session) {
  auto& sa = session.sa;
  if (const auto status = open(session); !status) {
    bad_message(session, status.error().text);
    return;
  }
  const MessageView opened(tree);
  if (const auto fault = fault_in(exchange::Exchange::kMain, 5)) {
    bad_message(session, fault->what);
    return;
  }
  const auto id = body_of(opened, payload::kId);
  if (!is_identity(id) && !accepts_all()) {
    bad_message(session, "the identity has no length that there is");
    return;
  }
  if (!believes(session, opened, id)) {
    return;
  }
  follow_peer(session);
  sa.accept(opened);
  session.identity = to_bytes(id);
  read_versions(session, opened);
  auto parts    = proof(session);
  auto document = parts
                      ? message({sa.initiator, sa.responder, kMainMode, 0, true}, std::move(*parts))
                      : Result<wire::Document>(Error{});
  auto sealed   = document ? sa.seal(*document) : Result<Bytes>(document.error());
  if (!sealed) {
    return;
  }
  sa.complete();
  set_stage(session, Stage::kComplete);
  answer(session, session.last, std::move(*sealed), "main mode message 6", false);
  complete_phase1(session, has_initial_contact(opened));
}

}  // namespace gdoi::keyserver
