#include "unit/exchange/conversation.h"

// Conversations made from the captures by loss, repetition and reordering: what can still be read
// must be, and must read as before.
namespace gdoi::exchange::test {
namespace {

struct Case {
  Conversation conversation;
  std::map<std::uint64_t, Followed> truth;  ///< of the whole capture
};

bool is_phase1(const FrameRecord& record) {
  return record.exchange == Exchange::kMain || record.exchange == Exchange::kAggressive;
}

bool is_read(const FrameRecord& record) {
  return record.crypt == Crypt::kDecrypted || record.crypt == Crypt::kClear;
}

class Mutations : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    case_.conversation = read_capture(GetParam());
    Play play(read_keys(GetParam()));
    play.all(case_.conversation);
    case_.truth = play.frames();
  }

  [[nodiscard]] const Followed& truth(std::uint64_t frame) const { return case_.truth.at(frame); }

  // Whether a message is the first with its M-ID.
  [[nodiscard]] bool starts(std::uint64_t frame) const {
    const auto& record = truth(frame).record;
    return record.exchange == Exchange::kInformational ||
           (record.exchange == Exchange::kPull && record.number == 1);
  }

  [[nodiscard]] bool knows_last_block() const {
    const auto ring = read_keys(GetParam());
    return std::ranges::any_of(ring.phase1_entries(), [](const auto& entry) {
      return std::ranges::any_of(entry.second.keys,
                                 [](const auto& key) { return !key.last_block.empty(); });
    });
  }

  // What was read must be what the whole capture shows, and no hash may turn out bad.
  void expect_as_in_truth(const Play& play) const {
    for (const auto& [frame, followed] : play.frames()) {
      const auto& record = followed.record;
      SCOPED_TRACE(testing::Message() << "frame " << frame << " " << message_title(record));
      EXPECT_NE(record.hash, Verdict::kBad);
      EXPECT_NE(record.signature, Verdict::kBad);
      EXPECT_NE(record.crypt, Crypt::kWrongKey);
      EXPECT_NE(record.crypt, Crypt::kDamaged);
      EXPECT_EQ(record.exchange, truth(frame).record.exchange);
      if (is_read(record)) {
        EXPECT_EQ(followed.plaintext, truth(frame).plaintext);
        EXPECT_EQ(followed.summary, truth(frame).summary);
        EXPECT_EQ(record.number, truth(frame).record.number);
        EXPECT_EQ(record.sender, truth(frame).record.sender);
      }
    }
  }

  Case case_;
};

TEST_P(Mutations, ALostMessageCostsAtMostTheOneAfterIt) {
  for (const auto& lost : case_.conversation) {
    const auto frame = lost.packet.frame;
    SCOPED_TRACE(testing::Message() << "without frame " << frame);
    Play play(read_keys(GetParam()));
    for (const auto& datagram : case_.conversation) {
      if (datagram.packet.frame != frame) {
        play.packet(datagram);
      }
    }
    expect_as_in_truth(play);
    for (const auto& [other, followed] : play.frames()) {
      if (is_read(followed.record) || followed.record.exchange == Exchange::kPush) {
        continue;
      }
      // Its IV is the last block of the lost one, or needs the KE in it.
      const auto& record = truth(other).record;
      const auto& gone   = truth(frame).record;
      EXPECT_EQ(followed.record.crypt, Crypt::kNoIv);
      EXPECT_EQ(record.phase1, gone.phase1);
      const bool needs_ke = is_phase1(record) && gone.crypt == Crypt::kClear;
      EXPECT_TRUE(record.answers == frame || (is_phase1(gone) && needs_ke) ||
                  (gone.number == 6 && starts(other) && !knows_last_block()))
          << other;
    }
  }
}

TEST_P(Mutations, TwoMessagesInTheWrongOrderAreReadInTheEnd) {
  for (std::size_t i = 0; i + 1 < case_.conversation.size(); ++i) {
    SCOPED_TRACE(testing::Message() << "frames " << case_.conversation[i].packet.frame << " and "
                                    << case_.conversation[i + 1].packet.frame << " swapped");
    auto swapped = case_.conversation;
    std::swap(swapped[i].octets, swapped[i + 1].octets);
    std::swap(swapped[i].packet.source, swapped[i + 1].packet.source);
    std::swap(swapped[i].packet.destination, swapped[i + 1].packet.destination);
    Play play(read_keys(GetParam()));
    play.all(swapped);
    const auto original = [&](std::uint64_t frame) {
      const auto a = case_.conversation[i].packet.frame;
      const auto b = case_.conversation[i + 1].packet.frame;
      return frame == a ? b : frame == b ? a : frame;
    };
    for (const auto& [frame, followed] : play.frames()) {
      const auto& was = truth(original(frame));
      SCOPED_TRACE(testing::Message() << "frame " << frame);
      EXPECT_EQ(followed.record.crypt, was.record.crypt);
      EXPECT_EQ(followed.record.exchange, was.record.exchange);
      EXPECT_EQ(followed.record.number, was.record.number);
      EXPECT_EQ(followed.record.sender, was.record.sender);
      EXPECT_EQ(followed.plaintext, was.plaintext);
      EXPECT_EQ(followed.summary, was.summary);
      EXPECT_NE(followed.record.hash, Verdict::kBad);
      EXPECT_NE(followed.record.signature, Verdict::kBad);
    }
  }
}

TEST_P(Mutations, ARepeatedMessageIsARetransmissionAndChangesNothing) {
  Play play(read_keys(GetParam()));
  for (const auto& datagram : case_.conversation) {
    play.packet(datagram);
    auto again = datagram;
    again.packet.frame += 100'000;
    play.packet(again);
    const auto& first    = truth(datagram.packet.frame).record;
    const auto& repeated = play.record(again.packet.frame);
    EXPECT_EQ(repeated.retransmission_of,
              first.retransmission_of != 0 ? first.retransmission_of : datagram.packet.frame);
    EXPECT_EQ(repeated.crypt, first.crypt);
    EXPECT_EQ(repeated.iv, first.iv);
    EXPECT_EQ(repeated.number, first.number);
    EXPECT_EQ(repeated.hash, first.hash);
    EXPECT_EQ(repeated.signature, first.signature);
  }
  for (const auto& [frame, followed] : case_.truth) {
    EXPECT_EQ(play.frames().at(frame).summary, followed.summary);
    EXPECT_EQ(play.record(frame).crypt, followed.record.crypt);
    EXPECT_EQ(play.record(frame).hash, followed.record.hash);
    EXPECT_EQ(play.record(frame).signature, followed.record.signature);
  }
}

TEST_P(Mutations, ACaptureMayBeginAnywhere) {
  for (std::size_t first = 1; first < case_.conversation.size(); ++first) {
    const auto begin = case_.conversation[first].packet.frame;
    SCOPED_TRACE(testing::Message() << "begins at frame " << begin);
    Play play(read_keys(GetParam()));
    for (std::size_t i = first; i < case_.conversation.size(); ++i) {
      play.packet(case_.conversation[i]);
    }
    for (const auto& [frame, followed] : play.frames()) {
      const auto& record = followed.record;
      const auto& was    = truth(frame).record;
      SCOPED_TRACE(testing::Message() << "frame " << frame << " " << message_title(record));
      EXPECT_NE(record.hash, Verdict::kBad);
      EXPECT_NE(record.signature, Verdict::kBad);
      if (is_read(record)) {
        EXPECT_EQ(followed.plaintext, truth(frame).plaintext);
        if (was.exchange == Exchange::kPull) {
          EXPECT_EQ(record.number, was.number);
          EXPECT_EQ(record.sender, was.sender);
        }
        continue;
      }
      if (was.exchange == Exchange::kPush) {
        EXPECT_EQ(record.crypt, Crypt::kNoKey) << "only the PULL before delivered its KEK";
        EXPECT_EQ(was.key_origin, KeyOrigin::kLearned);
        continue;
      }
      EXPECT_EQ(record.crypt, Crypt::kNoIv);
      const bool kes_cut = is_phase1(was) && truth(was.answers).record.answers < begin;
      EXPECT_TRUE(kes_cut || (starts(frame) ? !knows_last_block() : was.answers < begin));
    }
  }
}

TEST_P(Mutations, ACaptureThatIsPlayedTwiceIsRetransmissions) {
  Play play(read_keys(GetParam()));
  play.all(case_.conversation);
  for (auto datagram : case_.conversation) {
    const auto frame = datagram.packet.frame;
    datagram.packet.frame += 100'000;
    play.packet(datagram);
    const auto& repeated = play.record(datagram.packet.frame);
    const auto& first    = truth(frame).record;
    EXPECT_EQ(repeated.retransmission_of,
              first.retransmission_of != 0 ? first.retransmission_of : frame);
    EXPECT_EQ(repeated.crypt, first.crypt);
    EXPECT_EQ(repeated.phase1, first.phase1);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Mutations, testing::ValuesIn(all_captures()),
                         [](const auto& one) { return test_name(one.param); });

}  // namespace
}  // namespace gdoi::exchange::test
