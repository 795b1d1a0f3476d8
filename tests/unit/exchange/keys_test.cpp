#include "protocol/base/hex.h"
#include "unit/exchange/conversation.h"

#include <nlohmann/json.hpp>

#include <fstream>

// Which secrets read what: partial, derived, wrong, of another side.
namespace gdoi::exchange::test {
namespace {

bool was_encrypted(const FrameRecord& record) {
  return record.crypt != Crypt::kClear;
}

keys::SidedSecret copy(const keys::SidedSecret& secret) {
  return {secret.side, secret.secret.clone()};
}

// The phase-1 part of a ring, as `keep` makes it.
template <typename Keep>
keys::KeyRing rebuilt(const keys::KeyRing& from, const Keep& keep) {
  keys::KeyRing ring;
  for (const auto& [cookie, secrets] : from.phase1_entries()) {
    keep(secrets, ring.phase1(cookie));
  }
  return ring;
}

void expect_all_good(const Play& play) {
  for (const auto& [frame, followed] : play.frames()) {
    const auto& record = followed.record;
    SCOPED_TRACE(testing::Message() << "frame " << frame << " " << message_title(record));
    EXPECT_TRUE(record.crypt == Crypt::kDecrypted || record.crypt == Crypt::kClear);
    EXPECT_TRUE(record.hash == Verdict::kGood || record.hash == Verdict::kAbsent);
    EXPECT_TRUE(record.signature == Verdict::kGood || record.signature == Verdict::kAbsent);
    if (record.crypt == Crypt::kDecrypted) {
      EXPECT_TRUE(record.hash == Verdict::kGood || record.signature == Verdict::kGood);
    }
  }
}

class Keys : public testing::TestWithParam<std::string> {
 protected:
  Conversation conversation_ = read_capture(GetParam());
  keys::KeyRing ring_        = read_keys(GetParam());
};

TEST_P(Keys, WrongKeysReadNothingAndTeachNothing) {
  auto wrong = rebuilt(ring_, [](const keys::Phase1Secrets& given, keys::Phase1Secrets& out) {
    const auto& key = given.keys.front();
    Bytes octets    = to_bytes(key.key.view());
    octets[3] ^= 0x40;
    out.keys.push_back({key.side, key.cipher, key.hash, key.last_block, Secret(octets)});
    out.skeyid_a.push_back({keys::Side::kBoth, Secret(Bytes(20, 7))});
    out.skeyid.push_back({keys::Side::kBoth, Secret(Bytes(20, 7))});
  });
  Play play(std::move(wrong));
  play.all(conversation_);
  for (const auto& [frame, followed] : play.frames()) {
    const auto& record = followed.record;
    SCOPED_TRACE(testing::Message() << "frame " << frame << " " << message_title(record));
    EXPECT_NE(record.crypt, Crypt::kDecrypted);
    EXPECT_NE(record.hash, Verdict::kGood);
    EXPECT_NE(record.signature, Verdict::kGood);
    if (was_encrypted(record)) {
      EXPECT_EQ(record.crypt,
                record.exchange == Exchange::kPush ? Crypt::kNoKey : Crypt::kWrongKey);
    }
  }
  EXPECT_TRUE(play.teks().empty());
}

TEST_P(Keys, TheCipherKeyAloneReadsWhatIsKnownOfPhase1) {
  // As Wireshark's own table has it: cookie and key.
  auto bare = rebuilt(ring_, [](const keys::Phase1Secrets& given, keys::Phase1Secrets& out) {
    for (const auto& key : given.keys) {
      out.keys.push_back({key.side, {}, {}, {}, key.key.clone()});
    }
  });
  Play play(std::move(bare));
  play.all(conversation_);
  for (const auto& [frame, followed] : play.frames()) {
    const auto& record = followed.record;
    SCOPED_TRACE(testing::Message() << "frame " << frame << " " << message_title(record));
    if (was_encrypted(record)) {
      EXPECT_EQ(record.crypt, Crypt::kDecrypted);
      EXPECT_TRUE(record.hash == Verdict::kUnverified || record.hash == Verdict::kAbsent);
      if (record.exchange == Exchange::kPush) {
        EXPECT_EQ(record.signature, Verdict::kGood);
        EXPECT_EQ(record.key_origin, KeyOrigin::kLearned);
      }
    }
  }
}

TEST_P(Keys, TheCipherKeyIsEnoughFromMessage5On) {
  // No transform, so the cipher is told by the length of the key and the hash by trying.
  auto bare = rebuilt(ring_, [](const keys::Phase1Secrets& given, keys::Phase1Secrets& out) {
    for (const auto& key : given.keys) {
      out.keys.push_back({key.side, {}, {}, {}, key.key.clone()});
    }
  });
  Play play(std::move(bare));
  for (const auto& datagram : conversation_) {
    Packet packet  = datagram.packet;
    packet.payload = datagram.octets;
    wire::Tree tree;
    wire::decode(tables::schema(), datagram.octets, {}, tree);
    const MessageView view(tree);
    if (view.encrypted() || view.exchange_type() == 5) {
      play.packet(datagram);
    }
  }
  for (const auto& [frame, followed] : play.frames()) {
    const auto& record = followed.record;
    if (record.exchange == Exchange::kPull) {
      EXPECT_EQ(record.crypt, Crypt::kDecrypted) << frame;
    }
  }
}

// In CBC the last block of the message before is the IV; a message's own last block never is,
// though what it gives may look like a payload: here a nonce of 28 octets.
TEST(Iv, IsNeverTheLastBlockOfTheMessageItself) {
  const Bytes key(16, 0x4b);
  const Bytes zero(16, 0);
  const Bytes last(16, 0xc2);
  Bytes head(16, 0x55);
  const Bytes generic_header{0, 0, 0, 32};
  std::ranges::copy(generic_header, head.begin());
  for (std::size_t i = 0; i < head.size(); ++i) {
    head[i] ^= last[i];
  }
  const auto first = crypto::openssl_suite().encrypt(crypto::Cipher::kAes128Cbc, key, zero, head);
  ASSERT_TRUE(first.ok());
  for (const auto exchange : Bytes{2, 5, 32}) {
    auto octets = from_hex("a91b9d5035d8fc4f272325e695db688b0a100201000000000000003c").value();
    octets[18]  = exchange;
    octets[23]  = exchange == 2 ? 0 : 7;
    append(octets, *first);
    append(octets, last);
    keys::KeyRing ring;
    keys::Cookie cookie{};
    std::copy_n(octets.begin(), cookie.size(), cookie.begin());
    ring.phase1(cookie).keys.push_back(
        {keys::Side::kBoth, crypto::Cipher::kAes128Cbc, {}, {}, Secret(key)});
    Play play(std::move(ring));
    Datagram datagram;
    datagram.packet.frame  = 1;
    datagram.packet.source = {
        4, {192, 0, 2, 37},
         848
    };
    datagram.packet.destination = {
        4, {192, 0, 2, 44},
         848
    };
    datagram.octets = octets;
    play.packet(datagram);
    EXPECT_EQ(play.record(1).crypt, Crypt::kNoIv) << "exchange " << int{exchange};
    // From another address it is no repetition, and still its own IV.
    datagram.packet.frame  = 2;
    datagram.packet.source = {
        4, {192, 0, 2, 40},
         848
    };
    play.packet(datagram);
    EXPECT_EQ(play.record(2).crypt, Crypt::kNoIv) << "exchange " << int{exchange};
  }
}

class Derived : public Keys {};

TEST_P(Derived, PskOrSkeyidAndTheDhSecretGiveAllKeys) {
  for (const bool with_psk : {true, false}) {
    auto partial = rebuilt(ring_, [&](const keys::Phase1Secrets& given, keys::Phase1Secrets& out) {
      for (const auto& secret : with_psk ? given.psk : given.skeyid) {
        (with_psk ? out.psk : out.skeyid).push_back(copy(secret));
      }
      for (const auto& secret : given.dh_secret) {
        out.dh_secret.push_back(copy(secret));
      }
    });
    Play play(std::move(partial));
    play.all(conversation_);
    expect_all_good(play);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Keys, testing::ValuesIn(all_captures()),
                         [](const auto& one) { return test_name(one.param); });
INSTANTIATE_TEST_SUITE_P(Live, Derived,
                         testing::Values("reference-live/three-gms-kek-3des",
                                         "reference-live/aes-kek-sha256", "reference-live/rsa-sig",
                                         "reference-live/gcm-sids", "reference-live/unknown-group",
                                         "reference-live/wrong-psk", "reference-live/gm-restart",
                                         "reference-live/big-fragmented",
                                         "reference-live/aggressive", "reference-live/loss-10"),
                         [](const auto& one) { return test_name(one.param); });

TEST(KeyRemark, SaysWhatIsMissing) {
  const std::string name = "reference-gm-registration-kek-push";
  const auto all         = read_capture(name);
  const auto remark      = [&](keys::KeyRing ring, std::size_t from, std::size_t which) {
    Follower follower;
    follower.use(std::move(ring));
    std::string text;
    for (std::size_t i = from; i <= which; ++i) {
      Packet packet  = all[i].packet;
      packet.payload = all[i].octets;
      wire::Tree tree;
      const auto record = follower.follow(packet, tree);
      text              = follower.key_remark(record, tree);
    }
    return text;
  };
  EXPECT_EQ(remark({}, 0, 6), "encrypted, no key for initiator cookie 957e3b86f602b129");
  EXPECT_EQ(remark({}, 0, 10), "encrypted, no key for KEK SPI 61626364656667683031323334353637");
  EXPECT_EQ(remark(read_keys(name), 4, 4),
            "encrypted; there is a key for initiator cookie 957e3b86f602b129, but not the message "
            "that the IV depends on");
  EXPECT_EQ(remark(read_keys(name), 0, 6), "");
  EXPECT_EQ(remark(read_keys(name), 0, 10),
            "decrypted with the KEK that the KD of frame 10 delivered");
}

// Set C of tests/vectors/gdoi-vectors.json: made by a Python program.
class SetC : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(std::string(GDOI_VECTORS_DIR) + "/gdoi-vectors.json");
    set_ = nlohmann::json::parse(file).at("C_synthetic_aes128_sha256");
    for (const auto& message : set_.at("messages")) {
      add(message.get<std::string>(), conversation_.size() % 2 == 0);
    }
    for (const auto& message : set_.at("push")) {
      add(message.get<std::string>(), false);
    }
    add(set_.at("ack_message").get<std::string>(), true);
  }

  void add(const std::string& digits, bool from_gm) {
    Datagram datagram;
    datagram.octets       = *from_hex(digits);
    datagram.packet.frame = conversation_.size() + 1;
    auto& gm              = from_gm ? datagram.packet.source : datagram.packet.destination;
    auto& ks              = from_gm ? datagram.packet.destination : datagram.packet.source;
    gm.address            = {192, 0, 2, 10};
    ks.address            = {192, 0, 2, 1};
    gm.port = ks.port = 848;
    conversation_.push_back(std::move(datagram));
  }

  [[nodiscard]] keys::KeyRing ring() const {
    keys::KeyRing ring;
    auto& secrets     = ring.phase1({1, 2, 3, 4, 5, 6, 7, 8});
    const auto octets = [this](const char* name) {
      return Secret(*from_hex(set_.at(name).get<std::string>()));
    };
    const auto psk = set_.at("psk_ascii").get<std::string>();
    secrets.psk.push_back({keys::Side::kBoth, Secret(bytes_of(psk))});
    secrets.dh_secret.push_back({keys::Side::kBoth, octets("gxy")});
    return ring;
  }

  nlohmann::json set_;
  Conversation conversation_;
};

TEST_F(SetC, PullPushWithEcdsaAndItsAcknowledgementAreGood) {
  Play play(ring());
  play.all(conversation_);
  ASSERT_EQ(conversation_.size(), 12U);
  expect_all_good(play);
  EXPECT_EQ(play.frames().at(8).summary, "HASH(2), NONCE, SA: KEK, GAP, TEK, TEK");
  EXPECT_EQ(play.frames().at(10).summary, "HASH(4), SEQ, KD: KEK, TEK, TEK, SID");
  const auto& push = play.record(11);
  EXPECT_EQ(play.frames().at(11).summary, "SEQ 1, DELETE, SA: TEK, KD: TEK, SIG");
  EXPECT_EQ(push.sig_form, crypto::SignatureForm::kEcdsaDirect);
  EXPECT_FALSE(push.sig_length_without_padding);
  EXPECT_EQ(push.key_frame, 10U);
  const auto& ack = play.record(12);
  EXPECT_EQ(ack.exchange, Exchange::kPushAck);
  EXPECT_EQ(ack.sender, Sender::kGm);
  EXPECT_EQ(ack.hash, Verdict::kGood);
  EXPECT_EQ(ack.answers, 11U);
  EXPECT_EQ(play.frames().at(12).summary, "HASH, SEQ 1, ID");
}

TEST_F(SetC, TeksComeWithTransformDestinationAndAuthentication) {
  Play play(ring());
  play.all(conversation_);
  ASSERT_EQ(play.teks().size(), 3U);
  const auto& first  = play.teks()[0];
  const auto& second = play.teks()[1];
  EXPECT_EQ(first.protocol, 1);
  EXPECT_EQ(first.spi, 0xa0000001);
  EXPECT_EQ(first.transform, 12);
  EXPECT_EQ(first.destination, "233.252.0.2");
  EXPECT_EQ(first.authentication, "hmac-sha256");
  EXPECT_EQ(to_hex(first.key.view()), "808182838485868788898a8b8c8d8e8f");
  EXPECT_EQ(first.authentication_key.size(), 32U);
  EXPECT_EQ(second.destination, "ff3e::8000:1");
  EXPECT_EQ(second.transform, 20);
  EXPECT_EQ(second.authentication, "");
  EXPECT_EQ(play.teks()[2].spi, 0xa0000003);
}

TEST_F(SetC, AChangedMessageIsNeverGood) {
  for (const std::size_t which : {4U, 5U, 6U, 7U, 8U, 9U, 10U, 11U}) {
    const auto& octets = conversation_[which].octets;
    for (std::size_t at = 0; at < octets.size(); ++at) {
      auto changed = conversation_;
      changed[which].octets[at] ^= 0x10;
      Play play(ring());
      play.all(changed);
      const auto& record = play.record(which + 1);
      SCOPED_TRACE(testing::Message() << "message " << which + 1 << " octet " << at);
      EXPECT_NE(record.signature, Verdict::kGood);
      // Padding, the header but for its cookies and M-ID, and the first two octets of the HASH
      // payload are under no HASH (RFC 2409 section 5, RFC 6407 section 3.2).
      const bool header  = at < 30;
      const bool padding = record.crypt == Crypt::kDecrypted && at + 32 >= octets.size();
      if (!header && !padding) {
        EXPECT_NE(record.hash, Verdict::kGood);
      }
    }
  }
}

}  // namespace
}  // namespace gdoi::exchange::test
