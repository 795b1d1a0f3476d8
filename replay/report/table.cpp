#include "report/table.h"

#include <algorithm>
#include <iterator>

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

std::string Table::text(const Style& style) const {
  StreamedTable table(columns_);
  for (const auto& row : rows_) {
    table.measure(row.cells);
  }
  std::string out;
  for (const auto& row : rows_) {
    out += table.row(style, row.cells, row.below);
  }
  return out;
}

StreamedTable::StreamedTable(std::vector<Column> columns) : columns_(std::move(columns)) {
  std::ranges::transform(columns_, std::back_inserter(widths_),
                         [](const Column& column) { return columns_of(column.head); });
}

void StreamedTable::measure(const std::vector<Cell>& cells) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths_[i] = std::max(widths_[i], columns_of(cells[i].text));
  }
}

void StreamedTable::place(std::size_t width) {
  shown_.assign(columns_.size(), true);
  while (true) {
    std::size_t total = kMargin;
    std::size_t worst = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!shown_[i]) {
        continue;
      }
      total += widths_[i] + kGap;
      if (columns_[i].rank > (worst == columns_.size() ? 0 : columns_[worst].rank)) {
        worst = i;
      }
    }
    if (total - kGap <= width || worst == columns_.size()) {
      return;
    }
    shown_[worst] = false;
  }
}

std::string StreamedTable::line(const Style& style, const std::vector<Cell>& cells) const {
  std::string out(kMargin, ' ');
  std::size_t due = 0;  // blanks that are only needed if something follows
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!shown_[i]) {
      continue;
    }
    const auto fill = widths_[i] - columns_of(cells[i].text);
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

std::string StreamedTable::left_out(const std::vector<Cell>& cells) const {
  std::string out;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!shown_[i] && !cells[i].text.empty()) {
      out += (out.empty() ? "" : ", ") + columns_[i].head + ' ' + cells[i].text;
    }
  }
  return out;
}

std::string StreamedTable::row(const Style& style, const std::vector<Cell>& cells,
                               const std::vector<Below>& below) {
  std::string out;
  if (shown_.empty()) {
    place(style.width);
    std::vector<Cell> heads;
    std::ranges::transform(columns_, std::back_inserter(heads), [](const Column& column) {
      return Cell{column.head, Colour::kDim};
    });
    out += line(style, heads);
  }
  out += line(style, cells);
  out += wrap(left_out(cells), style.width, kIndent);
  for (const auto& each : below) {
    const auto lines = wrap(each.text, style.width, kIndent);
    // The colour ends before the line feed, so that nothing after it is coloured.
    out +=
        lines.empty()
            ? ""
            : paint(style, each.colour, std::string_view(lines).substr(0, lines.size() - 1)) + '\n';
  }
  return out;
}

}  // namespace gdoi::report
