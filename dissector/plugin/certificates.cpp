#include "plugin/certificates.h"

#include "plugin/fields.h"
#include "protocol/tables/registry.h"

// Wireshark's TRY counts with |= on a volatile.
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wdeprecated-volatile"
#else
#pragma GCC diagnostic ignored "-Wvolatile"
#endif

namespace gdoi::plugin {
namespace {

constexpr std::uint64_t kX509Signature   = 4;  // RFC 2408 section 3.9
constexpr std::uint64_t kX509KeyExchange = 5;
constexpr std::uint64_t kX509Crl         = 7;

// What the octets of a node are, in the names of Wireshark's table "ber.syntax".
const char* syntax_of(const wire::Tree& tree, wire::NodeId id) {
  const auto row = tree.node(id).row;
  if (row == tables::row("id.data.der_asn1_dn")) {
    return "Name";
  }
  if (row != tables::row("cert.data") || id == 0) {
    return nullptr;
  }
  const auto encoding =
      tree.node(id - 1).row == tables::row("cert.encoding") ? tree.number(id - 1) : 0;
  if (encoding == kX509Signature || encoding == kX509KeyExchange) {
    return "Certificate";
  }
  return encoding == kX509Crl ? "CertificateList" : nullptr;
}

}  // namespace

void paint_der(packet_info* pinfo, proto_item* item, tvbuff_t* tvb, const wire::Tree& tree,
               wire::NodeId id) {
  const char* syntax = syntax_of(tree, id);
  if (syntax == nullptr) {
    return;
  }
  auto* table = find_dissector_table("ber.syntax");
  dissector_handle_t handle =
      table == nullptr ? nullptr : dissector_get_string_handle(table, syntax);
  if (handle == nullptr) {
    return;
  }
  const auto& node = tree.node(id);
  auto* part =
      tvb_new_subset_length(tvb, static_cast<gint>(node.offset), static_cast<gint>(node.length));
  auto* below = proto_item_add_subtree(item, subtree_of(node.row));
  // Octets that are no BER throw; the rest of the message is still ours to show.
  TRY {
    call_dissector_only(handle, part, pinfo, below, nullptr);
  }
  CATCH_NONFATAL_ERRORS {
    show_exception(part, pinfo, below, EXCEPT_CODE, GET_MESSAGE);
  }
  ENDTRY;
}

}  // namespace gdoi::plugin
