#pragma once

#include "report/text.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace gdoi::report {

struct Cell {
  std::string text;
  Colour colour = Colour::kNone;
};

struct Column {
  std::string head;
  bool right = false;  ///< numbers
  /// Where the table is too wide, the column with the highest rank over 0 leaves it first; its
  /// cells are then told below their rows.
  unsigned rank = 0;
};

/// Lines under a row, wrapped.
struct Below {
  std::string text;
  Colour colour = Colour::kNone;
};

/// The same for rows that are not all held: each is measured, and then each is made.
class StreamedTable {
 public:
  explicit StreamedTable(std::vector<Column> columns);

  /// Before the first row(); one cell for each column.
  void measure(const std::vector<Cell>& cells);

  /// A row with what stands under it; before the first one also the line of heads.
  [[nodiscard]] std::string row(const Style& style, const std::vector<Cell>& cells,
                                const std::vector<Below>& below = {});

 private:
  void place(std::size_t width);
  [[nodiscard]] std::string line(const Style& style, const std::vector<Cell>& cells) const;
  [[nodiscard]] std::string left_out(const std::vector<Cell>& cells) const;

  std::vector<Column> columns_;
  std::vector<std::size_t> widths_;
  std::vector<bool> shown_;  ///< empty before the first row
};

/// A table of text whose columns are as wide as what they hold.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// One cell for each column.
  void add(std::vector<Cell> cells, std::vector<Below> below = {});

  [[nodiscard]] bool empty() const { return rows_.empty(); }

  [[nodiscard]] std::string text(const Style& style) const;

 private:
  struct Row {
    std::vector<Cell> cells;
    std::vector<Below> below;
  };

  std::vector<Column> columns_;
  std::vector<Row> rows_;
};

}  // namespace gdoi::report
