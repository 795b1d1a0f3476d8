// A key server that may answer anything, also under right keys and hashes. Input: operations on one
// registration, an octet each with what follows it (see Operation). Beyond staying alive: the
// initiator ends within the time that its retransmissions allow, sends nothing after its end, and
// is never accepted without PULL message 4.

#include "engine/initiator.h"
#include "exchange/network.h"
#include "exchange/sample_plan.h"
#include "exchange/scripted_ks.h"
#include "fuzz/fuzz_input.h"
#include "fuzz/fuzz_require.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace {

using namespace gdoi;
using namespace gdoi::simulation;
using gdoi::fuzz::require;

enum class Operation : std::uint8_t {
  kHonest,   ///< the KS's next answer
  kChanged,  ///< the same with one octet changed: place in two octets, mask
  kCut,      ///< the same, cut: octets left, in two
  kRaw,      ///< octets of the input: count, octets
  kCookies,  ///< the same behind the live cookies
  kPolicy,   ///< from now on the SA of message 2 is: count, octets
  kKeys,     ///< from now on the KD of message 4 is: count, octets
  kWait,     ///< until the deadline
  kOperations
};

constexpr std::size_t kMostOperations = 64;
constexpr std::size_t kCookies        = 16;
constexpr int kMostDeadlines          = 1'000;

const exchange::Endpoint kGm = endpoint({192, 0, 2, 9});
const exchange::Endpoint kKs = endpoint({192, 0, 2, 1});

Script cheap_script() {
  Script script;
  script.offered.group = 19;
  return script;
}

plan::Plan cheap_plan() {
  Captured captured;
  captured.offers.front().group = 19;
  return sample_plan(captured);
}

engine::InitiatorOptions options() {
  engine::InitiatorOptions made;
  made.source     = kGm;
  made.key_server = kKs;
  return made;
}

class Trial {
 public:
  Trial()
      : random_(1),
        ks_random_(2),
        gm_(std::make_shared<const plan::Plan>(cheap_plan()), options(), random_),
        ks_(cheap_script(), kKs, ks_random_) {
    gm_.start(now_);
    exchange();
  }

  void step(FuzzInput& input) {
    constexpr auto kCount = static_cast<std::uint8_t>(Operation::kOperations);
    Bytes datagram;
    switch (static_cast<Operation>(input.octet() % kCount)) {
      case Operation::kHonest:
        datagram = next();
        break;
      case Operation::kChanged: {
        datagram      = next();
        const auto at = input.number();
        const auto by = input.octet();
        if (!datagram.empty()) {
          datagram[at % datagram.size()] ^= by;
        }
        break;
      }
      case Operation::kCut:
        datagram = next();
        datagram.resize(std::min(input.number(), datagram.size()));
        break;
      case Operation::kRaw:
        datagram = input.some();
        break;
      case Operation::kCookies:
        datagram = cookies_;
        append(datagram, input.some());
        break;
      case Operation::kPolicy:
        ks_.set_policy(input.some());
        return;
      case Operation::kKeys:
        ks_.set_keys(input.some());
        return;
      default:
        wait();
        return;
    }
    gm_.on_datagram(datagram, now_);
    exchange();
  }

  void finish() {
    for (int i = 0; i < kMostDeadlines && !gm_.finished(); ++i) {
      wait();
    }
    require(gm_.finished());
    require(!gm_.deadline());
    (void)gm_.key_log();
    if (gm_.verdict().ending == engine::Ending::kAccepted) {
      require(ks_.registered() > 0 && gm_.verdict().step.empty());
    } else {
      require(!gm_.verdict().step.empty());
    }
    require(!gm_.verdict().reason.empty());
    (void)gm_.take_output();
    gm_.on_deadline(now_ + engine::kSecond);
    gm_.on_datagram(cookies_, now_);
    require(gm_.take_output().empty());
  }

 private:
  void exchange() {
    for (const auto& sent : gm_.take_output()) {
      ks_.on_datagram(kGm, sent.datagram, now_);
    }
    for (auto& answer : ks_.take_output()) {
      cookies_.assign(answer.datagram.begin(),
                      answer.datagram.begin() + static_cast<std::ptrdiff_t>(kCookies));
      answers_.push_back(std::move(answer.datagram));
    }
  }

  Bytes next() {
    if (answers_.empty()) {
      return {};
    }
    auto first = std::move(answers_.front());
    answers_.pop_front();
    return first;
  }

  void wait() {
    if (const auto deadline = gm_.deadline()) {
      require(*deadline > now_);
      now_ = *deadline;
      gm_.on_deadline(now_);
      exchange();
    }
  }

  engine::SeededRandom random_;
  engine::SeededRandom ks_random_;
  engine::Time now_ = engine::kSecond;
  Bytes cookies_    = Bytes(kCookies);
  std::deque<Bytes> answers_;
  engine::Initiator gm_;
  ScriptedKs ks_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzInput input(ByteView(data, size));
  Trial trial;
  for (std::size_t i = 0; i < kMostOperations && !input.empty(); ++i) {
    trial.step(input);
  }
  trial.finish();
  return 0;
}
