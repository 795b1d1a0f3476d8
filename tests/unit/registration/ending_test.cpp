#include "unit/registration/messages.h"

#include <map>

/// What a KS sends to end a registration, put behind parts of reference-gm-registration.
namespace gdoi::registration::test {
namespace {

using testing::HasSubstr;

constexpr auto kCapture                     = "reference-gm-registration";
constexpr std::uint8_t kInformational       = 5;
constexpr std::uint8_t kNotify              = 11;
constexpr std::uint8_t kDelete              = 12;
constexpr std::uint16_t kNoProposalChosen   = 14;
constexpr std::uint16_t kInvalidCookie      = 4;
constexpr std::uint16_t kInitialContact     = 24578;
constexpr std::uint32_t kInformationalMsgId = 0x01020304;

Datagrams first(std::size_t count) {
  auto all = read_capture(kCapture);
  all.resize(count);
  return all;
}

Registration only(const Found& found) {
  EXPECT_EQ(found.registrations.size(), 1U);
  return found.registrations.empty() ? Registration{} : found.registrations.front();
}

Datagram notify(From from, const Datagram& after, std::uint16_t type) {
  return message(from, after, 0,
                 isakmp(cookies_of(after), kNotify, kInformational, 0, kInformationalMsgId,
                        notify_payload(type)));
}

Datagram sealed(From from, const Datagram& after, std::int64_t seconds = 0) {
  return message(
      from, after, seconds,
      isakmp(cookies_of(after), 8, kInformational, 1, kInformationalMsgId, Bytes(48, 0xa5)));
}

TEST(Notify, InClearRefusesTheStepBeforeIt) {
  auto all = first(1);
  all.push_back(notify(From::kKs, all.back(), kNoProposalChosen));
  const auto one = only(track(renumbered(all)));
  EXPECT_EQ(one.outcome, Outcome::kRefused);
  EXPECT_EQ(one.how, How::kNotify);
  EXPECT_EQ(one.notify_type, kNoProposalChosen);
  EXPECT_EQ(one.step, "mm1");
  EXPECT_EQ(one.reason,
            "The KS ended it with NOTIFY NO-PROPOSAL-CHOSEN (14) in frame 2 after main mode "
            "message 1 (frame 1); it came in clear, so nothing authenticates it");
  EXPECT_THAT(one.evidence, testing::ElementsAre(1, 2));
}

// RFC 2408 section 4.5 lets an exchange be answered by a NOTIFY in the same exchange type.
TEST(Notify, InTheExchangeItselfRefusesToo) {
  auto all = first(1);
  auto own = cookies_of(read_capture(kCapture)[1]);
  all.push_back(message(From::kKs, all.back(), 0,
                        isakmp(own, kNotify, 2, 0, 0, notify_payload(kNoProposalChosen))));
  const auto one = only(track(renumbered(all)));
  EXPECT_EQ(one.how, How::kNotify);
  EXPECT_EQ(one.step, "mm1");
}

TEST(Notify, ThatTheExchangeOutlivesRefusesNothing) {
  auto all = read_capture(kCapture);
  all.insert(all.begin() + 1, notify(From::kKs, all.front(), kNoProposalChosen));
  EXPECT_EQ(only(track(renumbered(all))).outcome, Outcome::kRegistered);
}

TEST(Notify, OfTheGmOrOfAStatusRefusesNothing) {
  for (const auto& [from, type] : {
           std::pair{From::kGm, kNoProposalChosen},
           std::pair{From::kKs, kInitialContact  }
  }) {
    auto all = first(7);
    all.push_back(notify(from, all.back(), type));
    EXPECT_EQ(only(track(renumbered(all))).outcome, Outcome::kIncomplete) << type;
  }
}

// As gdoid sends it: fresh initiator cookie, responder cookie 0, the SA's cookies as SPI.
TEST(InvalidCookie, BelongsToTheSaThatItsSpiNames) {
  auto all = first(7);
  Bytes fresh(8, 0x5c);
  fresh.resize(16);
  all.push_back(message(From::kKs, all.back(), 0,
                        isakmp(fresh, kNotify, kInformational, 0, 0,
                               notify_payload(kInvalidCookie, cookies_of(all.back())))));
  const auto one = only(track(renumbered(all)));
  EXPECT_EQ(one.how, How::kNotify);
  EXPECT_EQ(one.notify_type, kInvalidCookie);
  EXPECT_EQ(one.step, "pull1");
}

TEST(InvalidCookie, OfAnUnknownSaIsNoRegistration) {
  auto all = first(1);
  Bytes fresh(8, 0x5c);
  fresh.resize(16);
  const auto stray = message(
      From::kKs, all.back(), 0,
      isakmp(fresh, kNotify, kInformational, 0, 0, notify_payload(kInvalidCookie, Bytes(16, 9))));
  EXPECT_TRUE(track(renumbered({stray})).registrations.empty());
}

TEST(Delete, OfThePhase1Refuses) {
  auto all = first(7);
  all.push_back(message(From::kKs, all.back(), 0,
                        isakmp(cookies_of(all.back()), kDelete, kInformational, 0,
                               kInformationalMsgId, delete_payload(cookies_of(all.back())))));
  const auto one = only(track(renumbered(all)));
  EXPECT_EQ(one.how, How::kDelete);
  EXPECT_EQ(one.step, "pull1");
  EXPECT_THAT(one.reason, HasSubstr("with a DELETE in frame 8 after PULL message 1 (frame 7)"));
}

TEST(Delete, OfAnotherPhase1RefusesNothing) {
  auto all = first(7);
  all.push_back(message(From::kKs, all.back(), 0,
                        isakmp(cookies_of(all.back()), kDelete, kInformational, 0,
                               kInformationalMsgId, delete_payload(Bytes(16, 3)))));
  EXPECT_EQ(only(track(renumbered(all))).outcome, Outcome::kIncomplete);
}

TEST(Informational, ThatCannotBeReadIsSaidToBeThatAndNoMore) {
  const std::map<std::size_t, std::string> steps{
      {5, "mm5"  },
      {7, "pull1"}
  };
  for (const auto& [count, step] : steps) {
    auto all = first(count);
    all.push_back(sealed(From::kKs, all.back()));
    const auto one = only(track(renumbered(all)));
    EXPECT_EQ(one.outcome, Outcome::kRefused);
    EXPECT_EQ(one.how, How::kInformational);
    EXPECT_EQ(one.step, step);
    EXPECT_FALSE(one.notify_type);
    EXPECT_THAT(one.reason, HasSubstr("without a key it cannot be told what it says"));
  }
}

TEST(Informational, ThatTheExchangeOutlivesRefusesNothing) {
  auto all = read_capture(kCapture);
  all.insert(all.begin() + 7, sealed(From::kKs, all[6]));
  EXPECT_EQ(only(track(renumbered(all))).outcome, Outcome::kRegistered);
}

TEST(Informational, LongAfterTheStepIsNotItsAnswer) {
  auto all        = first(7);
  const auto last = all.back();
  all.push_back(again(last, last, 10));
  all.push_back(sealed(From::kKs, all.back(), 600));
  const auto one = only(track(renumbered(all)));
  EXPECT_EQ(one.how, How::kSilence);
}

TEST(Informational, OfTheGmOrAfterAnAnswerRefusesNothing) {
  auto by_gm = first(7);
  by_gm.push_back(sealed(From::kGm, by_gm.back()));
  EXPECT_EQ(only(track(renumbered(by_gm))).outcome, Outcome::kIncomplete);
  auto after = first(6);
  after.push_back(sealed(From::kKs, after.back()));
  const auto one = only(track(renumbered(after)));
  EXPECT_EQ(one.outcome, Outcome::kIncomplete);
  EXPECT_EQ(one.step, "mm6");
  EXPECT_THAT(one.reason, HasSubstr("encrypted Informational of the KS in frame 7"));
  auto done = read_capture(kCapture);
  done.push_back(sealed(From::kKs, done.back()));
  EXPECT_EQ(only(track(renumbered(done))).outcome, Outcome::kRegistered);
}

// HASH and NOTIFY in the place of HASH and KD: 68 octets, message 3 has 52.
TEST(LastMessage, ThatIsTooShortForAKdDoesNotRegister) {
  auto all  = read_capture(kCapture);
  auto& end = all.back().octets;
  end.resize(68);
  end[27]        = 68;
  const auto one = only(track(all));
  EXPECT_EQ(one.outcome, Outcome::kIncomplete);
  EXPECT_EQ(one.step, "pull4");
  EXPECT_THAT(one.reason, HasSubstr("too short for a KD"));
}

// RFC 2409 section 5.5: exchange 32 under a phase 1 of the IPsec DOI is Quick mode.
TEST(QuickMode, IsNoGdoiRegistration) {
  auto all = read_capture(kCapture);
  for (const std::size_t i : {0U, 1U}) {
    Bytes doi;
    append_uint(doi, 1, 4);
    std::ranges::copy(doi, all[i].octets.begin() + kHeaderSize + 4);
  }
  const auto found = track(all);
  EXPECT_TRUE(found.registrations.empty());
  EXPECT_EQ(found.counts.pull, 0U);
  EXPECT_EQ(found.counts.messages, 10U);
}

}  // namespace
}  // namespace gdoi::registration::test
