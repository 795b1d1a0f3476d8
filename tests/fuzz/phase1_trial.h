#pragma once

#include "engine/initiator.h"
#include "engine/traversal.h"
#include "exchange/insider.h"
#include "exchange/network.h"
#include "exchange/sample_plan.h"
#include "fuzz/fuzz_input.h"
#include "fuzz/fuzz_require.h"
#include "keyserver/keyserver.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/encode.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

/// The initiator and the reference KS in a phase 1 of any kind, with somebody between them who
/// changes what one of them sends, also behind the encryption. Input: an octet that picks the kind
/// (bit 0: aggressive mode, bit 1: signatures, bit 2: aggressive mode message 3 in clear, bit 3:
/// the KS notifies, bit 4: a NAT, which moves it to port 4500, bit 5: messages so long that they go
/// in fragments), then an octet for each datagram with what follows it (see Operation).
namespace gdoi::simulation {

enum class Operation : std::uint8_t {
  kAsItIs,
  kChanged,   ///< one octet: place in two octets, mask
  kCut,       ///< octets left, in two
  kReplaced,  ///< the octets of a field: which one, count in two, octets
  kErased,    ///< a payload: which one
  kRaw,       ///< octets of the input behind the live cookies: count in two, octets
  kTwice,
  kLost,
  kInside,  ///< a payload of a phase-1 message, decrypted: which one, an octet of InsideOperation
  kOperations
};

enum class InsideOperation : std::uint8_t {
  kBody,     ///< count in two, octets
  kType,     ///< another type
  kChanged,  ///< one octet of the body: place in two octets, mask
  kErased,
  kDoubled,
  kFirst,  ///< comes before all others
  kOperations
};

class Phase1Trial {
 public:
  enum class Liar : std::uint8_t { kGm, kKs };

  Phase1Trial(ByteView data, Liar liar)
      : input_(data),
        kind_(input_.octet()),
        liar_(liar),
        gm_(std::make_shared<const plan::Plan>(sample_plan(captured())), options(), gm_random_),
        ks_(policy(), kKs, ks_random_) {}

  void run() {
    constexpr int kMostTurns = 2'000;
    gm_.start(now_);
    for (int turn = 0; turn < kMostTurns && !gm_.finished(); ++turn) {
      turn_once();
    }
    fuzz::require(gm_.finished() && !gm_.verdict().reason.empty());
    const bool member = ks_.member_count("group") > 0;
    fuzz::require(gm_.verdict().ending != engine::Ending::kAccepted || member);
    fuzz::require(!member || gm_.verdict().phase1_complete != 0);
    (void)gm_.key_log();
    while (ks_.deadline()) {
      now_ = std::max(now_, *ks_.deadline());
      ks_.on_deadline(now_);
      (void)ks_.take_output();
    }
    fuzz::require(ks_.phase1_count() == 0);
  }

 private:
  inline static const exchange::Endpoint kGm = endpoint({192, 0, 2, 9});
  inline static const exchange::Endpoint kKs = endpoint({192, 0, 2, 1});
  static constexpr std::uint16_t kNatPort    = 4500;
  static constexpr std::uint8_t kKeyId       = 11;  // RFC 2407 section 4.6.2.1
  static constexpr std::uint8_t kAggressive  = 1;
  static constexpr std::uint8_t kSigns       = 2;
  static constexpr std::uint8_t kClear       = 4;
  static constexpr std::uint8_t kNotifies    = 8;
  static constexpr std::uint8_t kNat         = 16;
  static constexpr std::uint8_t kFragments   = 32;

  static std::shared_ptr<const engine::Credentials> credentials(const std::string& name) {
    const std::string folder = GDOI_VECTORS_DIR "/certificates/";
    auto loaded              = engine::Credentials::load(
        {folder + name + ".pem", folder + name + ".key", folder + "root.pem", ""},
        {0, 1'795'000'000});
    fuzz::require(loaded.ok());
    return std::make_shared<const engine::Credentials>(std::move(loaded).value());
  }

  [[nodiscard]] bool is(std::uint8_t bit) const { return (kind_ & bit) != 0; }

  [[nodiscard]] Captured captured() const {
    static const auto known = credentials("gm-rsa");
    Captured made;
    made.offers.front().group = 19;
    made.aggressive           = is(kAggressive);
    made.third_in_clear       = is(kClear);
    if (is(kSigns)) {
      made.identity            = {1, 0, 0, 0, 192, 0, 2, 9};
      made.offers.front().auth = crypto::kAuthRsa;
      made.credentials         = known;
    }
    if (is(kNat)) {
      made.vendor_ids.push_back(to_bytes(engine::nat_traversal_vendor_id()));
    }
    if (is(kFragments)) {
      made.vendor_ids.push_back(to_bytes(engine::fragmentation_vendor_id()));
      Bytes body{4};
      append(body, known->own().der());
      // Twice, it is longer than a datagram that goes whole; so is the key ID.
      made.certificates = std::vector(2, body);
      if (!is(kSigns)) {
        made.identity         = Bytes(engine::kLongestWhole, 0x41);
        made.identity.front() = kKeyId;
      }
    }
    return made;
  }

  /// The same, with its own certificate twice.
  static std::shared_ptr<const engine::Credentials> longer(const engine::Credentials& than) {
    auto made = than;
    made.chain.push_back(made.own());
    return std::make_shared<const engine::Credentials>(std::move(made));
  }

  [[nodiscard]] keyserver::Policy policy() const {
    static const auto known      = credentials("ks-rsa");
    static const auto twice      = longer(*known);
    auto made                    = keyserver::default_policy(Secret(bytes_of("a pre-shared key")));
    made.aggressive_mode         = true;
    made.credentials             = is(kFragments) ? twice : known;
    made.groups.front().name     = "group";
    made.groups.front().identity = keyserver::GroupIdentity::number(1234);
    made.groups.front().kek.reset();
    made.authentication_failure = is(kNotifies) ? keyserver::AuthenticationFailure::kNotify
                                                : keyserver::AuthenticationFailure::kSilence;
    for (const auto* const name : {"aes128-sha256-ecp256", "aes128-sha256-ecp256-rsa-sig"}) {
      made.proposals.push_back(*keyserver::proposal_named(name));
    }
    return made;
  }

  static engine::InitiatorOptions options() {
    engine::InitiatorOptions made;
    made.source     = kGm;
    made.key_server = kKs;
    // What silence means is the initiator target's matter.
    made.retransmission.tries = 2;
    made.probe                = false;
    return made;
  }

  void turn_once() {
    auto from_gm = gm_.take_output();
    auto from_ks = ks_.take_output();
    if (from_gm.empty() && from_ks.empty()) {
      auto next = gm_.deadline();
      if (const auto of_ks = ks_.deadline(); of_ks && (!next || *of_ks < *next)) {
        next = of_ks;
      }
      fuzz::require(next.has_value());
      now_ = std::max(now_, *next);
      gm_.on_deadline(now_);
      ks_.on_deadline(now_);
      return;
    }
    for (const auto& one : from_gm) {
      for (const auto& octets : changed(one.datagram, liar_ == Liar::kGm)) {
        const bool marked = one.destination.port == kNatPort && octets.size() > 1;
        ks_.on_datagram(outside(one.destination.port), one.destination,
                        marked ? with_marker(octets) : octets, now_);
      }
    }
    for (const auto& one : from_ks) {
      for (const auto& octets : changed(without_marker(one.datagram), liar_ == Liar::kKs)) {
        gm_.on_datagram(octets, now_);
      }
    }
  }

  /// Where the GM's datagrams to a port come from, as the KS sees it.
  [[nodiscard]] exchange::Endpoint outside(std::uint16_t port) const {
    auto at = kGm;
    if (is(kNat)) {
      at.address[0] = 198;
      at.port       = port == kNatPort ? 40'000 : 40'001;
    }
    return at;
  }

  // RFC 3948 section 2.2
  static Bytes with_marker(ByteView octets) {
    Bytes marked(4);
    append(marked, octets);
    return marked;
  }

  static Bytes without_marker(ByteView octets) {
    constexpr std::size_t kMarker = 4;
    const bool marked             = octets.size() > kMarker && to_uint(octets.first(kMarker)) == 0;
    return to_bytes(marked ? octets.subspan(kMarker) : octets);
  }

  std::vector<Bytes> changed(Bytes datagram, bool lies) {
    if (!lies) {
      insider_.see(datagram);
      return {std::move(datagram)};
    }
    auto all = lied_about(std::move(datagram));
    for (const auto& one : all) {
      insider_.see(one);
    }
    return all;
  }

  std::vector<Bytes> lied_about(Bytes datagram) {
    constexpr auto kCount      = static_cast<std::uint8_t>(Operation::kOperations);
    constexpr std::size_t kTwo = 16;
    switch (static_cast<Operation>(input_.octet() % kCount)) {
      case Operation::kChanged: {
        const auto at = input_.number();
        datagram[at % datagram.size()] ^= input_.octet();
        break;
      }
      case Operation::kCut:
        datagram.resize(std::min(input_.number(), datagram.size()));
        break;
      case Operation::kReplaced:
        replace(datagram);
        break;
      case Operation::kErased:
        erase(datagram);
        break;
      case Operation::kRaw:
        datagram.resize(std::min(kTwo, datagram.size()));
        append(datagram, input_.some());
        break;
      case Operation::kTwice:
        return {datagram, datagram};
      case Operation::kLost:
        return {};
      case Operation::kInside:
        (void)insider_.change(datagram, gm_.key_log(), [&](auto& payloads) { inside(payloads); });
        break;
      default:
        break;
    }
    return {std::move(datagram)};
  }

  void inside(std::vector<RawPayload>& payloads) {
    constexpr auto kCount = static_cast<std::uint8_t>(InsideOperation::kOperations);
    const auto which      = input_.octet();
    const auto operation  = static_cast<InsideOperation>(input_.octet() % kCount);
    if (payloads.empty()) {
      return;
    }
    const auto at = payloads.begin() + static_cast<std::ptrdiff_t>(which % payloads.size());
    switch (operation) {
      case InsideOperation::kBody:
        at->body = input_.some();
        break;
      case InsideOperation::kType:
        at->type = input_.octet();
        break;
      case InsideOperation::kChanged: {
        const auto place = input_.number();
        const auto mask  = input_.octet();
        if (!at->body.empty()) {
          at->body[place % at->body.size()] ^= mask;
        }
        break;
      }
      case InsideOperation::kErased:
        payloads.erase(at);
        break;
      case InsideOperation::kDoubled:
        payloads.push_back(*at);
        break;
      default:
        std::rotate(payloads.begin(), at, at + 1);
        break;
    }
  }

  void replace(Bytes& datagram) {
    static const std::array kRows{tables::row("cert.data"),
                                  tables::row("sig"),
                                  tables::row("key_exchange.data"),
                                  tables::row("nonce"),
                                  tables::row("id.data.ipv4_addr"),
                                  tables::row("ike.certreq.authority"),
                                  tables::row("hash"),
                                  tables::row("vid_bytes")};
    const auto row    = kRows.at(input_.octet() % kRows.size());
    const auto octets = input_.some();
    edit(datagram, [&](wire::Document& document) {
      if (const auto node = document.find(row)) {
        (void)wire::Editor(document).set_octets(*node, octets);
      }
    });
  }

  void erase(Bytes& datagram) {
    const auto which = input_.octet();
    edit(datagram, [&](wire::Document& document) {
      const auto& list = document.link(document.root()).list;
      if (list.count > 0) {
        const auto& children = document.value(document.root()).children;
        (void)wire::Editor(document).erase(children.at(list.first + which % list.count));
      }
    });
  }

  template <typename Change>
  static void edit(Bytes& datagram, const Change& change) {
    wire::Tree tree;
    wire::decode(tables::schema(), datagram, {}, tree);
    wire::Document document(tables::schema(), tree);
    if (document.root() != wire::kNoRef) {
      change(document);
      datagram = wire::encode(document, document.root());
    }
  }

  FuzzInput input_;
  std::uint8_t kind_;
  Liar liar_;
  engine::SeededRandom gm_random_{1};
  engine::SeededRandom ks_random_{2};
  engine::Time now_ = engine::kSecond;
  engine::Initiator gm_;
  keyserver::KeyServer ks_;
  Insider insider_;
};

}  // namespace gdoi::simulation
