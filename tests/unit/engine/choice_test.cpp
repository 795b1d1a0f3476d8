// SA payloads of a KS that nest, lie or choose what was not offered (RFC 2409 section 5).

#include "duel.h"
#include "exchange/insider.h"
#include "exchange/raw_offer.h"
#include "protocol/exchange/payload_types.h"

#include <gmock/gmock.h>

namespace gdoi::simulation {
namespace {

using engine::Ending;
using testing::HasSubstr;
namespace payload = exchange::payload;

constexpr std::string_view kPolicy = R"(
psks: [{peer: any, psk: a pre-shared key}]
aggressive-mode: yes
proposals: [aes128-sha256-modp2048]
groups:
  - name: MYGETVPN
    number: 1234
    teks: [{esp: aes256-cbc, authentication: hmac-sha2-256, lifetime: 3600}]
)";

engine::Verdict verdict_on(const Bytes& sa_body, bool aggressive) {
  Captured captured;
  captured.offers = {
      {7, 128, 4, 14}
  };
  captured.aggressive = aggressive;
  Duel duel(captured, keyserver::parse_policy(kPolicy, "policy").value());
  duel.from_ks = [&](engine::Outgoing& message) {
    (void)Insider().change(message.datagram, {}, [&](auto& payloads) {
      if (payloads.front().type == payload::kSa) {
        payloads.front().body = sa_body;
      }
    });
  };
  return duel.run();
}

TEST(Choice, LiesEndTheReplayAndAreNamed) {
  for (const auto& lie : offer_lies()) {
    for (const bool aggressive : {false, true}) {
      SCOPED_TRACE(lie.what + (aggressive ? ", aggressive" : ", main"));
      const auto verdict = verdict_on(lie.body, aggressive);
      EXPECT_EQ(verdict.ending, Ending::kInvalid);
      EXPECT_EQ(verdict.step, aggressive ? "am1" : "mm1");
      EXPECT_THAT(verdict.reason, HasSubstr(lie.verdict));
      EXPECT_THAT(verdict.reason, HasSubstr("mode message 2"));
    }
  }
}

}  // namespace
}  // namespace gdoi::simulation
