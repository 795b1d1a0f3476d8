#include "protocol/registration/session.h"

#include <algorithm>
#include <utility>

namespace gdoi::registration {

namespace {

constexpr std::uint8_t kLastPullMessage = 4;  // RFC 6407 section 3.2
// The fragments of a message are sent one right after the other.
constexpr std::int64_t kFragmentsTogetherNs = 1'000'000'000;

void merge(StepSeen& into, const StepSeen& from) {
  if (into.frame == 0) {
    into = from;
    return;
  }
  const auto& later = from.frame > into.frame ? from : into;
  StepSeen both     = from.frame > into.frame ? into : from;
  if (both.repeats < kMaxNamedRepeats) {
    both.repeat_frames.at(both.repeats) = later.frame;
  }
  both.repeats += 1 + later.repeats;
  both.last_ns = std::max(both.last_ns, later.last_ns);
  into         = both;
}

}  // namespace

std::uint8_t Conversation::highest() const {
  for (std::size_t number = kMaxStep; number > 0; --number) {
    if (steps.at(number).frame != 0) {
      return static_cast<std::uint8_t>(number);
    }
  }
  return 0;
}

void Conversation::add_frame(const exchange::Packet& packet, const exchange::FrameRecord& record) {
  if (first_frame == 0) {
    first_frame = packet.frame;
    first_ns    = packet.time_ns;
  }
  last_ns = std::max(last_ns, packet.time_ns);
  if (frames.size() < kMaxFrames) {
    frames.push_back(packet.frame);
  }
  if (record.crypt != exchange::Crypt::kClear) {
    ++encrypted;
    decrypted += record.crypt == exchange::Crypt::kDecrypted ? 1 : 0;
  }
}

void Conversation::add_step(const exchange::Packet& packet, const exchange::FrameRecord& record) {
  ks_messages += record.sender == exchange::Sender::kKs ? 1 : 0;
  if (record.number == 0 || record.number > kMaxStep) {
    return;
  }
  merge(steps.at(record.number),
        {.frame    = packet.frame,
         .first_ns = packet.time_ns,
         .last_ns  = packet.time_ns,
         .octets =
             std::max(static_cast<std::uint32_t>(packet.payload.size()), packet.claimed_length)});
}

void Conversation::renumber(std::uint64_t frame, std::uint8_t number) {
  if (number == 0 || number > kMaxStep) {
    return;
  }
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (i != number && steps.at(i).frame == frame) {
      merge(steps.at(number), steps.at(i));
      steps.at(i) = {};
      return;
    }
  }
}

std::uint8_t Conversation::last_of_gm() const {
  for (auto number = highest(); number > 0; --number) {
    if (steps.at(number).frame != 0 && sender_of(exchange, number) == exchange::Sender::kGm) {
      return number;
    }
  }
  return highest();
}

bool Pull::is_registered() const {
  const auto& last   = steps[kLastPullMessage];
  const auto& before = steps[kLastPullMessage - 1];
  if (last.frame == 0 || last_read) {
    return last.frame != 0 && download.has_value();
  }
  return before.frame == 0 || last.octets >= before.octets + kLeastKeyDownload;
}

std::int64_t Session::last_ns() const {
  auto last = phase1.last_ns;
  for (const auto& pull : pulls) {
    last = std::max(last, pull.last_ns);
  }
  return last;
}

Pull* Session::find_pull(std::uint32_t number) {
  const auto found = std::ranges::find(pulls, number, &Pull::number);
  return found != pulls.end() ? &*found : nullptr;
}

bool Session::is_none() const {
  return quick || is_probe();
}

// What it says is not taken on trust: whoever goes on with message 3 registers.
bool Session::is_probe() const {
  return probe && pulls_seen == 0 && phase1.highest() <= 2;
}

Conversation* Session::open_exchange() {
  if (pulls_seen == 0) {
    return &phase1;
  }
  const auto found = std::find_if(pulls.rbegin(), pulls.rend(),
                                  [](const Pull& pull) { return !pull.is_registered(); });
  return found != pulls.rend() ? &*found : nullptr;
}

bool Session::watch_loss(const exchange::Packet& packet) {
  const bool to_gm =
      packet.source.address == ks.address && packet.destination.address == gm.address;
  const bool to_ks =
      packet.source.address == gm.address && packet.destination.address == ks.address;
  const bool after       = phase1.first_frame != 0 && packet.time_ns >= phase1.first_ns;
  const bool before_next = restart_frame == 0 || packet.time_ns < restart_ns;
  const auto since       = last_new();
  if ((!to_gm && !to_ks) || !after || !before_next || packet.frame < since || lost_frame > since) {
    return false;
  }
  lost_frame = packet.frame;
  return true;
}

void Session::correct_sides(const exchange::Packet& packet, exchange::Sender sender) {
  if (sender == exchange::Sender::kUnknown) {
    return;
  }
  const auto& server = sender == exchange::Sender::kKs ? packet.source : packet.destination;
  if (server.address != gm.address || server.address == ks.address) {
    return;
  }
  std::swap(gm, ks);
  std::swap(gm_port, ks_port);
  std::swap(pieces_of_gm, pieces_of_ks);
  // Messages come in pairs, the GM's first: what was taken for message 5 was 6.
  for (std::size_t number = 1; number < phase1.steps.size(); number += 2) {
    std::swap(phase1.steps.at(number), phase1.steps.at(number + 1));
  }
  phase1.ks_messages =
      static_cast<std::uint32_t>(phase1.frames.size()) -
      std::min(phase1.ks_messages, static_cast<std::uint32_t>(phase1.frames.size()));
}

// Where an earlier attempt left some, the new ones make the message whole before the last comes.
void Session::add_piece(const exchange::Packet& packet) {
  auto& pieces = packet.source.address == ks.address ? pieces_of_ks : pieces_of_gm;
  if (pieces.whole_ns != 0 && packet.time_ns - pieces.whole_ns < kFragmentsTogetherNs) {
    return;
  }
  if (pieces.last_frame != 0 && packet.time_ns - pieces.last_ns >= kFragmentsTogetherNs) {
    pieces.lost_frame = pieces.last_frame;
  }
  pieces.last_frame = packet.frame;
  pieces.last_ns    = packet.time_ns;
}

void Session::complete(const exchange::Packet& packet) {
  for (auto* pieces : {&pieces_of_gm, &pieces_of_ks}) {
    if (pieces->last_frame == packet.frame) {
      *pieces          = {};
      pieces->whole_ns = packet.time_ns;
    }
  }
}

std::uint64_t Session::last_new() const {
  std::uint64_t last   = 0;
  const auto look_into = [&](const Conversation& conversation) {
    for (const auto& step : conversation.steps) {
      last = std::max(last, step.frame);
    }
  };
  look_into(phase1);
  std::ranges::for_each(pulls, look_into);
  return last;
}

std::uint64_t Session::lost_fragment(std::int64_t end_ns) const {
  const auto since = last_new();
  if (lost_frame > since) {
    return lost_frame;
  }
  for (const auto* pieces : {&pieces_of_ks, &pieces_of_gm}) {
    if (pieces->lost_frame > since) {
      return pieces->lost_frame;
    }
    if (pieces->last_frame > since && end_ns - pieces->last_ns >= kFragmentsTogetherNs) {
      return pieces->last_frame;
    }
  }
  return 0;
}

void Session::watch_port(const exchange::Packet& packet, const exchange::FrameRecord& record) {
  if (record.sender != exchange::Sender::kGm) {
    return;
  }
  if (gm_port != 0 && ks_port == packet.destination.port && gm_port != packet.source.port &&
      port_frame == 0) {
    port_frame  = packet.frame;
    port_before = gm_port;
    port_after  = packet.source.port;
  }
  gm_port = packet.source.port;
  ks_port = packet.destination.port;
}

exchange::Sender sender_of(exchange::Exchange exchange, std::uint8_t number) {
  const auto* step = exchange::step_of(exchange, number);
  return step != nullptr ? step->sender : exchange::Sender::kUnknown;
}

}  // namespace gdoi::registration
