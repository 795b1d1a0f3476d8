#include "plugin/frames.h"

#include "plugin/data_plane.h"
#include "plugin/preferences.h"
#include "protocol/exchange/floating.h"
#include "protocol/exchange/fragments.h"
#include "protocol/keys/key_log.h"
#include "protocol/tables/checks.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/decode.h"

#include <algorithm>
#include <memory>

namespace gdoi::plugin {
namespace {

constexpr guint32 kReassembledLayer  = 0x10000;  // beyond what layers there can be
constexpr std::uint64_t kNanoseconds = 1'000'000'000;

/// Everything that is remembered of the open file.
struct FileState {
  exchange::Follower follower;
  Teller teller;
  exchange::Floating floating;
  exchange::Fragments fragments;
  keys::KeyRing given;  ///< until the first packet
  DataPlane data_plane;
  /// The registrations as if the file ended after the messages so far; until the next message.
  std::optional<registration::Ledger> ending;
  bool started = false;
};

std::unique_ptr<FileState> file;

FileState& state() {
  if (!file) {
    file = std::make_unique<FileState>();
  }
  return *file;
}

exchange::Endpoint endpoint(const address& from, std::uint32_t port) {
  exchange::Endpoint to;
  const bool ipv6 = from.type == AT_IPv6;
  if ((from.type == AT_IPv4 && from.len == 4) || (ipv6 && from.len == 16)) {
    to.family = ipv6 ? 6 : 4;
    std::copy_n(static_cast<const std::uint8_t*>(from.data), from.len, to.address.begin());
  }
  to.port = static_cast<std::uint16_t>(port);
  return to;
}

void keep_whole(Frame& frame, const std::optional<Bytes>& whole) {
  if (whole) {
    frame.whole = static_cast<const std::uint8_t*>(
        wmem_memdup(wmem_file_scope(), whole->data(), whole->size()));
    frame.whole_size = static_cast<std::uint32_t>(whole->size());
  }
}

Frame follow(FileState& now, const Datagram& datagram, wire::Tree& tree) {
  bool room = true;
  if (!now.started) {
    now.started = true;
    for (const auto& tek : now.given.teks()) {
      room = now.data_plane.offer(tek) && room;
    }
    now.follower.use(std::move(now.given));
  }
  now.ending.reset();
  Frame frame;
  frame.record = now.follower.follow(datagram.packet, tree);
  frame.told   = now.teller.tell(datagram.packet, frame.record, tree);
  // Earlier messages that this one explains stay as they were shown when they came: one pass over a
  // file and two must look the same. What they say of their registration is known from here on.
  for (const auto& late : now.follower.take_late()) {
    now.teller.late(late);
  }
  for (const auto& tek : now.follower.take_learned_teks()) {
    room = now.data_plane.offer(tek) && room;
  }
  frame.esp_full = !room;
  if (frame.record.exchange == exchange::Exchange::kFragment && !datagram.reassembled &&
      !datagram.packet.is_cut()) {
    keep_whole(frame, now.fragments.add(datagram.packet.source, tree));
  }
  return frame;
}

Frame decode_only(const Datagram& datagram, wire::Tree& tree) {
  wire::decode(tables::schema(), datagram.packet.payload, exchange::decoding_of(datagram.packet),
               tree);
  return {};
}

}  // namespace

// Seconds of a damaged file may be anything.
std::int64_t time_of(const packet_info* pinfo) {
  const auto& time = pinfo->abs_ts;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(time.secs) * kNanoseconds +
                                   static_cast<std::uint64_t>(time.nsecs));
}

Datagram datagram_of(const packet_info* pinfo, ByteView payload, std::uint32_t claimed_length,
                     bool reassembled) {
  Datagram datagram;
  datagram.reassembled           = reassembled;
  datagram.packet.frame          = pinfo->num;
  datagram.packet.time_ns        = time_of(pinfo);
  datagram.packet.source         = endpoint(pinfo->src, pinfo->srcport);
  datagram.packet.destination    = endpoint(pinfo->dst, pinfo->destport);
  datagram.packet.payload        = payload;
  datagram.packet.claimed_length = claimed_length;
  datagram.nat_port              = exchange::on_nat_port(datagram.packet);
  return datagram;
}

void start_file() {
  file = std::make_unique<FileState>();
  file->given.merge(keys_of_preferences());
}

void end_file() {
  file.reset();
}

void add_embedded_keys(std::string_view text) {
  auto log = keys::parse_key_log(text, "the capture's own key log");
  if (!log) {
    report_failure("GDOI: %s", log.error().text.c_str());
    return;
  }
  state().given.merge(std::move(log.value().ring));
}

Frame read_datagram(packet_info* pinfo, int protocol, const Datagram& datagram, wire::Tree& tree) {
  // What an ICMP error quotes is a copy of a datagram that was on its way before.
  if (pinfo->flags.in_error_pkt != 0) {
    return decode_only(datagram, tree);
  }
  const guint32 layer = pinfo->curr_layer_num + (datagram.reassembled ? kReassembledLayer : 0U);
  if (!pinfo->fd->visited) {
    const auto frame = follow(state(), datagram, tree);
    auto* kept       = static_cast<Frame*>(wmem_alloc(wmem_file_scope(), sizeof(Frame)));
    p_add_proto_data(wmem_file_scope(), pinfo, protocol, layer, new (kept) Frame(frame));
    return frame;
  }
  const auto* kept =
      static_cast<const Frame*>(p_get_proto_data(wmem_file_scope(), pinfo, protocol, layer));
  if (kept == nullptr) {
    return decode_only(datagram, tree);
  }
  state().follower.decode_again(kept->record, datagram.packet.payload, datagram.nat_port, tree);
  return *kept;
}

bool begins_phase1(const Datagram& datagram) {
  return !datagram.nat_port && state().floating.note(datagram.packet);
}

bool carries_on(packet_info* pinfo, int protocol, const Datagram& datagram) {
  return pinfo->fd->visited ? p_get_proto_data(wmem_file_scope(), pinfo, protocol,
                                               pinfo->curr_layer_num) != nullptr
                            : state().floating.carries_on(datagram.packet);
}

const registration::Ledger& registrations_by_now() {
  return state().teller.tracker().registrations();
}

const registration::Ledger& registrations_in_the_end() {
  auto& now = state();
  if (!now.ending) {
    now.ending = now.teller.tracker().as_if_finished();
  }
  return *now.ending;
}

std::optional<registration::Registration> registration_in_the_end(std::uint32_t number) {
  const auto& all  = registrations_in_the_end();
  const auto place = all.find(number);
  return place ? std::optional(all[*place]) : std::nullopt;
}

std::string key_remark(const Frame& frame, const wire::Tree& tree) {
  return state().follower.key_remark(frame.record, tree);
}

std::span<const EspKey> take_esp_keys() {
  return file ? file->data_plane.take() : std::span<const EspKey>{};
}

}  // namespace gdoi::plugin
