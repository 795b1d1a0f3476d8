#include "plugin/statistics.h"

#include "plugin/story.h"

#include <array>

extern "C" {
#include <epan/srt_table.h>
#include <epan/stats_tree.h>
#include <epan/tap.h>
}

namespace gdoi::plugin {
namespace {

using exchange::Crypt;
using exchange::Exchange;
using exchange::FrameRecord;
using exchange::Verdict;

int tap = -1;

// Taps run while the packet is there, on copies of nothing: its record says it all.
const FrameRecord& record_of(const void* data) {
  return static_cast<const Reading*>(data)->frame.record;
}

// Names of nodes are literals: the tree's code keeps and frees copies of its own, and no string of
// ours must live while it may leave by longjmp.
const char* exchange_name(Exchange exchange) {
  switch (exchange) {
    case Exchange::kMain:
      return "Main mode";
    case Exchange::kAggressive:
      return "Aggressive mode";
    case Exchange::kPull:
      return "GROUPKEY-PULL";
    case Exchange::kPush:
      return "GROUPKEY-PUSH";
    case Exchange::kPushAck:
      return "GROUPKEY-PUSH-ACK";
    case Exchange::kInformational:
      return "Informational";
    case Exchange::kFragment:
      return "Fragment";
    default:
      return "Other";
  }
}

const char* number_name(std::uint8_t number) {
  constexpr std::array kNames{"not numbered", "message 1", "message 2", "message 3",
                              "message 4",    "message 5", "message 6"};
  return kNames.at(number < kNames.size() ? number : 0);
}

const char* reading_name(Crypt crypt) {
  switch (crypt) {
    case Crypt::kClear:
      return "Clear";
    case Crypt::kDecrypted:
      return "Decrypted";
    default:
      return "Not decrypted";
  }
}

constexpr const char* kMessages    = "Messages";
constexpr const char* kRepeats     = "Retransmissions";
constexpr const char* kReading     = "Encryption";
constexpr const char* kHashes      = "HASH and signatures";
constexpr const char* kNotRepeated = "Not repeated";

void count_verdict(stats_tree* tree, Verdict verdict, const char* good, const char* bad,
                   const char* open) {
  if (verdict == Verdict::kAbsent) {
    return;
  }
  const auto hashes = tick_stat_node(tree, kHashes, 0, TRUE);
  tick_stat_node(tree,
                 verdict == Verdict::kGood  ? good
                 : verdict == Verdict::kBad ? bad
                                            : open,
                 hashes, FALSE);
}

tap_packet_status count_in_tree(stats_tree* tree, packet_info* /*pinfo*/, epan_dissect_t* /*edt*/,
                                const void* data, tap_flags_t /*flags*/) {
  const auto& record  = record_of(data);
  const auto messages = tick_stat_node(tree, kMessages, 0, TRUE);
  if (record.retransmission_of != 0) {
    tick_stat_node(tree, kRepeats, messages, FALSE);
    return TAP_PACKET_REDRAW;
  }
  const auto first    = tick_stat_node(tree, kNotRepeated, messages, TRUE);
  const auto exchange = tick_stat_node(tree, exchange_name(record.exchange), first, TRUE);
  tick_stat_node(tree, number_name(record.number), exchange, FALSE);
  const auto reading = tick_stat_node(tree, kReading, 0, TRUE);
  tick_stat_node(tree, reading_name(record.crypt), reading, FALSE);
  count_verdict(tree, record.hash, "HASH good", "HASH bad", "HASH not verified");
  count_verdict(tree, record.signature, "Signature good", "Signature bad",
                "Signature not verified");
  return TAP_PACKET_REDRAW;
}

void begin_tree(stats_tree* tree) {
  stats_tree_create_node(tree, kMessages, 0, STAT_DT_INT, TRUE);
}

// What the other side answers; the GM's own first messages answer nothing.
struct Answer {
  Exchange exchange;
  std::uint8_t number;
  const char* name;
};

constexpr std::array kAnswers{
    Answer{Exchange::kMain,          2, "Main mode 2 (KS)"      },
    Answer{Exchange::kMain,          3, "Main mode 3 (GM)"      },
    Answer{Exchange::kMain,          4, "Main mode 4 (KS)"      },
    Answer{Exchange::kMain,          5, "Main mode 5 (GM)"      },
    Answer{Exchange::kMain,          6, "Main mode 6 (KS)"      },
    Answer{Exchange::kAggressive,    2, "Aggressive mode 2 (KS)"},
    Answer{Exchange::kAggressive,    3, "Aggressive mode 3 (GM)"},
    Answer{Exchange::kPull,          2, "GROUPKEY-PULL 2 (KS)"  },
    Answer{Exchange::kPull,          3, "GROUPKEY-PULL 3 (GM)"  },
    Answer{Exchange::kPull,          4, "GROUPKEY-PULL 4 (KS)"  },
    Answer{Exchange::kPushAck,       1, "GROUPKEY-PUSH-ACK (GM)"},
    Answer{Exchange::kInformational, 0, "Informational"         },
};

int answer_of(const FrameRecord& record) {
  for (std::size_t i = 0; i < kAnswers.size(); ++i) {
    const auto& one = kAnswers.at(i);
    if (one.exchange == record.exchange && (one.number == 0 || one.number == record.number)) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

void begin_times(register_srt* /*srt*/, GArray* tables) {
  auto* table = init_srt_table("GDOI answers", nullptr, tables, static_cast<int>(kAnswers.size()),
                               "Message", "gdoi.message_number", nullptr);
  for (std::size_t i = 0; i < kAnswers.size(); ++i) {
    init_srt_table_row(table, static_cast<int>(i), kAnswers.at(i).name);
  }
}

tap_packet_status count_time(void* to, packet_info* pinfo, epan_dissect_t* /*edt*/,
                             const void* data, tap_flags_t /*flags*/) {
  const auto& record = record_of(data);
  const auto row     = answer_of(record);
  const auto* told   = static_cast<const Reading*>(data)->frame.told;
  if (told == nullptr || !told->is_response || row < 0) {
    return TAP_PACKET_DONT_REDRAW;
  }
  constexpr std::uint32_t kMicros   = 1'000'000;
  constexpr int kNanosOfMicrosecond = 1'000;
  nstime_t waited{};
  waited.secs  = told->response_us / kMicros;
  waited.nsecs = static_cast<int>(told->response_us % kMicros) * kNanosOfMicrosecond;
  nstime_t asked{};
  nstime_delta(&asked, &pinfo->abs_ts, &waited);
  auto* const times = static_cast<srt_data_t*>(to);
  add_srt_table_data(g_array_index(times->srt_array, srt_stat_table*, 0), row, &asked, pinfo);
  return TAP_PACKET_REDRAW;
}

}  // namespace

void register_statistics(int protocol) {
  tap                        = register_tap(kTap);
  constexpr unsigned kByName = ST_SORT_COL_NAME << ST_FLG_SRTCOL_SHIFT;
  stats_tree_register_plugin(kTap, "gdoi", "GDOI/Messages", kByName, count_in_tree, begin_tree,
                             nullptr);
  register_srt_table(protocol, "gdoi", 1, count_time, begin_times, nullptr);
}

void count_message(packet_info* pinfo, const Reading* reading) {
  tap_queue_packet(tap, pinfo, reading);
}

}  // namespace gdoi::plugin
