#include "plugin/fields.h"

#include "plugin/generated.h"
#include "protocol/tables/registry.h"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace gdoi::plugin {
namespace {

using tables::kRowCount;
using tables::kRows;
using wire::Field;
using wire::Kind;
using wire::Show;

constexpr std::size_t kCodeCount = static_cast<std::size_t>(wire::Code::kCount);

/// What Wireshark keeps pointers to until it ends.
struct Registered {
  std::array<int, kRowCount> fields{};
  std::array<int, kRowCount> subtrees{};
  std::array<int, kGenerated.size()> generated{};
  std::array<expert_field, kCodeCount> code_experts{};
  std::array<expert_field, kFindings.size()> finding_experts{};
  int message_subtree = -1;

  std::deque<std::string> texts;
  std::map<const wire::Names*, std::vector<range_string>> names;
  std::vector<hf_register_info> field_infos;
  std::vector<gint*> subtree_infos;
  std::vector<ei_register_info> expert_infos;

  Registered() {
    fields.fill(-1);
    subtrees.fill(-1);
    generated.fill(-1);
    code_experts.fill(EI_INIT);
    finding_experts.fill(EI_INIT);
  }

  /// A text that ends with a zero octet and stays.
  const char* keep(std::string text) { return texts.emplace_back(std::move(text)).c_str(); }

  const range_string* ranges_of(const wire::Names* registry);
};

Registered& registered() {
  static Registered all;
  return all;
}

const range_string* Registered::ranges_of(const wire::Names* registry) {
  auto& ranges = names[registry];
  if (ranges.empty()) {
    ranges.reserve(registry->names.size() + 1);
    for (const auto& name : registry->names) {
      ranges.push_back({name.first, name.last, keep(std::string(name.text))});
    }
    ranges.push_back({0, 0, nullptr});
  }
  return ranges.data();
}

// The structures of unit_string.h have no const.
const unit_name_string second_units{const_cast<char*>(" second"), const_cast<char*>(" seconds")};
const unit_name_string bit_units{const_cast<char*>(" bit"), const_cast<char*>(" bits")};

struct Type {
  ftenum type         = FT_BYTES;
  int display         = BASE_NONE;
  const void* strings = nullptr;
};

ftenum number_type(std::size_t width) {
  switch (width) {
    case 1:
      return FT_UINT8;
    case 2:
      return FT_UINT16;
    case 3:
      return FT_UINT24;
    case 4:
      return FT_UINT32;
    default:
      return FT_UINT64;
  }
}

Type number(const Field& row) {
  Type type;
  type.type    = number_type(row.width);
  type.display = row.show == Show::kHex ? BASE_HEX : BASE_DEC;
  if (row.names != nullptr) {
    type.display |= BASE_RANGE_STRING;
    type.strings = registered().ranges_of(row.names);
    return type;
  }
  switch (row.show) {
    case Show::kDecHex:
      type.display = BASE_DEC_HEX;
      break;
    case Show::kSeconds:
      type.display |= BASE_UNIT_STRING;
      type.strings = &second_units;
      break;
    case Show::kBits:
      type.display |= BASE_UNIT_STRING;
      type.strings = &bit_units;
      break;
    case Show::kTime:
      type = {FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, nullptr};
      break;
    default:
      break;
  }
  return type;
}

Type type_of(const Field& row) {
  switch (row.kind) {
    case Kind::kGroup:
      return {FT_NONE, BASE_NONE, nullptr};
    case Kind::kIpv4:
      return {FT_IPv4, BASE_NONE, nullptr};
    case Kind::kIpv6:
      return {FT_IPv6, BASE_NONE, nullptr};
    case Kind::kText:
      return {FT_STRING, BASE_NONE, nullptr};
    case Kind::kBit:
      if (row.names == &tables::kSetFlags) {
        return {FT_BOOLEAN, 8 * row.width, &tfs_set_notset};
      }
      return number(row);
    default:
      return wire::is_number(row.kind) ? number(row) : Type{};
  }
}

hf_register_info field_info(int* id, std::string_view label, std::string_view filter,
                            const Type& type, std::uint64_t mask, std::string_view blurb) {
  auto& all = registered();
  return {
      id,
      {all.keep(std::string(label)), all.keep("gdoi." + std::string(filter)), type.type,
        type.display, type.strings, mask, blurb.empty() ? nullptr : all.keep(std::string(blurb)),
        HFILL}
  };
}

void add_rows() {
  auto& all = registered();
  for (std::size_t i = 0; i < kRowCount; ++i) {
    const auto& row = kRows[i];
    if (row.filter.empty()) {
      continue;
    }
    all.field_infos.push_back(
        field_info(&all.fields[i], row.label, row.filter, type_of(row), row.mask, row.section));
    const bool has_bits = i + 1 < kRowCount && kRows[i + 1].kind == Kind::kBit;
    const bool is_der   = i == tables::row("cert.data") || i == tables::row("id.data.der_asn1_dn");
    if (row.kind == Kind::kGroup || has_bits || is_der) {
      all.subtree_infos.push_back(&all.subtrees[i]);
    }
  }
  all.subtree_infos.push_back(&all.message_subtree);
}

void add_generated() {
  auto& all = registered();
  for (std::size_t i = 0; i < kGenerated.size(); ++i) {
    const auto& field = kGenerated[i];
    Type type{field.type, field.display, nullptr};
    if (field.shape == Shape::kStatus) {
      type.strings = VALS(proto_checksum_vals);
    } else if (field.shape == Shape::kRequest) {
      type.strings = FRAMENUM_TYPE(FT_FRAMENUM_REQUEST);
    } else if (field.shape == Shape::kResponse) {
      type.strings = FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE);
    } else if (field.shape == Shape::kRetransmission) {
      type.strings = FRAMENUM_TYPE(FT_FRAMENUM_RETRANS_PREV);
    }
    all.field_infos.push_back(
        field_info(&all.generated[i], field.label, field.filter, type, 0, field.blurb));
  }
}

// A structure that does not add up is malformed; a payload or version that we do not know could
// not be decoded; the rest breaks a rule.
int group_of(const wire::CodeInfo& info) {
  using wire::Code;
  if (info.code == Code::kUnknownPayload || info.code == Code::kNotIsakmp) {
    return PI_UNDECODED;
  }
  const bool structure = info.code <= Code::kMarkerOn848;
  return structure && info.severity == wire::Severity::kError ? PI_MALFORMED : PI_PROTOCOL;
}

int severity_of(wire::Severity severity) {
  switch (severity) {
    case wire::Severity::kError:
      return PI_ERROR;
    case wire::Severity::kWarning:
      return PI_WARN;
    default:
      return PI_NOTE;
  }
}

ei_register_info expert_info(expert_field* ids, std::string_view name, int group, int severity,
                             std::string_view text) {
  auto& all = registered();
  return {
      ids,
      {all.keep("gdoi.expert." + std::string(name)), group, severity, all.keep(std::string(text)),
        EXPFILL}
  };
}

void add_experts() {
  auto& all = registered();
  for (std::size_t i = 0; i < kCodeCount; ++i) {
    const auto& info = wire::info_of(static_cast<wire::Code>(i));
    all.expert_infos.push_back(expert_info(&all.code_experts[i], info.name, group_of(info),
                                           severity_of(info.severity), info.text));
  }
  for (std::size_t i = 0; i < kFindings.size(); ++i) {
    const auto& info = kFindings[i];
    all.expert_infos.push_back(
        expert_info(&all.finding_experts[i], info.name, info.group, info.severity, info.text));
  }
}

}  // namespace

void register_fields(int protocol) {
  auto& all = registered();
  add_rows();
  add_generated();
  add_experts();
  proto_register_field_array(protocol, all.field_infos.data(),
                             static_cast<int>(all.field_infos.size()));
  proto_register_subtree_array(all.subtree_infos.data(),
                               static_cast<int>(all.subtree_infos.size()));
  auto* experts = expert_register_protocol(protocol);
  expert_register_field_array(experts, all.expert_infos.data(),
                              static_cast<int>(all.expert_infos.size()));
}

int field_of(wire::RowId row) {
  return registered().fields[row];
}

int field_of(Generated field) {
  return registered().generated[static_cast<std::size_t>(field)];
}

bool is_text(Generated field) {
  return kGenerated[static_cast<std::size_t>(field)].type == FT_STRING;
}

int subtree_of(wire::RowId row) {
  return registered().subtrees[row];
}

int message_subtree() {
  return registered().message_subtree;
}

expert_field* expert_of(wire::Code code) {
  return &registered().code_experts[static_cast<std::size_t>(code)];
}

expert_field* expert_of(Finding finding) {
  return &registered().finding_experts[static_cast<std::size_t>(finding)];
}

const char* text_of(Finding finding) {
  return kFindings[static_cast<std::size_t>(finding)].text;
}

}  // namespace gdoi::plugin
