#pragma once

#include "protocol/registration/registration.h"

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
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

  /// Registration::id and Registration::first_frame, without taking it out.
  [[nodiscard]] std::uint32_t id_at(std::size_t place) const { return packed_[place].id; }

  [[nodiscard]] std::uint64_t first_frame_at(std::size_t place) const {
    return packed_[place].first_frame;
  }

  void add(Registration one);

  /// Puts another in its place, which must be there.
  void set(std::size_t place, Registration one);

  /// Keeps those places, in that order; each may be named once.
  void arrange(std::span<const std::size_t> places);

  void clear();

 private:
  struct Octets {
    std::unique_ptr<std::uint8_t[]> data;
    std::uint32_t size        = 0;
    std::uint32_t id          = 0;
    std::uint64_t first_frame = 0;
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
