#include "plugin/registrations.h"
#include "plugin/statistics.h"
#include "protocol/registration/words.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

extern "C" {
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
}

namespace gdoi::plugin {
namespace {

using registration::Outcome;
using registration::Registration;

constexpr const char* kTitle = "GDOI Registrations";

/// Columns. Wireshark's window shows the first four when it opens.
enum Column : guint {
  kGm,
  kGroup,
  kLast,
  kCause,
  kRegistered,
  kRefused,
  kNoAnswer,
  kIncomplete,
  kVersion,
  kLastFrame,
  kKs,
  kColumnCount
};

constexpr stat_tap_table_item text_column(const char* name, const char* format) noexcept {
  return {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, name, format};
}

constexpr stat_tap_table_item number_column(const char* name, const char* format) noexcept {
  return {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, name, format};
}

// tshark puts the names above the texts as they are: as wide as these, they stand above them.
constinit std::array<stat_tap_table_item, kColumnCount> columns{
    text_column("GM             ", "%-15s"),
    text_column("Group     ", "%-10s"),
    text_column("Last outcome           ", "%-23s"),
    text_column("Cause                              ", "%-35s"),
    number_column("Registered", "%10u"),
    number_column("Refused", "%7u"),
    number_column("No answer", "%9u"),
    number_column("Incomplete", "%10u"),
    text_column("GM version        ", "%-18s"),
    number_column("In frame", "%8u"),
    text_column("KS             ", "%-15s"),
};

/// What the table has so far. There is one at a time.
struct Counted {
  stat_tap_table* table = nullptr;
  std::map<std::array<std::string, 3>, guint> rows;  ///< by GM, group, KS
  std::unordered_set<std::uint32_t> seen;            ///< by number
  std::vector<std::uint32_t> waiting;                ///< seen, and to be counted in the end
  bool listens = false;                              ///< for the end
};

Counted& counted() {
  static Counted all;
  return all;
}

stat_tap_table_item_type& cell(stat_tap_table& table, guint row, Column column) {
  return *stat_tap_get_field_data(&table, row, column);
}

void write(stat_tap_table& table, guint row, Column column, const std::string& text) {
  auto& to = cell(table, row, column);
  g_free(const_cast<char*>(to.value.string_value));
  to.value.string_value = g_strdup(text.c_str());
}

guint row_of(Counted& now, const Registration& one) {
  const std::array key{exchange::address_text(one.gm), group_text(one),
                       exchange::address_text(one.ks)};
  const auto [place, is_new] = now.rows.try_emplace(key, static_cast<guint>(now.rows.size()));
  if (is_new) {
    std::array<stat_tap_table_item_type, kColumnCount> cells{};
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells.at(i).type = columns.at(i).type;
    }
    stat_tap_init_table_row(now.table, place->second, kColumnCount, cells.data());
    write(*now.table, place->second, kGm, key[0]);
    write(*now.table, place->second, kGroup, key[1]);
    write(*now.table, place->second, kKs, key[2]);
    write(*now.table, place->second, kCause, {});
  }
  return place->second;
}

Column column_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kRegistered:
      return kRegistered;
    case Outcome::kRefused:
      return kRefused;
    case Outcome::kNoAnswer:
      return kNoAnswer;
    case Outcome::kIncomplete:
      break;
  }
  return kIncomplete;
}

void count(Counted& now, std::uint32_t number) {
  const auto found = registration_in_the_end(number);
  if (!found || now.table == nullptr) {
    return;
  }
  const auto& one = *found;
  const auto row  = row_of(now, one);
  ++cell(*now.table, row, column_of(one.outcome)).value.uint_value;
  auto& last_frame = cell(*now.table, row, kLastFrame).value.uint_value;
  if (one.first_frame < last_frame) {
    return;
  }
  last_frame = static_cast<guint>(one.first_frame);
  write(*now.table, row, kVersion, one.gm_version.text());
  write(*now.table, row, kLast, std::string(name_of(one.outcome)) + step_in_brackets(one));
  if (const auto& best = one.diagnosis.best) {
    write(*now.table, row, kCause,
          std::string(title_of(best->cause)) + ": " + std::string(name_of(best->grade)));
  }
}

void count_waiting(void* to) {
  auto& now = *static_cast<Counted*>(to);
  try {
    for (const auto number : now.waiting) {
      count(now, number);
    }
    now.waiting.clear();
  } catch (...) {
    report_failure("GDOI: out of memory while counting the registrations");
  }
}

tap_packet_status nothing(void* /*to*/, packet_info* /*pinfo*/, epan_dissect_t* /*edt*/,
                          const void* /*data*/, tap_flags_t /*flags*/) {
  return TAP_PACKET_DONT_REDRAW;
}

// While tshark reads a file once, what a registration became is only known in the end, and a table
// has no function that is called before it is shown. So we listen, too: who came last is drawn
// first.
void wait_for_the_end(Counted& now) {
  if (now.listens) {
    return;
  }
  now.listens         = true;
  auto* const problem = register_tap_listener(kTap, &now, nullptr, TL_REQUIRES_NOTHING, nullptr,
                                              nothing, count_waiting, nullptr);
  if (problem != nullptr) {
    g_string_free(problem, TRUE);
  }
}

bool note(Counted& now, std::uint32_t number, bool whole_file_is_known) {
  try {
    if (!now.seen.insert(number).second) {
      return false;
    }
    if (whole_file_is_known) {
      count(now, number);
      return false;
    }
    now.waiting.push_back(number);
    return true;
  } catch (...) {
    report_failure("GDOI: out of memory while counting the registrations");
    return false;
  }
}

tap_packet_status take_message(void* /*to*/, packet_info* /*pinfo*/, epan_dissect_t* /*edt*/,
                               const void* data, tap_flags_t /*flags*/) {
  const auto& reading = *static_cast<const Reading*>(data);
  const auto* told    = reading.frame.told;
  if (told == nullptr || told->registration == 0) {
    return TAP_PACKET_DONT_REDRAW;
  }
  auto& now = counted();
  if (note(now, told->registration, !reading.is_new)) {
    wait_for_the_end(now);
  }
  return TAP_PACKET_REDRAW;
}

void free_cell(stat_tap_table* /*table*/, guint /*row*/, guint /*column*/,
               stat_tap_table_item_type* item) {
  if (item->type == TABLE_ITEM_STRING) {
    g_free(const_cast<char*>(item->value.string_value));
    item->value.string_value = nullptr;
  }
}

// Rows go, too: which there are depends on the filter.
void reset(stat_tap_table* table) {
  for (guint row = 0; row < table->num_elements; ++row) {
    for (guint column = 0; column < table->num_fields; ++column) {
      free_cell(table, row, column, stat_tap_get_field_data(table, row, column));
    }
    g_free(table->elements[row]);
  }
  table->num_elements = 0;
  auto& now           = counted();
  now.rows.clear();
  now.seen.clear();
  now.waiting.clear();
}

void begin_table(stat_tap_table_ui* to) {
  auto* table = stat_tap_find_table(to, kTitle);
  if (table != nullptr) {
    reset(table);
  } else {
    table = stat_tap_init_table(kTitle, kColumnCount, 0, nullptr);
    stat_tap_add_table(to, table);
  }
  counted().table = table;
}

}  // namespace

void register_registration_table() {
  static tap_param filter{PARAM_FILTER, "filter", "Filter", nullptr, TRUE};
  static stat_tap_table_ui table{};
  table.group                       = REGISTER_PACKET_STAT_GROUP_UNSORTED;
  table.title                       = kTitle;
  table.tap_name                    = kTap;
  table.cli_string                  = "gdoi,stat";
  table.stat_tap_init_cb            = begin_table;
  table.packet_func                 = take_message;
  table.stat_tap_reset_table_cb     = reset;
  table.stat_tap_free_table_item_cb = free_cell;
  table.nfields                     = columns.size();
  table.fields                      = columns.data();
  table.nparams                     = 1;
  table.params                      = &filter;
  register_stat_tap_table_ui(&table);
}

}  // namespace gdoi::plugin
