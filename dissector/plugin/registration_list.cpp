#include "plugin/registrations.h"
#include "plugin/statistics.h"
#include "protocol/base/text.h"
#include "protocol/registration/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <unordered_map>
#include <unordered_set>

extern "C" {
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
}

namespace gdoi::plugin {
namespace {

using registration::Outcome;
using registration::Registration;

constexpr const char* kOption      = "gdoi,list";
constexpr std::size_t kColumns     = 100;
constexpr std::size_t kIndent      = 6;
constexpr std::int64_t kNsPerMicro = 1'000;

/// One `-z gdoi,list`.
struct List {
  std::string filter;
  std::int64_t begun_ns = 0;                             ///< when tshark started
  std::unordered_set<std::uint32_t> wanted;              ///< by number: with a message that passed
  std::unordered_map<std::uint32_t, Outcome> announced;  ///< while the capture went on
  std::string printed;                                   ///< the list as it was printed last
};

// Wireshark keeps pointers to them.
std::deque<List>& lists() {
  static std::deque<List> all;
  return all;
}

std::string outcome_text(const Registration& one) {
  return std::string(name_of(one.outcome)) + step_in_brackets(one);
}

bool is_wanted(const List& list, const Registration& one) {
  return list.filter.empty() || list.wanted.contains(one.number);
}

std::string text_of(const List& list) {
  const auto& all = registrations_in_the_end();
  registration::Widths widths;
  std::size_t of_outcome = 0;
  std::size_t count      = 0;
  for (const auto& one : all) {
    if (is_wanted(list, one)) {
      widths.measure(one);
      of_outcome = std::max(of_outcome, outcome_text(one).size());
      ++count;
    }
  }
  const std::string rule(kColumns, '=');
  auto text = fmt::format("\n{}\nGDOI registrations: {}\nFilter: {}\n", rule, grouped(count),
                          list.filter.empty() ? "<No Filter>" : list.filter);
  const auto digits = fmt::to_string(all.last_number()).size();
  for (const auto& one : all) {
    if (is_wanted(list, one)) {
      text +=
          fmt::format("{:>{}}  {}{:{}}  try {}\n", one.number, digits,
                      line_before_outcome(one, widths), outcome_text(one), of_outcome, one.attempt);
      text += wrap(reason_text(one), kColumns, kIndent);
      text += wrap(diagnosis_text(one), kColumns, kIndent);
    }
  }
  return text + rule + '\n';
}

void print_list(void* to) {
  auto& list = *static_cast<List*>(to);
  try {
    if (auto text = text_of(list); text != list.printed) {
      (void)std::fputs(text.c_str(), stdout);
      list.printed = std::move(text);
    }
  } catch (...) {
    report_failure("GDOI: out of memory while listing the registrations");
  }
}

// What comes from an interface is later than the start of the program; what a file holds is not.
bool is_live(const List& list, const packet_info* pinfo, const Reading& reading) {
  return reading.is_new && time_of(pinfo) >= list.begun_ns;
}

void announce(List& list, std::uint32_t number) {
  const auto& all = registrations_by_now();
  if (number > all.size()) {
    return;
  }
  const auto one              = all[number - 1];
  const auto [before, is_new] = list.announced.try_emplace(number, Outcome::kIncomplete);
  if (one.outcome == before->second) {
    return;
  }
  before->second = one.outcome;
  if (one.outcome != Outcome::kIncomplete) {
    (void)std::fputs((line_before_outcome(one) + outcome_text(one) + '\n').c_str(), stdout);
    (void)std::fflush(stdout);
  }
}

tap_packet_status take_message(void* to, packet_info* pinfo, epan_dissect_t* /*edt*/,
                               const void* data, tap_flags_t /*flags*/) {
  const auto& reading = *static_cast<const Reading*>(data);
  const auto* told    = reading.frame.told;
  if (told == nullptr || told->registration == 0) {
    return TAP_PACKET_DONT_REDRAW;
  }
  auto& list = *static_cast<List*>(to);
  try {
    list.wanted.insert(told->registration);
    if (is_live(list, pinfo, reading)) {
      announce(list, told->registration);
    }
  } catch (...) {
    report_failure("GDOI: out of memory while listing the registrations");
  }
  return TAP_PACKET_DONT_REDRAW;
}

// "gdoi,list" or "gdoi,list,FILTER".
List* make_list(const char* option) {
  try {
    auto& list         = lists().emplace_back();
    const auto text    = std::string_view(option);
    const auto to_skip = std::string_view(kOption).size() + 1;
    list.filter        = text.size() > to_skip ? text.substr(to_skip) : std::string_view();
    list.begun_ns      = g_get_real_time() * kNsPerMicro;
    return &list;
  } catch (...) {
    return nullptr;
  }
}

GString* listen(const char* option) {
  auto* list = make_list(option);
  if (list == nullptr) {
    return g_string_new("out of memory");
  }
  return register_tap_listener(kTap, list, list->filter.empty() ? nullptr : list->filter.c_str(),
                               TL_REQUIRES_NOTHING, nullptr, take_message, print_list, nullptr);
}

bool begin(const char* option) {
  auto* problem = listen(option);
  if (problem == nullptr) {
    return true;
  }
  report_failure("Couldn't register %s tap: %s", kOption, problem->str);
  g_string_free(problem, TRUE);
  return false;
}

#if GDOI_WIRESHARK_AT_LEAST(4, 5)
bool begin_list(const char* option, void* /*data*/) {
  return begin(option);
}
#else
// As Wireshark's own do: there is nobody here to tell it.
void begin_list(const char* option, void* /*data*/) {
  if (!begin(option)) {
    std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing runs beside it yet
  }
}
#endif

}  // namespace

void register_registration_list() {
  static tap_param filter{PARAM_FILTER, "filter", "Filter", nullptr, TRUE};
  static stat_tap_ui list{
      REGISTER_PACKET_STAT_GROUP_UNSORTED, nullptr, kOption, begin_list, 1, &filter};
  register_stat_tap_ui(&list, nullptr);
}

}  // namespace gdoi::plugin
