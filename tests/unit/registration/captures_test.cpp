#include "protocol/base/hex.h"
#include "unit/registration/play.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <fstream>

/// Every registration of captures/manifest.json, with keys and without: the manifest's values were
/// derived by programs that share no code with this one.
namespace gdoi::registration::test {
namespace {

using Json = nlohmann::json;

const Json& manifest() {
  static const auto read = [] {
    std::ifstream file(std::string(GDOI_CAPTURES_DIR) + "/manifest.json");
    return Json::parse(file);
  }();
  return read;
}

Json or_null(std::string_view text) {
  return text.empty() ? Json() : Json(text);
}

Json lifetimes_json(const Lifetimes& lifetimes) {
  if (!lifetimes.kek && lifetimes.teks.empty()) {
    return {};
  }
  return {
      {"kek",  lifetimes.kek ? Json(*lifetimes.kek) : Json()},
      {"teks", lifetimes.teks                               }
  };
}

Json as_json(const Registration& one) {
  const auto& best = one.diagnosis.best;
  return {
      {"gm", exchange::address_text(one.gm)},
      {"ks", exchange::address_text(one.ks)},
      {"initiator_cookie", to_hex(one.initiator_cookie)},
      {"message_id", one.message_id ? Json(fmt::format("{:08x}", *one.message_id)) : Json()},
      {"first_frame", one.first_frame},
      {"group", one.group ? Json(one.group->text) : Json()},
      {"group_octets", one.group ? Json(to_hex(one.group->octets)) : Json()},
      {"gm_version", one.gm_version.text()},
      {"phase1", or_null(one.phase1.chosen)},
      {"outcome", name_of(one.outcome)},
      {"how", or_null(name_of(one.how))},
      {"notify", one.notify_type ? Json(*one.notify_type) : Json()},
      {"step", or_null(one.step)},
      {"attempt", one.attempt},
      {"lifetimes", lifetimes_json(one.lifetimes)},
      {"decrypted", one.decrypted},
      {"cause", best ? Json(name_of(best->cause)) : Json()},
      {"grade", best ? Json(name_of(best->grade)) : Json()},
  };
}

class EachCapture : public testing::TestWithParam<Json> {
 protected:
  [[nodiscard]] static std::string name() {
    const auto file = GetParam()["file"].get<std::string>();
    return file.substr(0, file.rfind('.'));
  }

  static void expect(const Found& found, const Json& expected) {
    ASSERT_EQ(found.registrations.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& one = found.registrations[i];
      auto wanted     = expected[i];
      if (wanted["notify"].is_object()) {
        wanted["notify"] = wanted["notify"]["number"];
      }
      EXPECT_EQ(as_json(one), wanted) << one.reason;
      EXPECT_EQ(one.number, i + 1);
      EXPECT_FALSE(one.reason.empty());
      EXPECT_FALSE(one.evidence.empty());
      for (const auto frame : one.evidence) {
        EXPECT_THAT(one.reason, testing::ContainsRegex("[^0-9]" + std::to_string(frame))) << frame;
      }
    }
  }

  static void expect_kinds(const Counts& found, const Json& expected) {
    EXPECT_EQ(found.messages, expected["messages"]);
    EXPECT_EQ(found.retransmissions, expected["retransmissions"]);
    EXPECT_EQ(found.phase1_clear, expected["phase1_clear"]);
    EXPECT_EQ(found.phase1_encrypted, expected["phase1_encrypted"]);
    EXPECT_EQ(found.pull, expected["pull"]);
    EXPECT_EQ(found.push, expected["push"]);
    EXPECT_EQ(found.informational, expected["informational"]);
    EXPECT_EQ(found.push_ack, 0U);
    EXPECT_EQ(found.bad, 0U);
  }
};

TEST_P(EachCapture, TellsItsRegistrationsWithKeys) {
  const auto found = track(read_capture(name()), read_keys(name()), Tracker(), read_lost(name()));
  expect(found, GetParam()["registrations"]["with_keys"]);
  const auto& counts = GetParam()["counts"];
  expect_kinds(found.counts, counts);
  EXPECT_EQ(Json(found.counts.pull_hash_good), counts["hash_good"]);
  EXPECT_EQ(found.counts.phase1_auth_good, counts["phase1_auth_good"]);
  EXPECT_EQ(found.counts.push_sig_good, counts["push_sig_good"]);
  EXPECT_EQ(found.counts.undecrypted, 0U);
  EXPECT_EQ(found.counts.unverified, 0U);
}

TEST_P(EachCapture, TellsItsRegistrationsWithoutKeys) {
  const auto found = track(read_capture(name()), {}, Tracker(), read_lost(name()));
  expect(found, GetParam()["registrations"]["without_keys"]);
  expect_kinds(found.counts, GetParam()["counts"]);
  EXPECT_EQ(found.counts.decrypted, 0U);
  for (const auto& one : found.registrations) {
    EXPECT_FALSE(one.decrypted);
    if (one.outcome == Outcome::kRegistered) {
      EXPECT_THAT(one.reason, testing::HasSubstr("told by message count, direction and length; "
                                                 "nothing was decrypted"));
    }
  }
}

/// All that is told of registrations, to be compared.
std::vector<Json> as_json(const Ledger& all) {
  std::vector<Json> told;
  for (const auto& one : all) {
    told.push_back(as_json(one));
    told.back()["number"]    = one.number;
    told.back()["reason"]    = one.reason;
    told.back()["diagnosis"] = one.diagnosis.seen + " " + one.diagnosis.why;
  }
  return told;
}

/// Whoever looks in the middle sees what a capture that ends there tells, and changes nothing by
/// it.
TEST(Captures, AreToldInTheMiddleAsIfTheyEndedThere) {
  for (const auto* name : {"story/h-refused-and-registered", "causes/throttled",
                           "reference-live/gm-restart", "reference-live/unknown-group"}) {
    const auto all = read_capture(name);
    exchange::Intake intake;
    intake.use(read_keys(name));
    Tracker tracker;
    std::size_t i = 0;
    feed(intake, tracker, all, [&](std::uint32_t /*number*/) {
      constexpr std::size_t kStride = 7;
      if (i % kStride == 0) {
        const Datagrams cut(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        const auto found = track(cut, read_keys(name)).registrations;
        Ledger wanted;
        std::ranges::for_each(found, [&](const auto& one) { wanted.add(one); });
        EXPECT_EQ(as_json(tracker.as_if_finished()), as_json(wanted)) << name << " " << i;
      }
      ++i;
    });
    const auto before = as_json(tracker.as_if_finished());
    tracker.finish();
    EXPECT_EQ(as_json(tracker.registrations()), before) << name;
    EXPECT_EQ(as_json(tracker.as_if_finished()), before) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Captures, EachCapture, testing::ValuesIn(manifest()["captures"]),
                         [](const auto& about) {
                           auto name = about.param["file"].template get<std::string>();
                           std::ranges::replace_if(
                               name, [](char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

TEST(Captures, HaveNinetyThreeRegistrations) {
  std::size_t count = 0;
  for (const auto& capture : manifest()["captures"]) {
    count += capture["registrations"]["with_keys"].size();
  }
  EXPECT_EQ(count, 93U);
}

}  // namespace
}  // namespace gdoi::registration::test
