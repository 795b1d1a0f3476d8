#pragma once

#include "protocol/registration/registration.h"

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gdoi::registration {

/// Registrations, packed: a capture may hold hundreds of thousands. About 400 octets each, where a
/// Registration with what hangs on it has 2,500. What is taken out is a copy.
class Ledger {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type        = Registration;
    using difference_type   = std::ptrdiff_t;
    using pointer           = void;
    using reference         = Registration;

    Iterator() = default;

    Iterator(const Ledger& ledger, std::size_t place) : ledger_(&ledger), place_(place) {}

    Registration operator*() const { return (*ledger_)[place_]; }

    Iterator& operator++() {
      ++place_;
      return *this;
    }

    void operator++(int) { ++place_; }

    bool operator==(const Iterator&) const = default;

   private:
    const Ledger* ledger_ = nullptr;
    std::size_t place_    = 0;
  };

  Ledger() = default;

  Ledger(std::initializer_list<Registration> all);
  Ledger(const Ledger& other);
  Ledger& operator=(const Ledger& other);
  Ledger(Ledger&&) noexcept            = default;
  Ledger& operator=(Ledger&&) noexcept = default;
  ~Ledger()                            = default;

  [[nodiscard]] std::size_t size() const { return packed_.size(); }

  [[nodiscard]] bool empty() const { return packed_.empty(); }

  /// The place must be there.
  [[nodiscard]] Registration operator[](std::size_t place) const;

  /// The first one; there must be one.
  [[nodiscard]] Registration front() const { return (*this)[0]; }

  [[nodiscard]] Iterator begin() const { return {*this, 0}; }

  [[nodiscard]] Iterator end() const { return {*this, size()}; }

  /// All of them at their full size.
  [[nodiscard]] std::vector<Registration> all() const { return {begin(), end()}; }

  /// The number of the last one; 0: there is none.
  [[nodiscard]] std::uint32_t last_number() const {
    return packed_.empty() ? 0 : packed_.back().number;
  }

  /// Where the one with that number is; nothing where it is not there.
  [[nodiscard]] std::optional<std::size_t> find(std::uint32_t number) const;

  /// Its number must be greater than that of the last one.
  void add(Registration one);

  /// Puts another with the same number in its place, which must be there.
  void set(std::size_t place, Registration one);

  /// Leaves out those with these numbers.
  void drop(const std::unordered_set<std::uint32_t>& numbers);

  void clear();

 private:
  struct Octets {
    std::unique_ptr<std::uint8_t[]> data;
    std::uint32_t size   = 0;
    std::uint32_t number = 0;
  };

  [[nodiscard]] Octets pack(Registration& one);
  [[nodiscard]] std::uint32_t word(const std::string& text);

  friend class Packer;

  std::vector<Octets> packed_;
  Bytes scratch_;
  /// Texts that registrations share, such as proposals.
  std::vector<const std::string*> words_;
  std::unordered_map<std::string, std::uint32_t> word_index_;
};

}  // namespace gdoi::registration
