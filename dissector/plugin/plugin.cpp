#include "plugin/fields.h"
#include "plugin/frames.h"
#include "plugin/paint.h"
#include "plugin/preferences.h"
#include "plugin/reading.h"
#include "plugin/registrations.h"
#include "plugin/statistics.h"
#include "protocol/exchange/floating.h"

#include <new>
#include <utility>

extern "C" {
#include <epan/tap.h>
}

/// What Wireshark calls. No C++ exception leaves these functions; Wireshark's own exceptions are
/// longjmp and pass through them, so nothing that needs a destructor lives while it is called.
namespace gdoi::plugin {
namespace {

constexpr const char* kPort = "848";  // RFC 6407 section 2.2

int protocol = -1;
dissector_handle_t nat_handle;

Flag destroy_reading(wmem_allocator_t* /*pool*/, wmem_cb_event_t /*event*/, void* reading) {
  static_cast<Reading*>(reading)->~Reading();
  return FALSE;
}

// Decodes before anything can leave by longjmp. The packet's memory calls the destructor whatever
// happens after.
Reading* read(packet_info* pinfo, ByteView octets, std::uint32_t claimed_length, bool reassembled) {
  void* memory  = wmem_alloc(pinfo->pool, sizeof(Reading));
  auto* reading = new (memory) Reading;
  wmem_register_callback(pinfo->pool, destroy_reading, reading);
  try {
    read_message(pinfo, protocol, datagram_of(pinfo, octets, claimed_length, reassembled),
                 *reading);
    return reading;
  } catch (...) {
    return nullptr;
  }
}

bool prepare_tree(Reading* reading, proto_item* root, bool visible) {
  try {
    describe(*reading, visible);
    reading->items.assign(reading->tree.nodes().size() + 1, nullptr);
    reading->items.front() = root;
    reading->items.back()  = root;
    return true;
  } catch (...) {
    return false;
  }
}

void paint(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, Reading* reading) {
  const auto buffers = paint_sources(tvb, pinfo, *reading);
  if (tree == nullptr) {
    paint_remarks(pinfo, nullptr, *reading);
    return;
  }
  auto* root = proto_tree_add_item(tree, protocol, tvb, 0, -1, ENC_NA);
  if (proto_field_is_referenced(tree, protocol) == 0) {
    paint_remarks(pinfo, root, *reading);
    return;
  }
  if (!prepare_tree(reading, root, PTREE_DATA(tree)->visible != 0)) {
    expert_add_info(pinfo, root, expert_of(Finding::kInternal));
    return;
  }
  proto_item_append_text(root, ": %s", reading->info.c_str());
  paint_tree(buffers, pinfo, root, *reading);
}

constexpr guint kNatPort = exchange::kNatPort;

// RFC 6407 section 2.2: behind a NAT, what began here may go on at port 4500. The port itself
// belongs to IPsec, so only this pair's conversations there come to us. A NAT may give either side
// another port.
void expect_on_nat_port(packet_info* pinfo) {
  for (const auto& [server, client] :
       {std::pair(&pinfo->dst, &pinfo->src), std::pair(&pinfo->src, &pinfo->dst)}) {
    auto* conversation =
        conversation_new(pinfo->num, server, client, CONVERSATION_UDP, kNatPort, 0, NO_PORT2_FORCE);
    conversation_set_dissector(conversation, nat_handle);
  }
}

bool begins_here(packet_info* pinfo, const std::uint8_t* octets, std::uint32_t size) {
  if (pinfo->fd->visited != 0 || pinfo->flags.in_error_pkt != 0) {
    return false;
  }
  try {
    return begins_phase1(datagram_of(pinfo, ByteView(octets, size), size));
  } catch (...) {
    return false;
  }
}

// Returns the message that a fragment made whole, or nullptr.
tvbuff_t* dissect_message(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, bool reassembled) {
  const auto captured = tvb_captured_length(tvb);
  const auto reported = tvb_reported_length(tvb);
  const auto* octets  = captured == 0 ? nullptr : tvb_get_ptr(tvb, 0, static_cast<gint>(captured));
  col_clear(pinfo->cinfo, COL_INFO);
  auto* reading = read(pinfo, ByteView(octets, captured), reported, reassembled);
  if (reading == nullptr) {
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "GDOI");
    auto* root = proto_tree_add_item(tree, protocol, tvb, 0, -1, ENC_NA);
    expert_add_info(pinfo, root, expert_of(Finding::kInternal));
    return nullptr;
  }
  if (begins_here(pinfo, octets, captured)) {
    expect_on_nat_port(pinfo);
  }
  paint_columns(pinfo, *reading);
  paint(tvb, pinfo, tree, reading);
  count_message(pinfo, reading);
  if (pinfo->fd->visited == 0) {
    hand_to_esp(take_esp_keys(), pinfo->src.type == AT_IPv6);
  }
  if (captured < reported) {
    tvb_ensure_bytes_exist(tvb, 0, static_cast<gint>(reported));  // says that the packet was cut
  }
  if (reading->frame.whole == nullptr) {
    return nullptr;
  }
  auto* whole = tvb_new_child_real_data(tvb, reading->frame.whole, reading->frame.whole_size,
                                        static_cast<gint>(reading->frame.whole_size));
  add_new_data_source(pinfo, whole, "Reassembled GDOI");
  return whole;
}

int dissect(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* /*data*/) {
  if (auto* whole = dissect_message(tvb, pinfo, tree, false)) {
    dissect_message(whole, pinfo, tree, true);
  }
  return static_cast<int>(tvb_captured_length(tvb));
}

bool is_ours(packet_info* pinfo, const std::uint8_t* octets, std::uint32_t size) {
  try {
    return carries_on(pinfo, protocol, datagram_of(pinfo, ByteView(octets, size), size));
  } catch (...) {
    return false;
  }
}

// Port 4500 of a pair that has begun a phase 1 of GDOI. What is not ours goes where it would have
// gone.
int dissect_nat(tvbuff_t* tvb, packet_info* pinfo, proto_tree* tree, void* data) {
  const auto captured = tvb_captured_length(tvb);
  const auto* octets  = captured == 0 ? nullptr : tvb_get_ptr(tvb, 0, static_cast<gint>(captured));
  if (is_ours(pinfo, octets, captured)) {
    return dissect(tvb, pinfo, tree, data);
  }
  auto* const stock = dissector_get_uint_handle(find_dissector_table("udp.port"), kNatPort);
  return stock == nullptr ? call_data_dissector(tvb, pinfo, tree)
                          : call_dissector_only(stock, tvb, pinfo, tree, data);
}

void start() {
  try {
    start_file();
  } catch (...) {
    report_failure("GDOI: out of memory while reading the keys");
  }
}

void finish() {
  try {
    end_file();
  } catch (...) {
    report_failure("GDOI: could not close the file");
  }
}

#if GDOI_WIRESHARK_AT_LEAST(4, 4)
// A Decryption Secrets Block of ours in a pcapng file holds a key log.
constexpr std::uint32_t kSecretsType = 0x47444f49;  // "GDOI": private, not registered

void take_secrets(const void* secrets, unsigned size) {
  try {
    add_embedded_keys({static_cast<const char*>(secrets), size});
  } catch (...) {
    report_failure("GDOI: out of memory while reading the keys of the capture");
  }
}
#endif

void register_protocol() {
  try {
    protocol = proto_register_protocol("Group Domain of Interpretation", "GDOI", "gdoi");
    register_fields(protocol);
    register_preferences(protocol);
    register_statistics(protocol);
    register_registration_table();
    register_init_routine(start);
    register_cleanup_routine(finish);
    register_dissector("gdoi", dissect, protocol);
    nat_handle = register_dissector("gdoi.nat", dissect_nat, protocol);
#if GDOI_WIRESHARK_AT_LEAST(4, 4)
    secrets_register_type(kSecretsType, take_secrets);
#endif
  } catch (...) {
    report_failure("GDOI: out of memory while registering");
  }
}

void register_handoff() {
  dissector_add_uint_range_with_preference("udp.port", kPort, find_dissector("gdoi"));
}

}  // namespace
}  // namespace gdoi::plugin

#define GDOI_EXPORT __attribute__((visibility("default")))

// `extern` because a const of C++ is not exported otherwise, and Wireshark would not load us.
extern "C" {
GDOI_EXPORT extern const char plugin_version[];
GDOI_EXPORT extern const int plugin_want_major;
GDOI_EXPORT extern const int plugin_want_minor;
GDOI_EXPORT void plugin_register();

const char plugin_version[] = GDOI_VERSION;
const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

void plugin_register() {
  static proto_plugin plugin;
  plugin.register_protoinfo = gdoi::plugin::register_protocol;
  plugin.register_handoff   = gdoi::plugin::register_handoff;
  proto_register_plugin(&plugin);
  static tap_plugin listeners;
  listeners.register_tap_listener = gdoi::plugin::register_registration_list;
  tap_register_plugin(&listeners);
}
}
