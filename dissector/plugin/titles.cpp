#include "plugin/titles.h"

#include "protocol/tables/life_types.h"
#include "protocol/tables/registry.h"
#include "protocol/wire/print.h"

#include <array>
#include <optional>
#include <string_view>

namespace gdoi::plugin {
namespace {

using tables::kRows;
using tables::row;
using wire::Kind;
using wire::NodeId;

const wire::Field& row_at(const wire::Tree& tree, NodeId id) {
  return kRows[tree.node(id).row];
}

std::string value_at(const wire::Tree& tree, NodeId id) {
  const auto& field = row_at(tree, id);
  if (field.show == wire::Show::kSecret) {
    return std::to_string(tree.node(id).length) + " octets";  // they stand below
  }
  if (field.show == wire::Show::kOctets) {
    return wire::hex_text(tree.octets(id), kShortHex);
  }
  return wire::value_text(field, tree.octets(id));
}

// Values of a structure by filter name; those that are there, in this order.
template <std::size_t N>
std::string values_in(const wire::Tree& tree, NodeId structure,
                      const std::array<wire::RowId, N>& rows) {
  std::string text;
  for (const auto wanted : rows) {
    if (const auto id = tree.find(wanted, structure)) {
      text += (text.empty() ? "" : ", ") + value_at(tree, *id);
    }
  }
  return text;
}

// "GDOI_PROTO_IPSEC_ESP" and "ESP_AES-CBC" say ESP twice.
std::string without(std::string_view prefix, std::string_view text) {
  return std::string(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
}

std::string transform_of(const wire::Tree& tree, NodeId sat) {
  if (const auto id = tree.find(row("sat.esp_transform"), sat)) {
    return "ESP " + without("ESP_", wire::name_of(row_at(tree, *id).names, tree.number(*id)));
  }
  if (const auto id = tree.find(row("sat.ah_transform"), sat)) {
    return "AH " + without("AH_", wire::name_of(row_at(tree, *id).names, tree.number(*id)));
  }
  if (const auto id = tree.find(row("iec61850.confidentiality"), sat)) {
    return "IEC 61850 " + std::string(wire::name_of(row_at(tree, *id).names, tree.number(*id)));
  }
  return {};
}

// A value of an attribute; a Life Duration with its unit.
std::string attribute_value(const wire::Tree& tree, NodeId value) {
  const auto size      = tree.octets(value).size();
  const auto life_type = tables::life_type_of(tree, value);
  if (!life_type || size == 0 || size > sizeof(std::uint64_t)) {
    return value_at(tree, value);
  }
  return *life_type == tables::kLifeTypeSeconds     ? wire::seconds_text(tree.number(value))
         : *life_type == tables::kLifeTypeKilobytes ? value_at(tree, value) + " kilobytes"
                                                    : value_at(tree, value);
}

std::string tek_of(const wire::Tree& tree, NodeId sat) {
  auto text      = transform_of(tree, sat);
  const auto spi = tree.find(row("sat.spi"), sat);
  if (const auto id = spi ? spi : tree.find(row("iec61850.spi"), sat)) {
    text += (text.empty() ? "SPI " : ", SPI ") + value_at(tree, *id);
  }
  if (const auto id = tree.find(row("ipsec.attr.life_duration"), sat)) {
    text += ", " + attribute_value(tree, *id);
  }
  return text;
}

// "ID_KEY_ID 000004d2", "ID_IPV4_ADDR_SUBNET 10.0.0.0, 255.0.0.0"
std::string identity_in(const wire::Tree& tree, NodeId structure) {
  std::string text;
  for (auto id = structure + 1; id < tree.node(structure).end; ++id) {
    const auto& field = row_at(tree, id);
    if (field.filter.starts_with("id.data")) {
      text += (text.empty() ? std::string(field.label) + " " : ", ") + value_at(tree, id);
    }
  }
  return text;
}

// What the first look at a payload should tell, behind its name.
std::string essence_of(const wire::Tree& tree, NodeId id) {
  switch (const auto group = tree.node(id).row; group) {
    case row("payload.id"):
    case row("sak.src"):
    case row("sak.dst"):
    case row("sat.src"):
    case row("sat.dst"):
      return identity_in(tree, id);
    case row("sak"):
      return values_in(tree, id, std::array{row("kek.algorithm"), row("kek.key_lifetime")});
    case row("sat"):
      return tek_of(tree, id);
    case row("kd.packet"):
      return values_in(tree, id, std::array{row("kd.type"), row("spi")});
    case row("payload.notify"):
      return values_in(tree, id, std::array{row("notify.msgtype")});
    case row("payload.cert"):
      return values_in(tree, id, std::array{row("cert.encoding")});
    case row("payload.seq"):
      return values_in(tree, id, std::array{row("seq")});
    case row("prop"):
      return values_in(tree, id, std::array{row("prop.protoid")});
    case row("trans"):
      return values_in(tree, id,
                       std::array{row("trans.id"), row("trans.esp_id"), row("trans.ah_id")});
    default:
      return {};
  }
}

// "Encryption Algorithm: AES-CBC (7)": the value is the last child.
std::string attribute_title(const wire::Tree& tree, NodeId id) {
  const auto& node = tree.node(id);
  const auto& set  = kRows[node.row];
  for (auto child = id + 1; child < node.end; child = tree.node(child).end) {
    const auto& field = row_at(tree, child);
    if (tree.node(child).row != node.row + 1 && field.kind != Kind::kValueLength) {
      if (field.label == "Value") {
        return std::string(set.label) + " " + std::to_string(node.tag) + ": " +
               value_at(tree, child);
      }
      return field.kind == Kind::kGroup
                 ? std::string(field.label)
                 : std::string(field.label) + ": " + attribute_value(tree, child);
    }
  }
  const auto name = wire::name_of(set.names, node.tag);
  return std::string(set.label) + " " + std::to_string(node.tag) +
         (name.empty() ? "" : ": " + std::string(name));
}

}  // namespace

std::string title_of(const wire::Tree& tree, NodeId id) {
  const auto& node  = tree.node(id);
  const auto& field = kRows[node.row];
  if (field.names != nullptr) {
    return attribute_title(tree, id);
  }
  std::string text(field.label);
  const auto type = node.tag != 0 ? node.tag : field.key;
  if (type != 0) {
    text = "Payload: " + text + " (" + std::to_string(type) + ")";
  }
  const auto essence = essence_of(tree, id);
  return essence.empty() ? text : text + ": " + essence;
}

}  // namespace gdoi::plugin
