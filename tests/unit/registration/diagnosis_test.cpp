#include "protocol/registration/diagnose.h"
#include "unit/registration/messages.h"

#include <fmt/format.h>

#include <fstream>
#include <set>
#include <sstream>

/// The decision table against its document, and diagnoses of captures whose evidence is changed.
namespace gdoi::registration::test {
namespace {

constexpr auto kStory = "story/h-refused-and-registered";

std::vector<std::string> rows_of(const std::string& heading) {
  std::ifstream file(std::string(GDOI_SOURCE_DIR) + "/dissector/DIAGNOSIS.md");
  std::vector<std::string> rows;
  std::string line;
  bool inside = false;
  while (std::getline(file, line)) {
    inside = line.starts_with("## ") ? line == "## " + heading : inside;
    if (inside && line.starts_with("| ")) {
      rows.push_back(line);
    }
  }
  if (!rows.empty()) {
    rows.erase(rows.begin());
  }
  return rows;
}

std::string names(const Facts& facts) {
  std::string text;
  for (const auto& info : fact_table()) {
    if (facts.has(info.fact)) {
      text += (text.empty() ? "" : ", ") + std::string(info.name);
    }
  }
  return text;
}

TEST(Diagnosis, TableIsAsItsDocumentSays) {
  std::vector<std::string> rules;
  for (const auto& rule : rule_table()) {
    rules.push_back(fmt::format("| {} | {} | {} | {} | {} |", name_of(rule.cause),
                                name_of(rule.grade), rule.weight, names(rule.evidence),
                                names(rule.contrary)));
  }
  EXPECT_EQ(rows_of("The table"), rules);
  std::vector<std::string> facts;
  for (const auto& info : fact_table()) {
    facts.push_back(fmt::format("| {} | {} |", info.name, info.meaning));
  }
  EXPECT_EQ(rows_of("Facts"), facts);
  std::vector<std::string> causes;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Cause::kCount); ++i) {
    const auto cause = static_cast<Cause>(i);
    causes.push_back(fmt::format("| {} | {} |", name_of(cause), title_of(cause)));
  }
  EXPECT_EQ(rows_of("Causes"), causes);
}

TEST(Diagnosis, TableHasARuleForEveryCauseAndAUseForEveryFact) {
  std::set<Cause> causes;
  Facts used;
  for (const auto& rule : rule_table()) {
    causes.insert(rule.cause);
    EXPECT_FALSE(rule.evidence.has_any(rule.contrary)) << name_of(rule.cause);
    for (const auto& info : fact_table()) {
      if (rule.evidence.has(info.fact) || rule.contrary.has(info.fact)) {
        used.add(info.fact);
      }
    }
  }
  EXPECT_EQ(causes.size(), static_cast<std::size_t>(Cause::kCount));
  // These only word what was seen.
  used.add(Fact::kNotify);
  for (const auto& info : fact_table()) {
    EXPECT_TRUE(used.has(info.fact)) << info.name;
  }
}

TEST(Diagnosis, TellsTheBestOfEachCauseOnceTheHeaviestFirst) {
  const auto rules = decide({Fact::kRefused, Fact::kSilence, Fact::kAtPull1, Fact::kVersionLow,
                             Fact::kVersionNone, Fact::kKsAlive});
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0]->cause, Cause::kVersionRefusal);
  EXPECT_EQ(rules[0]->weight, 7);
  EXPECT_EQ(rules[1]->cause, Cause::kUnknownGroup);
  EXPECT_EQ(rules[2]->cause, Cause::kNotAuthorised);
  EXPECT_TRUE(decide({Fact::kIncomplete, Fact::kAtPull1, Fact::kVersionLacks}).empty());
}

/// The first registration of story h, after its frames were edited.
Diagnosis of_first(const Datagrams& all, bool keys = true) {
  const auto found = track(all, keys ? read_keys(kStory) : keys::KeyRing{});
  EXPECT_EQ(found.registrations.front().outcome, Outcome::kRefused);
  return found.registrations.front().diagnosis;
}

bool has_fact(const Diagnosis& diagnosis, std::string_view fact) {
  return std::ranges::find(diagnosis.evidence, fact, &Evidence::fact) != diagnosis.evidence.end();
}

Datagrams without_frame(Datagrams all, std::uint64_t frame) {
  std::erase_if(all, [&](const Datagram& one) { return one.packet.frame == frame; });
  return all;
}

// Frame 1 announces 1.0.1 and frame 18, to another GM, a KEK lifetime of 7 days.
TEST(Diagnosis, NamesVersionAndLifetimeWithTheirFrames) {
  const auto found = of_first(read_capture(kStory));
  ASSERT_TRUE(found.best);
  EXPECT_EQ(found.best->cause, Cause::kVersionRefusal);
  EXPECT_EQ(found.best->grade, Grade::kLikely);
  EXPECT_EQ(found.seen, "The KS stopped after PULL message 1 (frame 7).");
  EXPECT_EQ(found.why,
            "The GM announced 1.0.1 (synthetic) (frame 1), which cannot do long-sa-lifetime; this "
            "group's KEK lifetime is 604,800 s (the registration of GM 10.40.10.9, frame 18). "
            "Version or feature refusal: likely. Else: GM not authorised (identity) (possible).");
  ASSERT_TRUE(has_fact(found, "version-lacks"));
  EXPECT_THAT(std::ranges::find(found.evidence, "version-lacks", &Evidence::fact)->frames,
              testing::ElementsAre(1U, 18U));
}

TEST(Diagnosis, FallsWhereTheFrameThatProvesTheLifetimeIsMissing) {
  const auto found = of_first(without_frame(read_capture(kStory), 18));
  ASSERT_TRUE(found.best);
  EXPECT_EQ(found.best->grade, Grade::kPossible);
  EXPECT_FALSE(has_fact(found, "version-lacks"));
}

TEST(Diagnosis, FallsWithoutKeys) {
  const auto found = of_first(read_capture(kStory), false);
  ASSERT_TRUE(found.best);
  EXPECT_EQ(found.best->cause, Cause::kVersionRefusal);
  EXPECT_EQ(found.best->grade, Grade::kPossible);
}

/// Has the GM announce another version than 1.0.1. HASH_I covers the vendor ID, so it is bad then.
void announce(Datagrams& all, std::string_view version) {
  const auto old   = getvpn::synthetic_vendor_id(*getvpn::Version::parse("1.0.1"));
  const auto fresh = getvpn::synthetic_vendor_id(*getvpn::Version::parse(version));
  for (auto& one : all) {
    const auto at = std::ranges::search(one.octets, old);
    if (!at.empty()) {
      std::ranges::copy(fresh, at.begin());
    }
  }
}

TEST(Diagnosis, IsAnotherForAnotherVersion) {
  auto all = read_capture(kStory);
  announce(all, "1.0.17");
  const auto found = of_first(all);
  ASSERT_TRUE(found.best);
  // Somebody registered with 1.0.17: it cannot be the version.
  EXPECT_EQ(found.best->cause, Cause::kNotAuthorised);
  EXPECT_EQ(found.best->grade, Grade::kLikely);
  EXPECT_TRUE(has_fact(found, "same-version-served"));
  EXPECT_TRUE(std::ranges::none_of(found.alternatives, [](const Explanation& one) {
    return one.cause == Cause::kVersionRefusal;
  }));
}

/// Makes vendor IDs of the versions that no rule reads, and that differ as the versions do.
void hide_versions(Datagrams& all) {
  constexpr std::size_t kVersionOctets = 4;
  for (auto& one : all) {
    const auto at = std::ranges::search(one.octets, getvpn::synthetic_prefix());
    for (std::size_t i = 0; !at.empty() && i < at.size() + kVersionOctets; ++i) {
      *(at.begin() + static_cast<std::ptrdiff_t>(i)) ^= 0x5AU;
    }
  }
}

TEST(Diagnosis, TakesTwoVersionsThatNobodyCanReadForNoneTheSame) {
  auto all = read_capture(kStory);
  hide_versions(all);
  const auto tracked = track(all, read_keys(kStory));
  EXPECT_EQ(tracked.registrations.front().gm_version.text(), "unknown");
  const auto& found = tracked.registrations.front().diagnosis;
  ASSERT_TRUE(found.best);
  EXPECT_FALSE(has_fact(found, "same-version-served"));
  EXPECT_EQ(found.best->cause, Cause::kVersionRefusal);
  EXPECT_EQ(found.best->grade, Grade::kPossible);
}

TEST(Diagnosis, SaysSoWhereTheSourcesDisagree) {
  auto all = read_capture(kStory);
  announce(all, "1.0.4");
  const auto found = of_first(all);
  ASSERT_TRUE(found.best);
  EXPECT_EQ(found.best->cause, Cause::kVersionRefusal);
  EXPECT_EQ(found.best->grade, Grade::kPossible);
  EXPECT_TRUE(has_fact(found, "version-disputed"));
}

TEST(Diagnosis, OfAWrongPskIsCertainOnlyWithTheKeysOfBothSides) {
  constexpr auto kCapture = "reference-live/wrong-psk";
  const auto all          = read_capture(kCapture);
  EXPECT_EQ(track(all, read_keys(kCapture)).registrations.front().diagnosis.best->grade,
            Grade::kCertain);
  std::ifstream file(std::string(GDOI_CAPTURES_DIR) + "/" + kCapture + ".keys");
  std::string gm_only;
  for (std::string line; std::getline(file, line);) {
    gm_only += line.find("side=ks") == std::string::npos ? line + "\n" : "";
  }
  auto log = keys::parse_key_log(gm_only, "GM's side");
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(track(all, std::move(log->ring)).registrations.front().diagnosis.best->grade,
            Grade::kLikely);
  EXPECT_EQ(track(all).registrations.front().diagnosis.best->grade, Grade::kLikely);
}

TEST(Diagnosis, ClaimsNothingWhereTheCaptureEndsTooSoon) {
  auto all = read_capture(kStory);
  all.resize(7);
  const auto found = track(all, read_keys(kStory)).registrations.front();
  EXPECT_EQ(found.outcome, Outcome::kIncomplete);
  EXPECT_FALSE(found.diagnosis.best);
  EXPECT_EQ(found.diagnosis.why, "No cause can be told.");
}

TEST(Diagnosis, IsNothingForARegistrationThatOnlySucceeded) {
  const auto found = track(read_capture("reference-gm-registration"));
  EXPECT_EQ(found.registrations.front().diagnosis.seen, "");
  EXPECT_FALSE(found.registrations.front().diagnosis.best);
}

// The first message of reference-gm-registration, again and again.
Datagrams calls(int times, std::int64_t every) {
  const auto first = read_capture("reference-gm-registration").front();
  Datagrams all;
  for (int i = 0; i < times; ++i) {
    all.push_back(again(first, first, i * every));
  }
  return renumbered(all);
}

TEST(Diagnosis, OfAKsThatNeverAnswersIsThatItIsUnreachable) {
  const auto found = track(calls(4, 10)).registrations.front().diagnosis;
  ASSERT_TRUE(found.best);
  EXPECT_EQ(found.best->cause, Cause::kKsUnreachable);
  EXPECT_EQ(found.best->grade, Grade::kLikely);
}

TEST(Diagnosis, OfAGmThatHearsNothingIsAOneWayPath) {
  const auto capture = read_capture("reference-gm-registration");
  Datagrams all{capture[0], capture[1]};
  for (int i = 1; i <= 3; ++i) {
    all.push_back(again(capture[0], capture[0], 10 * i));
    all.push_back(again(capture[1], capture[1], 10 * i));
  }
  const auto found = track(renumbered(all)).registrations.front().diagnosis;
  ASSERT_TRUE(found.best);
  EXPECT_EQ(found.best->cause, Cause::kOneWayPath);
  EXPECT_EQ(found.best->grade, Grade::kLikely);
  EXPECT_THAT(found.why, testing::HasSubstr("The KS answered in frame 2, and the GM repeated its "
                                            "message 3 times more (from frame 3 on)"));
}

// loss-10: PUSHes with SEQ 1 to 4 under one KEK are frames 36, 43, 69 and 72, which brings another;
// frame 76 is under that. GM 10.0.224.40 registers in frames 33 and 55, 10.0.224.37 in 40 and 85.
constexpr auto kLoss = "reference-live/loss-10";

Registration with_frame(const Datagrams& all, std::uint64_t frame) {
  for (const auto& one : track(all, read_keys(kLoss)).registrations) {
    if (std::ranges::find(one.frames, frame) != one.frames.end()) {
      return one;
    }
  }
  ADD_FAILURE() << "not found";
  return {};
}

bool names_cause(const Diagnosis& diagnosis, Cause cause) {
  return (diagnosis.best && diagnosis.best->cause == cause) ||
         std::ranges::find(diagnosis.alternatives, cause, &Explanation::cause) !=
             diagnosis.alternatives.end();
}

TEST(Diagnosis, OfAGmThatCameBackThoughAllPushesAreThereIsNoMissedRekey) {
  for (const std::uint64_t frame : {55U, 85U}) {
    const auto one = with_frame(read_capture(kLoss), frame);
    EXPECT_FALSE(names_cause(one.diagnosis, Cause::kMissedRekey)) << one.diagnosis.why;
  }
}

TEST(Diagnosis, OfAGmThatCameBackAfterAGapOfTheSeqsMayBeAMissedRekey) {
  const auto one = with_frame(without_frame(read_capture(kLoss), 36), 55);
  EXPECT_TRUE(names_cause(one.diagnosis, Cause::kMissedRekey)) << one.diagnosis.why;
}

// What is missing shows only in frame 69, when the GM had begun already.
TEST(Diagnosis, OfAGmThatCameBackBeforeAGapIsNoMissedRekey) {
  const auto one = with_frame(without_frame(read_capture(kLoss), 43), 55);
  EXPECT_FALSE(names_cause(one.diagnosis, Cause::kMissedRekey)) << one.diagnosis.why;
}

TEST(Diagnosis, OfAGmThatCameBackToAKekThatNothingBroughtMayBeAMissedRekey) {
  const auto one = with_frame(without_frame(read_capture(kLoss), 72), 85);
  EXPECT_TRUE(names_cause(one.diagnosis, Cause::kMissedRekey)) << one.diagnosis.why;
}

TEST(Diagnosis, OfAMissedRekeyIsLikelyOnlyWhereTheLifetimesRanOut) {
  const Facts came_back{Fact::kRegistered, Fact::kCameBack, Fact::kPushSince, Fact::kPushMissing};
  EXPECT_EQ(decide(came_back).front()->cause, Cause::kMissedRekey);
  EXPECT_EQ(decide(came_back).front()->grade, Grade::kPossible);
  auto over = came_back;
  over.add(Fact::kLifetimeOver);
  EXPECT_EQ(decide(over).front()->cause, Cause::kMissedRekey);
  EXPECT_EQ(decide(over).front()->grade, Grade::kLikely);
  over.add(Fact::kInitialContact);
  EXPECT_EQ(decide(over).front()->grade, Grade::kPossible);
}

}  // namespace
}  // namespace gdoi::registration::test
