#include "protocol/wire/compose.h"

#include "protocol/wire/decode.h"
#include "protocol/wire/edit.h"
#include "protocol/wire/linker.h"

#include <fmt/format.h>

#include <algorithm>

namespace gdoi::wire {
namespace {

constexpr std::size_t kGenericHeader = 4;
constexpr std::size_t kIpv4Size      = 4;
constexpr std::size_t kIpv6Size      = 16;
constexpr std::size_t kUsualNodes    = 64;  // of a message: fields and structures

std::size_t fixed_size(const Field& row) {
  switch (row.kind) {
    case Kind::kIpv4:
      return kIpv4Size;
    case Kind::kIpv6:
      return kIpv6Size;
    case Kind::kSized:
      return 0;
    default:
      return row.width;
  }
}

}  // namespace

/// Walks layouts and makes the nodes that their rows ask for.
class Composer {
 public:
  explicit Composer(const Schema& schema) : schema_(schema), document_(schema) {
    document_.reserve(kUsualNodes);
  }

  Result<Document> message(const Part& part) {
    document_.root_ = top(schema_.message, part);
    if (!part.parts.empty() && !listed_) {
      document_.plaintext_ = top(schema_.plaintext, {0, {}, part.parts, {}});
    }
    if (!error_.empty()) {
      return Error{error_};
    }
    document_.relink();
    Editor(document_).refresh_all();
    return std::move(document_);
  }

 private:
  struct Work {
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
    const Part& part;
    std::vector<bool> used{};
    bool listed = false;
  };

  NodeRef group(NodeRef parent, RowId row, std::uint32_t tag) {
    Value value;
    value.row = row;
    value.tag = tag;
    return document_.add(parent, parent == kNoRef ? 0 : end_of(parent), std::move(value));
  }

  NodeRef top(LayoutId layout, const Part& part) {
    const auto ref = group(kNoRef, schema_.layouts[layout].first, 0);
    fill(layout, ref, part);
    return ref;
  }

  void fill(LayoutId layout, NodeRef ref, const Part& part) {
    Work work{part, std::vector<bool>(part.values.size())};
    rows(layout, ref, work);
    for (std::size_t i = 0; i < part.values.size(); ++i) {
      if (!work.used[i]) {
        fail(fmt::format("{} has no place in {}", schema_.rows[part.values[i].row].label,
                         document_.row(ref).label));
      }
    }
    if (document_.value(ref).parent == kNoRef) {
      listed_ = work.listed;
    } else if (!part.parts.empty() && !work.listed) {
      fail(fmt::format("{} holds no list of structures", document_.row(ref).label));
    }
  }

  void rows(LayoutId layout_id, NodeRef at, Work& work) {
    const auto& layout = schema_.layouts[layout_id];
    for (std::size_t i = is_grouped(layout_id) ? 1 : 0; i < layout.count; ++i) {
      const auto row_id = static_cast<RowId>(layout.first + i);
      const auto& row   = schema_.rows[row_id];
      if (row.kind == Kind::kItems) {
        ++i;
        items(static_cast<RowId>(row_id + 1), at, work);
      } else if (is_leaf(row.kind)) {
        leaf(row_id, at, work);
      } else {
        structure(row, at, work);
      }
    }
  }

  void enter(LayoutId layout, NodeRef at, Work& work) {
    rows(layout, is_grouped(layout) ? group(at, schema_.layouts[layout].first, 0) : at, work);
  }

  void structure(const Field& row, NodeRef at, Work& work) {
    switch (row.kind) {
      case Kind::kInclude:
        enter(row.arg, at, work);
        break;
      case Kind::kSelect:
      case Kind::kSizedSelect:
        enter(choose(row.arg), at, work);
        break;
      case Kind::kAttributes:
        members(work, [&](const Part& part) { attribute(row.arg, at, part); });
        break;
      case Kind::kElements:
        members(work, [&](const Part& part) {
          fill(row.arg, group(at, schema_.layouts[row.arg].first, 0), part);
        });
        break;
      case Kind::kChain:
        members(work, [&](const Part& part) { payload(schema_.chains[row.arg], at, part); });
        break;
      default:
        break;
    }
  }

  template <typename Make>
  void members(Work& work, const Make& make) {
    if (!work.listed) {
      work.listed = true;
      for (const auto& part : work.part.parts) {
        make(part);
      }
    }
  }

  void payload(const Chain& chain, NodeRef at, const Part& part) {
    const auto layout = payload_layout(chain, part.type);
    if (!part.body) {
      fill(layout, group(at, schema_.layouts[layout].first, part.type), part);
      return;
    }
    Bytes octets(2);
    append_uint(octets, part.body->size() + kGenericHeader, 2);
    append(octets, *part.body);
    decode_layout(schema_, layout, octets, tree_, roles_);
    const auto tops = document_.import(tree_, at, end_of(at));
    if (tops.size() == 1) {
      document_.values_[tops.front()].tag = part.type;
      for (const auto node : document_.walk(tops.front())) {
        const auto role = document_.row(node).role;
        if (role != Role::kNone && document_.value(node).width > 0) {
          roles_[static_cast<std::size_t>(role)] =
              static_cast<std::uint32_t>(document_.value(node).number);
        }
      }
    } else {
      fail(fmt::format("the body of payload {} is not one payload", part.type));
    }
  }

  void attribute(LayoutId set, NodeRef at, const Part& part) {
    const auto row = attribute_row(schema_, set, part.type);
    if (row != kNoRow && schema_.rows[row].kind == Kind::kInclude) {
      const auto known = attribute_rows(schema_, set);
      const auto ref   = group(at, schema_.layouts[set].first, part.type);
      document_.add_number(ref, 0, known.type, part.type, 2);
      document_.add_number(ref, 1, known.length, 0, 2);
      Work work{part, std::vector<bool>(part.values.size())};
      enter(schema_.rows[row].arg, ref, work);
      return;
    }
    if (part.values.size() != 1) {
      fail(fmt::format("attribute {} has one value", part.type));
      return;
    }
    const auto& value = part.values.front().value;
    const auto octets =
        value.index() == 0
            ? attribute_octets(schema_, set, part.type, std::get<0>(value))
            : attribute_octets(schema_, set, part.type, ByteView(std::get<1>(value)));
    decode_attributes(schema_, set, octets, tree_, roles_);
    (void)document_.import(tree_, at, end_of(at));
  }

  void items(RowId row, NodeRef at, Work& work) {
    members(work, [&](const Part& part) {
      Value value;
      value.row = row;
      if (part.values.size() == 1 && part.values.front().value.index() == 1) {
        value.octets = Secret(ByteView(std::get<1>(part.values.front().value)));
      } else {
        fail(fmt::format("{} is octets", schema_.rows[row].label));
      }
      document_.add(at, end_of(at), std::move(value));
    });
  }

  void leaf(RowId row_id, NodeRef at, Work& work) {
    const auto& row      = schema_.rows[row_id];
    const auto& settings = work.part.values;
    const Setting* given = nullptr;
    for (std::size_t i = 0; i < settings.size() && given == nullptr; ++i) {
      if (!work.used[i] && settings[i].row == row_id) {
        work.used[i] = true;
        given        = &settings[i];
      }
    }
    if (given == nullptr && (fixed_size(row) == 0 || row.kind == Kind::kResync)) {
      return;
    }
    if (is_number(row.kind) && row.width > 0) {
      number(row_id, at, given);
      return;
    }
    Value value;
    value.row = row_id;
    Bytes octets(given == nullptr ? fixed_size(row) : 0);
    if (given != nullptr && given->value.index() == 1) {
      octets = std::get<1>(given->value);
    } else if (given != nullptr) {
      append_uint(octets, std::get<0>(given->value), fixed_size(row));
    }
    if (fixed_size(row) != 0 && octets.size() != fixed_size(row)) {
      fail(fmt::format("{} has {} octets, not {}", row.label, fixed_size(row), octets.size()));
    }
    value.octets = Secret(ByteView(octets));
    document_.add(at, end_of(at), std::move(value));
  }

  void number(RowId row_id, NodeRef at, const Setting* given) {
    const auto& row      = schema_.rows[row_id];
    std::uint64_t number = 0;
    if (given != nullptr) {
      number = given->value.index() == 0 ? std::get<0>(given->value)
                                         : to_uint(std::get<1>(given->value));
    }
    if (row.width < sizeof(number) && number >> (8U * row.width) != 0) {
      fail(fmt::format("{} does not fit the {} octets of {}", number, row.width, row.label));
    }
    if (row.role != Role::kNone) {
      roles_[static_cast<std::size_t>(row.role)] = static_cast<std::uint32_t>(number);
    }
    document_.add_number(at, end_of(at), row_id, number, row.width);
  }

  // The choice itself is noted by the linker, which walks in the same order.
  [[nodiscard]] LayoutId choose(SelectorId id) const {
    const auto& selector = schema_.selectors[id];
    const auto mask      = selector.mask == 0 ? ~std::uint32_t{0} : selector.mask;
    const auto value     = roles_[static_cast<std::size_t>(selector.role)] & mask;
    const auto found     = std::find_if(selector.cases.begin(), selector.cases.end(),
                                        [value](const Case& c) { return c.value == value; });
    return found == selector.cases.end() ? selector.otherwise : found->layout;
  }

  [[nodiscard]] std::size_t end_of(NodeRef ref) const {
    return document_.value(ref).children.size();
  }

  [[nodiscard]] bool is_grouped(LayoutId id) const {
    const auto& layout = schema_.layouts[id];
    return layout.count > 0 && schema_.rows[layout.first].kind == Kind::kGroup;
  }

  void fail(std::string text) {
    if (error_.empty()) {
      error_ = std::move(text);
    }
  }

  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const Schema& schema_;
  Document document_;
  Tree tree_;  // of one payload or attribute after the other
  Roles roles_{};
  bool listed_ = false;
  std::string error_;
};

Part attribute(std::uint32_t type, std::uint64_t number) {
  return {type, {{kNoRow, number}}, {}, {}};
}

Part attribute(std::uint32_t type, Bytes octets) {
  return {type, {{kNoRow, std::move(octets)}}, {}, {}};
}

Result<Document> compose(const Schema& schema, const Part& message) {
  return Composer(schema).message(message);
}

}  // namespace gdoi::wire
