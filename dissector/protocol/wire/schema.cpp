#include "protocol/wire/schema.h"

namespace gdoi::wire {

AttributeRows attribute_rows(const Schema& schema, LayoutId set) {
  const auto& layout = schema.layouts[set];
  auto length        = static_cast<RowId>(layout.first + 2);
  while (schema.rows[length].kind == Kind::kBit) {
    ++length;
  }
  return {static_cast<RowId>(layout.first + 1), length, static_cast<RowId>(length + 1)};
}

RowId attribute_row(const Schema& schema, LayoutId set, std::uint32_t type) {
  const auto& layout = schema.layouts[set];
  const auto end     = layout.first + layout.count;
  for (auto row = static_cast<RowId>(attribute_rows(schema, set).value + 1); row < end; ++row) {
    if (schema.rows[row].key == type && schema.rows[row].kind != Kind::kBit) {
      return row;
    }
  }
  return kNoRow;
}

}  // namespace gdoi::wire
