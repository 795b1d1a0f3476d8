#include "unit/keyserver/gm.h"

#include "engine/key_pair.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/checks.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <algorithm>
#include <arpa/inet.h>

namespace gdoi::keyserver::test {

using tables::row;

namespace {

constexpr std::uint8_t kMain = 2;
constexpr std::uint8_t kInfo = 5;
constexpr std::uint8_t kPull = 32;

wire::Part body(std::uint32_t type, const Bytes& octets) {
  wire::Part part;
  part.type = type;
  part.body = octets;
  return part;
}

wire::Setting number(wire::RowId row_id, std::uint64_t value) {
  return {row_id, value};
}

Policy read_policy(std::string_view text) {
  auto policy = parse_policy(text, "policy.yaml");
  if (!policy) {
    ADD_FAILURE() << policy.error().text;
    return default_policy(Secret(bytes_of("none")));
  }
  return std::move(policy).value();
}

}  // namespace

exchange::Endpoint endpoint(std::string_view address, std::uint16_t port) {
  exchange::Endpoint out;
  const std::string text(address);
  out.family = text.find(':') == std::string::npos ? 4 : 6;
  out.port   = port;
  EXPECT_EQ(inet_pton(out.family == 6 ? AF_INET6 : AF_INET, text.c_str(), out.address.data()), 1);
  return out;
}

World::World(Policy policy)
    : ks_address(endpoint("10.80.127.20")), ks_(std::move(policy), ks_address, random_) {}

World::World(std::string_view policy_text) : World(read_policy(policy_text)) {}

std::vector<Bytes> World::collect() {
  std::vector<Bytes> out;
  for (auto& one : ks_.take_output()) {
    EXPECT_EQ(one.source, ks_address);
    sent_.push_back({one.source, one.destination, one.datagram});
    out.push_back(std::move(one.datagram));
  }
  return out;
}

std::vector<Bytes> World::send(const exchange::Endpoint& from, const Bytes& datagram) {
  now += engine::kSecond / 100;
  sent_.push_back({from, ks_address, datagram});
  ks_.on_datagram(from, datagram, now);
  return collect();
}

std::vector<Bytes> World::wait(engine::Time time) {
  const auto until = now + time;
  while (ks_.deadline() && *ks_.deadline() <= until) {
    now = std::max(now, *ks_.deadline());
    ks_.on_deadline(now);
  }
  now = until;
  return collect();
}

const std::vector<std::string>& World::log() {
  for (auto& line : ks_.take_log()) {
    log_.push_back(std::move(line));
  }
  return log_;
}

void World::expect_sound() {
  std::string text;
  for (const auto& line : ks_.take_key_log()) {
    text += line + "\n";
  }
  auto secrets = keys::parse_key_log(text, "key log");
  ASSERT_TRUE(secrets) << secrets.error().text;
  EXPECT_TRUE(secrets->notes.empty());
  exchange::Follower follower;
  follower.use(std::move(secrets->ring));
  std::uint64_t frame = 0;
  for (const auto& one : sent_) {
    wire::Tree tree;
    const auto record = follower.follow(
        {++frame, static_cast<std::int64_t>(frame) * engine::kSecond, one.from, one.to, one.octets},
        tree);
    const bool readable =
        record.crypt == exchange::Crypt::kClear || record.crypt == exchange::Crypt::kDecrypted;
    EXPECT_TRUE(readable) << "frame " << frame << ": " << follower.key_remark(record, tree);
    EXPECT_EQ(record.hash, record.crypt == exchange::Crypt::kClear ? exchange::Verdict::kAbsent
                                                                   : exchange::Verdict::kGood)
        << "frame " << frame;
    tables::check(tree);
    for (const auto& finding : tree.diagnostics()) {
      ADD_FAILURE() << "frame " << frame << ": " << wire::info_of(finding.code).text;
    }
  }
}

Gm::Gm(World& world, std::string_view from, std::string_view psk, std::uint64_t seed)
    : address(endpoint(from)), world_(world), psk_(psk), random_(seed) {
  sa_.side      = keys::Side::kGm;
  sa_.initiator = engine::make_cookie(random_);
}

Result<wire::Document> Gm::message(std::uint8_t exchange, std::uint32_t id, bool encrypted,
                                   std::vector<wire::Part> parts) const {
  wire::Part top;
  top.values = {
      {row("ispi"), Bytes(sa_.initiator.begin(), sa_.initiator.end())},
      {row("rspi"), Bytes(sa_.responder.begin(), sa_.responder.end())}
  };
  top.values.push_back(number(row("version"), 0x10));
  top.values.push_back(number(row("exchangetype"), exchange));
  top.values.push_back(number(row("flags"), encrypted ? 1 : 0));
  top.values.push_back(number(row("messageid"), id));
  top.parts = std::move(parts);
  return wire::compose(tables::schema(), top);
}

Bytes Gm::make_main_1() {
  wire::Part proposal;
  proposal.values     = {number(row("prop.number"), 1), number(row("prop.protoid"), 1)};
  std::uint64_t place = 0;
  for (const auto& offer : offers) {
    wire::Part transform;
    transform.values = {number(row("trans.number"), ++place), number(row("trans.id"), 1)};
    transform.parts  = {wire::attribute(1, offer.cipher), wire::attribute(2, offer.hash),
                        wire::attribute(3, std::uint64_t{1}), wire::attribute(4, offer.group)};
    if (offer.key_bits != 0) {
      transform.parts.push_back(wire::attribute(14, offer.key_bits));
    }
    transform.parts.push_back(wire::attribute(11, std::uint64_t{1}));
    transform.parts.push_back(wire::attribute(12, std::uint64_t{86'400}));
    proposal.parts.push_back(std::move(transform));
  }
  wire::Part sa;
  sa.type   = 1;
  sa.values = {number(row("sa.doi"), doi), number(row("sa.situation"), situation)};
  sa.parts.push_back(std::move(proposal));
  std::vector<wire::Part> parts;
  parts.push_back(std::move(sa));
  if (version) {
    parts.push_back(body(13, getvpn::synthetic_vendor_id(*version)));
  }
  const auto document = message(kMain, 0, false, std::move(parts));
  EXPECT_TRUE(document) << document.error().text;
  return wire::encode(document.value());
}

std::vector<Bytes> Gm::main_1() {
  auto out = world_.send(address, make_main_1());
  if (out.size() == 1) {
    received_ = out[0];
    wire::Tree tree;
    wire::decode(tables::schema(), received_, {}, tree);
    sa_.responder = exchange::MessageView(tree).responder_cookie();
    wire::Tree mine;
    const auto sent = make_main_1();
    wire::decode(tables::schema(), sent, {}, mine);
    sa_.sai_b         = to_bytes(exchange::MessageView(mine).find(1)->body);
    const auto value  = [&](wire::RowId row_id) { return tree.find_number(row_id).value_or(0); };
    const auto cipher = crypto::cipher_of_phase1(value(row("ike.attr.encryption_algorithm")),
                                                 value(row("ike.attr.key_length")));
    const auto hash   = crypto::hash_of_phase1(value(row("ike.attr.hash_algorithm")));
    const auto group  = crypto::group_of_phase1(value(row("ike.attr.group_description")));
    if (cipher && hash && group) {
      sa_.algorithms = {*cipher, *hash, *group};
    }
  }
  return out;
}

std::vector<Bytes> Gm::main_3() {
  auto pair = engine::make_key_pair(sa_.algorithms.group, random_);
  EXPECT_TRUE(pair);
  pair_.emplace(std::move(pair).value());
  sa_.g_xi = pair_->public_value();
  sa_.ni_b.resize(20);
  random_.fill(sa_.ni_b);
  const auto document = message(kMain, 0, false, {body(4, sa_.g_xi), body(10, sa_.ni_b)});
  auto out            = world_.send(address, wire::encode(document.value()));
  if (out.size() == 1) {
    wire::Tree tree;
    wire::decode(tables::schema(), out[0], {}, tree);
    const exchange::MessageView view(tree);
    if (view.find(4) != nullptr && view.find(10) != nullptr) {
      sa_.g_xr          = to_bytes(view.find(4)->body);
      sa_.nr_b          = to_bytes(view.find(10)->body);
      const auto secret = pair_->shared_secret(sa_.g_xr);
      EXPECT_TRUE(secret && sa_.derive(bytes_of(psk_), secret.value()));
    }
  }
  return out;
}

std::vector<Bytes> Gm::main_5(bool wrong_hash) {
  Bytes id{1, 0, 0, 0};
  append(id, ByteView(address.address).first(4));
  auto hash = sa_.hash_i(id);
  hash[0] ^= wrong_hash ? 1U : 0U;
  std::vector<wire::Part> parts{body(5, id), body(8, hash)};
  if (initial_contact) {
    wire::Part notify;
    notify.type = 11;
    Bytes spi(sa_.initiator.begin(), sa_.initiator.end());
    append(spi, sa_.responder);
    notify.values = {number(row("notify.doi"), 1), number(row("notify.protoid"), 1),
                     number(row("notify.msgtype"), 24'578)};
    notify.values.push_back({row("spi"), spi});
    parts.push_back(std::move(notify));
  }
  auto document = message(kMain, 0, true, std::move(parts));
  auto out      = world_.send(address, sa_.seal(document.value()).value());
  if (out.size() == 1 && open(out[0])) {
    const exchange::MessageView view(tree_);
    const auto* const id_r = view.find(5);
    EXPECT_TRUE(id_r != nullptr && view.find(8) != nullptr &&
                equal(view.find(8)->body, sa_.hash_r(id_r->body)))
        << "HASH_R";
    sa_.accept(view);
    sa_.complete();
  }
  return out;
}

bool Gm::open(const Bytes& datagram) {
  received_ = datagram;
  tree_.clear();
  wire::decode(tables::schema(), received_, {}, tree_);
  return sa_.open(tree_).ok();
}

bool Gm::hash_is(const Bytes& expected) const {
  const exchange::MessageView view(tree_);
  return !view.payloads().empty() && view.payloads()[0].type == 8 &&
         equal(view.payloads()[0].body, expected);
}

std::vector<Bytes> Gm::hashed(std::uint8_t exchange, std::uint32_t id,
                              std::vector<wire::Part> parts, std::uint8_t n, bool wrong_hash) {
  const auto size = crypto::digest_size(sa_.algorithms.hash);
  parts.insert(parts.begin(), body(8, Bytes(size)));
  auto document   = message(exchange, id, true, std::move(parts));
  const auto all  = wire::encode(*document, document->plaintext());
  const auto rest = ByteView(all).subspan(4 + size);
  auto hash       = n == 3 ? sa_.hash_3_4(id, ni_b_, nr_b_, rest) : sa_.hash_1(id, rest);
  hash[0] ^= wrong_hash ? 1U : 0U;
  EXPECT_TRUE(wire::Editor(*document).set_octets(*document->find(row("hash")), hash));
  return world_.send(address, sa_.seal(*document).value());
}

std::vector<Bytes> Gm::pull_1(bool wrong_hash) {
  pull_id_ = engine::make_message_id(random_);
  ni_b_.resize(16);
  random_.fill(ni_b_);
  return hashed(kPull, pull_id_, {body(10, ni_b_), body(5, group_id)}, 1, wrong_hash);
}

bool Gm::accept_pull_2(const Bytes& datagram) {
  if (!open(datagram)) {
    return false;
  }
  const exchange::MessageView view(tree_);
  if (view.find(10) == nullptr || view.find(1) == nullptr ||
      !hash_is(sa_.hash_2(pull_id_, ni_b_, view.after_first_payload()))) {
    return false;
  }
  nr_b_ = to_bytes(view.find(10)->body);
  sa_.accept(view);
  return true;
}

std::vector<Bytes> Gm::pull_3(bool wrong_hash) {
  std::vector<wire::Part> parts;
  if (sender_ids) {
    wire::Part gap;
    gap.type = 22;
    gap.parts.push_back(wire::attribute(3, *sender_ids));
    parts.push_back(std::move(gap));
  }
  return hashed(kPull, pull_id_, std::move(parts), 3, wrong_hash);
}

bool Gm::accept_pull_4(const Bytes& datagram) {
  if (!open(datagram)) {
    return false;
  }
  const exchange::MessageView view(tree_);
  return view.find(17) != nullptr &&
         hash_is(sa_.hash_3_4(pull_id_, ni_b_, nr_b_, view.after_first_payload()));
}

std::vector<Bytes> Gm::delete_sa() {
  wire::Part part;
  part.type = 12;
  Bytes spi(sa_.initiator.begin(), sa_.initiator.end());
  append(spi, sa_.responder);
  part.values = {number(row("delete.doi"), 2), number(row("delete.protoid"), 1),
                 number(row("spisize"), 16)};
  wire::Part one;
  one.values = {
      {wire::kNoRow, spi}
  };
  part.parts.push_back(std::move(one));
  return hashed(kInfo, engine::make_message_id(random_), {std::move(part)}, 1, false);
}

std::vector<Bytes> Gm::informational(std::uint32_t type, const Bytes& payload_body,
                                     bool wrong_hash) {
  return hashed(kInfo, engine::make_message_id(random_), {body(type, payload_body)}, 1, wrong_hash);
}

bool Gm::phase1() {
  return main_1().size() == 1 && main_3().size() == 1 && main_5().size() == 1;
}

bool Gm::registers() {
  if (!phase1()) {
    return false;
  }
  const auto second = pull_1();
  if (second.size() != 1 || !accept_pull_2(second[0])) {
    return false;
  }
  const auto fourth = pull_3();
  return fourth.size() == 1 && accept_pull_4(fourth[0]);
}

bool Gm::open_informational(const Bytes& datagram) {
  if (!open(datagram)) {
    return false;
  }
  const exchange::MessageView view(tree_);
  const auto right = view.exchange_type() == kInfo &&
                     hash_is(sa_.hash_1(view.message_id(), view.after_first_payload()));
  sa_.forget(view.message_id());
  return right;
}

std::optional<std::uint64_t> clear_notify(const Bytes& datagram) {
  wire::Tree tree;
  wire::decode(tables::schema(), datagram, {}, tree);
  const exchange::MessageView view(tree);
  return view.valid() && !view.encrypted() && view.exchange_type() == kInfo
             ? tree.find_number(row("notify.msgtype"))
             : std::nullopt;
}

}  // namespace gdoi::keyserver::test
