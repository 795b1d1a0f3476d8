#include "unit/exchange/conversation.h"

#include <array>
#include <set>

// What captures/README.md counts in each capture, found by Python programs that share no code with
// this project, or in the story by its own account, and what else is known of them.
namespace gdoi::exchange::test {
namespace {

struct Expected {
  const char* name;
  unsigned messages;
  unsigned phase1_clear;
  unsigned phase1_encrypted;
  unsigned pull;
  std::array<unsigned, 4> hash_good;
  unsigned auth_good;
  unsigned push;
  unsigned push_sig_good;
  unsigned informational;
  unsigned retransmissions;
};

void PrintTo(const Expected& expected, std::ostream* out) {
  *out << expected.name;
}

constexpr Expected kExpected[] = {
    {"reference-gm-registration",          10,  4,  2,  4,  {1, 1, 1, 1},     2,  0,  0,  0, 0 },
    {"reference-gm-registration-kek-push", 11,  4,  2,  4,  {1, 1, 1, 1},     2,  1,  1,  0, 0 },
    {"61850-ks-registration",              10,  4,  2,  4,  {1, 1, 1, 1},     2,  0,  0,  0, 0 },
    {"61850-ks-refused-unknown-group",     8,   4,  2,  1,  {1, 0, 0, 0},     2,  0,  0,  1, 0 },
    {"reference-live/three-gms-kek-3des",  39,  12, 6,  12, {3, 3, 3, 3},     6,  9,  9,  0, 0 },
    {"reference-live/aes-kek-sha256",      41,  12, 6,  12, {3, 3, 3, 3},     6,  11, 11, 0, 0 },
    {"reference-live/rsa-sig",             33,  12, 5,  8,  {2, 2, 2, 2},     5,  5,  5,  0, 3 },
    {"reference-live/gcm-sids",            32,  12, 6,  12, {3, 3, 3, 3},     6,  2,  2,  0, 0 },
    {"reference-live/unknown-group",       34,  12, 6,  10, {4, 2, 2, 2},     6,  0,  0,  0, 6 },
    {"reference-live/wrong-psk",           18,  8,  3,  4,  {1, 1, 1, 1},     3,  0,  0,  0, 3 },
    {"reference-live/gm-restart",          69,  24, 12, 18, {5, 5, 4, 4},     12, 3,  3,  3, 9 },
    {"reference-live/big-fragmented",      24,  8,  4,  8,  {2, 2, 2, 2},     4,  4,  4,  0, 0 },
    {"reference-live/aggressive",          14,  4,  2,  8,  {2, 2, 2, 2},     4,  0,  0,  0, 0 },
    {"reference-live/loss-10",             221, 72, 36, 72, {18, 18, 18, 18}, 36, 21, 21, 0, 20},
    {"story/a-refused-1.0.1",              36,  12, 6,  3,  {3, 0, 0, 0},     6,  0,  0,  0, 15},
    {"story/b-refused-1.0.4",              12,  4,  2,  1,  {1, 0, 0, 0},     2,  0,  0,  0, 5 },
    {"story/c-registered-1.0.17",          10,  4,  2,  4,  {1, 1, 1, 1},     2,  0,  0,  0, 0 },
    {"story/d-registered-short",           10,  4,  2,  4,  {1, 1, 1, 1},     2,  0,  0,  0, 0 },
    {"story/e-refused-no-version",         12,  4,  2,  1,  {1, 0, 0, 0},     2,  0,  0,  0, 5 },
    {"story/f-refused-by-notify",          24,  12, 6,  3,  {3, 0, 0, 0},     6,  0,  0,  3, 0 },
    {"story/g-refused-by-delete",          24,  12, 6,  3,  {3, 0, 0, 0},     6,  0,  0,  3, 0 },
    {"story/h-refused-and-registered",     46,  16, 8,  7,  {4, 1, 1, 1},     8,  0,  0,  0, 15},
};

bool is_phase1(const FrameRecord& record) {
  return record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive;
}

bool is_good(const FrameRecord& record) {
  return record.hash == Verdict::kGood || record.signature == Verdict::kGood;
}

class Captures : public testing::TestWithParam<Expected> {};

TEST_P(Captures, EveryMessageIsReadAndEveryHashAndSignatureIsGood) {
  const auto& expected = GetParam();
  Play play(read_keys(expected.name));
  play.all(read_capture(expected.name));
  Expected found{};
  for (const auto& [frame, followed] : play.frames()) {
    const auto& record = followed.record;
    SCOPED_TRACE(testing::Message() << "frame " << frame << " " << message_title(record));
    ++found.messages;
    EXPECT_TRUE(record.crypt == Crypt::kDecrypted || record.crypt == Crypt::kClear);
    EXPECT_FALSE(record.guessed);
    EXPECT_FALSE(followed.late);
    EXPECT_NE(record.hash, Verdict::kBad);
    EXPECT_NE(record.hash, Verdict::kUnverified);
    EXPECT_NE(record.signature, Verdict::kBad);
    EXPECT_NE(record.signature, Verdict::kUnverified);
    EXPECT_NE(record.number, 0);
    EXPECT_NE(record.sender, Sender::kUnknown);
    if (record.retransmission_of != 0) {
      ++found.retransmissions;
      continue;
    }
    if (is_phase1(record)) {
      ++(record.crypt == Crypt::kClear ? found.phase1_clear : found.phase1_encrypted);
      found.auth_good += is_good(record) ? 1U : 0U;
    }
    if (record.exchange == Exchange::kPull) {
      ++found.pull;
      found.hash_good.at(record.number - 1U) += is_good(record) ? 1U : 0U;
    }
    if (record.exchange == Exchange::kPush) {
      ++found.push;
      found.push_sig_good += is_good(record) ? 1U : 0U;
    }
    found.informational += record.exchange == Exchange::kInformational ? 1U : 0U;
  }
  EXPECT_EQ(found.messages, expected.messages);
  EXPECT_EQ(found.phase1_clear, expected.phase1_clear);
  EXPECT_EQ(found.phase1_encrypted, expected.phase1_encrypted);
  EXPECT_EQ(found.pull, expected.pull);
  EXPECT_EQ(found.hash_good, expected.hash_good);
  EXPECT_EQ(found.auth_good, expected.auth_good);
  EXPECT_EQ(found.push, expected.push);
  EXPECT_EQ(found.push_sig_good, expected.push_sig_good);
  EXPECT_EQ(found.informational, expected.informational);
  EXPECT_EQ(found.retransmissions, expected.retransmissions);
}

// Number and direction by order alone, held against what the keys show.
TEST_P(Captures, WithoutKeysNumbersAreGuessedFromOrder) {
  const auto& expected = GetParam();
  Play keyed(read_keys(expected.name));
  Play blind({});
  const auto conversation = read_capture(expected.name);
  keyed.all(conversation);
  blind.all(conversation);
  for (const auto& [frame, followed] : blind.frames()) {
    const auto& record = followed.record;
    const auto& truth  = keyed.record(frame);
    SCOPED_TRACE(testing::Message() << "frame " << frame << " " << message_title(record));
    const bool counted = record.exchange == Exchange::kPull || is_phase1(record);
    const bool hidden  = truth.crypt == Crypt::kDecrypted;
    EXPECT_EQ(record.crypt, hidden ? Crypt::kNoKey : Crypt::kClear);
    EXPECT_EQ(record.exchange, truth.exchange);
    EXPECT_EQ(record.number, truth.number);
    EXPECT_EQ(record.sender, truth.sender);
    EXPECT_EQ(record.phase1, truth.phase1);
    EXPECT_EQ(record.pull, truth.pull);
    EXPECT_EQ(record.answers,
              record.exchange == Exchange::kInformational ? record.answers : truth.answers);
    EXPECT_EQ(record.retransmission_of, truth.retransmission_of);
    EXPECT_EQ(record.guessed, hidden && counted);
    EXPECT_NE(record.hash, Verdict::kGood);
    EXPECT_EQ(record.signature, Verdict::kAbsent);
  }
}

// The TEK lines of a key log are what the daemons logged or held, the learned ones come out of KDs.
TEST_P(Captures, KdsTeachTheTeksOfTheKeyLog) {
  const auto& expected = GetParam();
  auto ring            = read_keys(expected.name);
  std::set<std::uint32_t> logged;
  std::map<std::uint32_t, Bytes> auth_keys;
  for (const auto& tek : ring.teks()) {
    logged.insert(tek.spi);
    auth_keys[tek.spi] = to_bytes(tek.authentication_key.view());
  }
  Play play(std::move(ring));
  play.all(read_capture(expected.name));
  std::set<std::uint32_t> learned;
  for (const auto& tek : play.teks()) {
    EXPECT_TRUE(learned.insert(tek.spi).second) << "twice: " << tek.spi;
    EXPECT_TRUE(tek.protocol >= 1 && tek.protocol <= 3);
    if (logged.contains(tek.spi)) {
      EXPECT_TRUE(equal(tek.authentication_key.view(), auth_keys[tek.spi])) << tek.spi;
    }
  }
  EXPECT_TRUE(std::ranges::includes(learned, logged));
}

INSTANTIATE_TEST_SUITE_P(All, Captures, testing::ValuesIn(kExpected),
                         [](const auto& one) { return test_name(one.param.name); });

TEST(Capture, EachSideOfAWrongPskHasItsOwnKeys) {
  Play play(read_keys("reference-live/wrong-psk"));
  play.all(read_capture("reference-live/wrong-psk"));
  const auto& refused = play.record(5);
  EXPECT_EQ(refused.number, 5);
  EXPECT_EQ(refused.key_side, keys::Side::kGm);
  EXPECT_EQ(refused.hash, Verdict::kGood);
  EXPECT_EQ(play.follower().key_remark(refused, {}), "decrypted with the key of the GM's side");
}

// captures/README.md, departure 4.
TEST(Capture, GdoidSignsTheBareHashAndTheLengthBeforePadding) {
  Play play(read_keys("reference-gm-registration-kek-push"));
  play.all(read_capture("reference-gm-registration-kek-push"));
  const auto& push = play.record(11);
  EXPECT_EQ(push.sig_form, crypto::SignatureForm::kRsaBareHash);
  EXPECT_TRUE(push.sig_length_without_padding);
  EXPECT_EQ(push.key_origin, KeyOrigin::kLearned);
  EXPECT_EQ(push.key_frame, 10U);
  EXPECT_EQ(play.frames().at(11).summary, "SEQ 1, SA: TEK, TEK, KD: TEK, TEK, SIG");
}

// Departure 5: the KEK that a PUSH brings decrypts the PUSHes after it, although its KD packet has
// the old SPI.
TEST(Capture, PushesTeachTheNextKek) {
  auto given = read_keys("reference-live/three-gms-kek-3des");
  keys::KeyRing phase1_only;
  for (const auto& [cookie, secrets] : given.phase1_entries()) {
    for (const auto& key : secrets.keys) {
      phase1_only.phase1(cookie).keys.push_back(
          {key.side, key.cipher, key.hash, key.last_block, key.key.clone()});
    }
  }
  Play play(std::move(phase1_only));
  play.all(read_capture("reference-live/three-gms-kek-3des"));
  std::set<std::uint64_t> teachers;
  unsigned good = 0;
  for (const auto& [frame, followed] : play.frames()) {
    if (followed.record.exchange == Exchange::kPush) {
      EXPECT_EQ(followed.record.crypt, Crypt::kDecrypted) << frame;
      EXPECT_EQ(followed.record.key_origin, KeyOrigin::kLearned) << frame;
      teachers.insert(followed.record.key_frame);
      good += followed.record.signature == Verdict::kGood ? 1U : 0U;
    }
  }
  EXPECT_EQ(good, 9U);
  EXPECT_GE(teachers.size(), 3U) << "one PULL and two PUSHes with a new KEK";
}

// Departure 6: the notify has a cookie of its own and names the SA in its SPI.
TEST(Capture, AnInvalidCookieBelongsToTheSaThatItNames) {
  Play play(read_keys("reference-live/gm-restart"));
  play.all(read_capture("reference-live/gm-restart"));
  for (const std::uint64_t frame : {34U, 57U, 74U}) {
    const auto& notify = play.record(frame);
    EXPECT_EQ(notify.exchange, Exchange::kInformational);
    EXPECT_EQ(notify.phase1, play.record(1).phase1);
    EXPECT_EQ(notify.sender, Sender::kGm);
    EXPECT_EQ(notify.answers, frame - 1) << "the KS's retransmission of PULL message 2";
    EXPECT_EQ(play.frames().at(frame).summary, "NOTIFY INVALID-COOKIE");
  }
}

TEST(Capture, SummariesReadAsTheExchange) {
  Play play(read_keys("reference-live/gcm-sids"));
  play.all(read_capture("reference-live/gcm-sids"));
  std::map<std::string, std::string> first;
  for (const auto& [frame, followed] : play.frames()) {
    first.emplace(message_title(followed.record), followed.summary);
  }
  EXPECT_EQ(first["Main mode 1/6"], "SA");
  EXPECT_EQ(first["Main mode 4/6"], "KE, NONCE");
  EXPECT_EQ(first["Main mode 5/6"], "ID, HASH_I, NOTIFY INITIAL-CONTACT");
  EXPECT_EQ(first["GROUPKEY-PULL 1/4"], "HASH(1), NONCE, ID");
  EXPECT_EQ(first["GROUPKEY-PULL 2/4"], "HASH(2), NONCE, SA: KEK, GAP, TEK");
  EXPECT_EQ(first["GROUPKEY-PULL 3/4"], "HASH(3), GAP");
  EXPECT_EQ(first["GROUPKEY-PULL 4/4"], "HASH(4), SEQ, KD: KEK, TEK, SID");
}

TEST(Capture, CertificatesVerifyTheSignaturesOfPhase1) {
  Play play(read_keys("reference-live/rsa-sig"));
  play.all(read_capture("reference-live/rsa-sig"));
  EXPECT_EQ(play.record(5).signature, Verdict::kGood);
  EXPECT_EQ(play.record(5).hash, Verdict::kAbsent);
  EXPECT_EQ(play.frames().at(5).summary.substr(0, 15), "ID, CERT, SIG_I");
}

}  // namespace
}  // namespace gdoi::exchange::test
