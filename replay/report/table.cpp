#include "report/table.h"

#include <algorithm>

namespace gdoi::report {

namespace {

constexpr std::size_t kMargin = 2;  // before the first column
constexpr std::size_t kGap    = 2;  // between columns
constexpr std::size_t kIndent = 5;  // of what stands under a row

}  // namespace

void Table::add(std::vector<Cell> cells, std::vector<Below> below) {
  cells.resize(columns_.size());
  rows_.push_back({std::move(cells), std::move(below)});
}

Table::Layout Table::layout(std::size_t width) const {
  Layout layout{std::vector<std::size_t>(columns_.size()),
                std::vector<bool>(columns_.size(), true)};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    layout.widths[i] = columns_of(columns_[i].head);
    for (const auto& row : rows_) {
      layout.widths[i] = std::max(layout.widths[i], columns_of(row.cells[i].text));
    }
  }
  while (true) {
    std::size_t total = kMargin;
    std::size_t worst = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!layout.shown[i]) {
        continue;
      }
      total += layout.widths[i] + kGap;
      if (columns_[i].rank > (worst == columns_.size() ? 0 : columns_[worst].rank)) {
        worst = i;
      }
    }
    if (total - kGap <= width || worst == columns_.size()) {
      return layout;
    }
    layout.shown[worst] = false;
  }
}

std::string Table::line(const Style& style, const Layout& layout,
                        const std::vector<Cell>& cells) const {
  std::string out(kMargin, ' ');
  std::size_t due = 0;  // blanks that are only needed if something follows
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!layout.shown[i]) {
      continue;
    }
    const auto fill = layout.widths[i] - columns_of(cells[i].text);
    const auto left = columns_[i].right ? fill : 0;
    if (!cells[i].text.empty()) {
      out.append(due + left, ' ');
      out += paint(style, cells[i].colour, cells[i].text);
      due = 0;
    } else {
      due += left;
    }
    due += fill - left + kGap;
  }
  return out + '\n';
}

std::string Table::left_out(const Layout& layout, const Row& row) const {
  std::string out;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!layout.shown[i] && !row.cells[i].text.empty()) {
      out += (out.empty() ? "" : ", ") + columns_[i].head + ' ' + row.cells[i].text;
    }
  }
  return out;
}

std::string Table::text(const Style& style) const {
  const auto placed = layout(style.width);
  std::vector<Cell> heads;
  heads.reserve(columns_.size());
  for (const auto& column : columns_) {
    heads.push_back({column.head, Colour::kDim});
  }
  auto out = line(style, placed, heads);
  for (const auto& row : rows_) {
    out += line(style, placed, row.cells);
    out += wrap(left_out(placed, row), style.width, kIndent);
    for (const auto& below : row.below) {
      const auto lines = wrap(below.text, style.width, kIndent);
      // The colour ends before the line feed, so that nothing after it is coloured.
      out += lines.empty()
                 ? ""
                 : paint(style, below.colour, std::string_view(lines).substr(0, lines.size() - 1)) +
                       '\n';
    }
  }
  return out;
}

}  // namespace gdoi::report
