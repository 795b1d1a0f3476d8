#pragma once

#include <nlohmann/json.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace gdoi::report {

/// Keys stay in the order in which they are written.
using Json = nlohmann::ordered_json;

/// Writes an object member by member, as Json::dump(2) would write it whole.
class Document {
 public:
  explicit Document(std::ostream& out) : out_(out) { out_ << "{"; }

  Document(const Document&)            = delete;
  Document& operator=(const Document&) = delete;
  Document(Document&&)                 = delete;
  Document& operator=(Document&&)      = delete;

  ~Document() { out_ << "\n}\n"; }

  void member(std::string_view name, const Json& value) {
    key(name);
    out_ << text(value, "  ");
  }

  void begin_list(std::string_view name) {
    key(name);
    out_ << '[';
    empty_ = true;
  }

  void item(const Json& value) {
    out_ << (std::exchange(empty_, false) ? "\n    " : ",\n    ") << text(value, "    ");
  }

  void end_list() { out_ << (empty_ ? "]" : "\n  ]"); }

 private:
  void key(std::string_view name) {
    out_ << (std::exchange(first_, false) ? "" : ",") << "\n  \"" << name << "\": ";
  }

  // A line feed inside a value is escaped; those that are there part lines.
  static std::string text(const Json& value, std::string_view indent) {
    // A file name need not be UTF-8.
    const auto plain = value.dump(2, ' ', false, Json::error_handler_t::replace);
    std::string out;
    for (const auto character : plain) {
      out += character;
      if (character == '\n') {
        out += indent;
      }
    }
    return out;
  }

  std::ostream& out_;
  bool first_ = true;
  bool empty_ = true;
};

}  // namespace gdoi::report
