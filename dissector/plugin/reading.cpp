#include "plugin/reading.h"

#include "protocol/exchange/message.h"
#include "protocol/tables/checks.h"
#include "protocol/tables/registry.h"

#include <algorithm>

namespace gdoi::plugin {
namespace {

using exchange::Crypt;
using exchange::Verdict;

std::string text_of(const wire::Diagnostic& found) {
  const auto& info = wire::info_of(found.code);
  std::string text(info.text);
  if (found.code <= wire::Code::kMarkerOn848 && found.needed != 0) {
    text +=
        " (wanted " + std::to_string(found.needed) + ", found " + std::to_string(found.had) + ")";
  }
  if (!info.clause.empty()) {
    text += " [" + std::string(info.clause) + "]";
  }
  return text;
}

void add(Reading& reading, Finding finding, wire::NodeId node, std::string text = {}) {
  if (text.empty()) {
    text = text_of(finding);
  }
  reading.remarks.push_back({expert_of(finding), node, std::move(text)});
}

void remark_on_structure(Reading& reading) {
  for (const auto& found : reading.tree.diagnostics()) {
    if (reading.remarks.size() >= kMaxFindings) {
      add(reading, Finding::kManyFindings, kRoot);
      return;
    }
    const auto node = found.node < reading.tree.nodes().size() ? found.node : kRoot;
    reading.remarks.push_back({expert_of(found.code), node, text_of(found)});
  }
}

wire::NodeId node_of(const Reading& reading, wire::RowId row) {
  return reading.tree.find(row).value_or(kRoot);
}

void remark_on_crypto(Reading& reading) {
  const auto& record = reading.frame.record;
  const auto enc     = node_of(reading, tables::row("enc.data"));
  switch (record.crypt) {
    case Crypt::kNoKey:
      add(reading, Finding::kNoKey, enc, key_remark(reading.frame, reading.tree));
      break;
    case Crypt::kNoIv:
      add(reading, Finding::kNoIv, enc, key_remark(reading.frame, reading.tree));
      break;
    case Crypt::kWrongKey:
      add(reading, Finding::kWrongKey, enc, key_remark(reading.frame, reading.tree));
      break;
    case Crypt::kDamaged:
      add(reading, record.cut ? Finding::kNoKey : Finding::kDamaged, enc,
          key_remark(reading.frame, reading.tree));
      break;
    default:
      break;
  }
  if (record.hash == Verdict::kBad) {
    add(reading, Finding::kHashBad, node_of(reading, tables::row("payload.hash")));
  }
  if (record.signature == Verdict::kBad) {
    add(reading, Finding::kSigBad, node_of(reading, tables::row("payload.sig")));
  }
}

void remark_on_frame(Reading& reading) {
  const auto& record = reading.frame.record;
  if (record.retransmission_of != 0) {
    add(reading, Finding::kRetransmission, kRoot,
        "Retransmission of frame " + std::to_string(record.retransmission_of));
  }
  if (const auto* told = reading.frame.told) {
    if (told->failure != nullptr) {
      add(reading, Finding::kRefused, kRoot, told->failure);
    }
    if (told->before != nullptr) {
      add(reading, Finding::kFailedBefore, kRoot, told->before);
    }
  }
  if (reading.frame.esp_full) {
    add(reading, Finding::kEspFull, kRoot);
  }
}

// What an encrypted message is can only be told from its place: "encrypted, probably PULL message
// 1".
std::string guess_of(const exchange::FrameRecord& record) {
  const auto* step = record.guessed ? exchange::step_of(record.exchange, record.number) : nullptr;
  return step == nullptr ? std::string() : "encrypted, probably " + std::string(step->name);
}

// That it is a repetition stands before what it holds: an arrow of the flow graph has room for no
// more.
std::string info_of(const Reading& reading) {
  const auto& record = reading.frame.record;
  const auto guess   = guess_of(record);
  auto info          = guess.empty() ? exchange::message_title(record)
                                     : std::string(exchange::name_of(record.exchange));
  if (record.retransmission_of != 0) {
    info += " [retransmission of frame " + std::to_string(record.retransmission_of) + "]";
  }
  const auto payloads =
      guess.empty() ? exchange::payload_summary(exchange::MessageView(reading.tree), record.number)
                    : guess;
  if (!payloads.empty()) {
    info += (info.empty() ? "" : "  ") + payloads;
  }
  return info;
}

}  // namespace

void read_message(packet_info* pinfo, int protocol, const Datagram& datagram, Reading& reading) {
  reading.is_new = pinfo->fd->visited == 0;
  reading.frame  = read_datagram(pinfo, protocol, datagram, reading.tree);
  tables::check(reading.tree);
  remark_on_frame(reading);
  remark_on_crypto(reading);
  read_vendor_ids(reading);
  remark_on_structure(reading);
  reading.info = info_of(reading) + (datagram.reassembled ? " [reassembled]" : "");
}

}  // namespace gdoi::plugin
