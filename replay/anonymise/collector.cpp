#include "anonymise/collector.h"

#include "protocol/exchange/fragments.h"
#include "protocol/tables/registry.h"

#include <algorithm>

namespace gdoi::anonymise {

using exchange::Exchange;
using exchange::FrameRecord;
using exchange::MessageView;
using exchange::Packet;

bool Collector::take(const Packet& datagram, bool unasked) {
  return intake_.take(
      datagram, unasked,
      [&](const Packet& packet, const FrameRecord& record, const wire::Tree& tree) {
        on_message(packet, record, tree, datagram, unasked);
      },
      [&](const exchange::LateMessage& late) {
        for (const auto index : by_frame_[late.packet.frame]) {
          if (equal(messages_[index].real, late.octets)) {
            messages_[index].record = late.record;
          }
        }
      });
}

void Collector::on_message(const Packet& packet, const FrameRecord& record, const wire::Tree& tree,
                           const Packet& datagram, bool unasked) {
  const auto index = messages_.size();
  auto& message    = messages_.emplace_back();
  message.packet   = packet;
  message.real     = to_bytes(packet.payload);
  message.record   = record;
  message.unasked  = unasked;
  by_frame_[packet.frame].push_back(index);
  if (record.exchange == Exchange::kFragment) {
    on_fragment(packet, tree);
  } else if (packet.payload.data() != datagram.payload.data()) {
    wholes_[index] = gather(tree.find(tables::row("marked")).has_value());
  }
}

// As exchange::Fragments puts them together: the same number with other octets begins anew.
void Collector::on_fragment(const Packet& packet, const wire::Tree& tree) {
  const MessageView view(tree);
  const auto fragment = exchange::fragment_in(view);
  if (!fragment) {
    return;
  }
  last_ = Sender{packet.source, view.initiator_cookie(), view.responder_cookie(), fragment->id};
  auto& waiting     = waiting_[*last_];
  const auto index  = messages_.size() - 1;
  const auto octets = [&](const Waiting& one) {
    return ByteView(messages_[one.part.message].real).subspan(one.part.at, one.part.size);
  };
  const bool anew = std::ranges::any_of(waiting, [&](const Waiting& one) {
    return one.number == fragment->number && !equal(octets(one), fragment->data);
  });
  if (anew) {
    waiting.clear();
  }
  const auto at = static_cast<std::size_t>(fragment->data.data() - packet.payload.data());
  waiting.push_back({
      fragment->number, {index, at, fragment->data.size(), 0}
  });
}

// The parts of the whole that the last fragment completed.
std::vector<Part> Collector::gather(bool marked) {
  std::vector<Part> parts;
  if (!last_) {
    return parts;
  }
  auto waiting = std::move(waiting_[*last_]);
  waiting_.erase(*last_);
  std::ranges::stable_sort(waiting, {}, &Waiting::number);
  constexpr std::size_t kMarkerSize = 4;  // RFC 3948 section 2.2
  std::size_t offset                = marked ? kMarkerSize : 0;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    auto part   = waiting[i].part;
    part.offset = offset;
    parts.push_back(part);
    const bool repeated = i + 1 < waiting.size() && waiting[i + 1].number == waiting[i].number;
    offset += repeated ? 0 : part.size;
  }
  return parts;
}

const std::vector<Part>* Collector::parts_of(std::size_t message) const {
  const auto found = wholes_.find(message);
  return found == wholes_.end() ? nullptr : &found->second;
}

}  // namespace gdoi::anonymise
