#include "protocol/registration/ledger.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace gdoi::registration {

namespace {

// The members of each structure, all of them: a structured binding does not compile where one is
// missing.
template <typename Archive, typename One>
void members_of_endpoint(Archive& archive, One& one) {
  auto& [family, address, port] = one;
  archive(family, address, port);
}

template <typename Archive, typename One>
void members_of_signs(Archive& archive, One& one) {
  auto& [exchange, number, frame, asked_ns, watched_ns, sent, octets, gm_stopped, ending_frame,
         ending_proved, notice_frame, notice_type, notice_proved, answer_frame, repeated_frame,
         repeats_after, restart_frame, restart_gap_ns, one_sided_frame, port_frame, port_before,
         port_after, late_frame, late_ns, late_number, sides_differ_frame, initial_contact_frame,
         lost_fragments_frame, half_open] = one;
  archive(exchange, number, frame, asked_ns, watched_ns, sent, octets, gm_stopped, ending_frame,
          ending_proved, notice_frame, notice_type, notice_proved, answer_frame, repeated_frame,
          repeats_after, restart_frame, restart_gap_ns, one_sided_frame, port_frame, port_before,
          port_after, late_frame, late_ns, late_number, sides_differ_frame, initial_contact_frame,
          lost_fragments_frame, half_open);
}

constexpr std::uint8_t kContinues = 0x80;
constexpr unsigned kVarintBits    = 7;

// Small numbers of either sign become small numbers.
std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63U);
}

std::int64_t unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>((number >> 1U) ^ (~(number & 1U) + 1U));
}

}  // namespace

/// Writes into the scratch buffer, or reads packed octets; the order is written down once.
class Packer {
 public:
  Packer(Ledger& ledger, Bytes& out) : ledger_(&ledger), out_(&out) {}

  Packer(const Ledger& ledger, ByteView from) : words_(&ledger.words_), from_(from) {}

  void registration(Registration& one) {
    auto& [number, gm, ks, initiator_cookie, message_id, first_frame, group, gm_version, phase1,
           outcome, how, notify_type, step, reason, evidence, attempt, lifetimes, uses, rekey,
           frames, started_ns, ended_ns, decrypted, signs, diagnosis] = one;
    (*this)(number, gm, ks, initiator_cookie, message_id, first_frame, group, gm_version, phase1,
            outcome, how, notify_type);
    shared(step);
    (*this)(reason, evidence, attempt, lifetimes, uses, rekey, frames, started_ns, ended_ns,
            decrypted, signs, diagnosis);
  }

  template <typename... Each>
  void operator()(Each&... each) {
    (one(each), ...);
  }

 private:
  [[nodiscard]] bool reads() const { return out_ == nullptr; }

  void put(std::uint64_t number) {
    while (number >= kContinues) {
      out_->push_back(static_cast<std::uint8_t>(number | kContinues));
      number >>= kVarintBits;
    }
    out_->push_back(static_cast<std::uint8_t>(number));
  }

  std::uint64_t get() {
    std::uint64_t number = 0;
    for (unsigned shift = 0;; shift += kVarintBits) {
      const auto octet = from_[at_++];
      number |= static_cast<std::uint64_t>(octet & ~kContinues) << shift;
      if ((octet & kContinues) == 0) {
        return number;
      }
    }
  }

  template <typename Number>
    requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
  void one(Number& number) {
    if constexpr (std::is_signed_v<Number>) {
      if (reads()) {
        number = static_cast<Number>(unzigzag(get()));
      } else {
        put(zigzag(number));
      }
    } else if (reads()) {
      number = static_cast<Number>(get());
    } else {
      put(static_cast<std::uint64_t>(number));
    }
  }

  template <std::size_t Size>
  void one(std::array<std::uint8_t, Size>& octets) {
    raw(octets.data(), Size);
  }

  void raw(void* octets, std::size_t size) {
    if (size == 0) {
      return;
    }
    if (reads()) {
      std::memcpy(octets, from_.data() + at_, size);
      at_ += size;
    } else {
      const auto* const begin = static_cast<const std::uint8_t*>(octets);
      out_->insert(out_->end(), begin, begin + size);
    }
  }

  std::size_t size_of(std::size_t size) {
    if (reads()) {
      return get();
    }
    put(size);
    return size;
  }

  void one(std::string& text) {
    text.resize(size_of(text.size()));
    raw(text.data(), text.size());
  }

  void one(Bytes& octets) {
    octets.resize(size_of(octets.size()));
    raw(octets.data(), octets.size());
  }

  // Names of features and facts: they stand in constant tables, so the view itself is kept.
  void one(std::string_view& text) { raw(&text, sizeof(std::string_view)); }

  void shared(std::string& text) {
    if (reads()) {
      text = *(*words_)[get()];
    } else {
      put(ledger_->word(text));
    }
  }

  template <typename T>
  void one(std::optional<T>& value) {
    bool there = value.has_value();
    one(there);
    if (reads()) {
      value.reset();
      if (there) {
        value.emplace();
      }
    }
    if (there) {
      one(*value);
    }
  }

  // Frames mostly follow each other.
  void one(std::vector<std::uint64_t>& numbers) {
    numbers.resize(size_of(numbers.size()));
    std::uint64_t before = 0;
    for (auto& number : numbers) {
      auto step = static_cast<std::int64_t>(number - before);
      one(step);
      number = before + static_cast<std::uint64_t>(step);
      before = number;
    }
  }

  template <typename T>
  void one(std::vector<T>& items) {
    items.resize(size_of(items.size()));
    for (auto& item : items) {
      one(item);
    }
  }

  void one(exchange::Endpoint& endpoint) { members_of_endpoint(*this, endpoint); }

  void one(Signs& signs) { members_of_signs(*this, signs); }

  void one(Group& group) {
    auto& [id_type, octets, text, remark] = group;
    (*this)(id_type, octets);
    shared(text);
    shared(remark);
  }

  void one(getvpn::Version& version) {
    auto& [raw_number] = version;
    one(raw_number);
  }

  void one(GmVersion& version) {
    auto& [source, number, rule, synthetic, frame] = version;
    (*this)(source, number);
    shared(rule);
    (*this)(synthetic, frame);
  }

  void one(Phase1& phase1) {
    auto& [state, offered, chosen, auth] = phase1;
    shared(state);
    offered.resize(size_of(offered.size()));
    std::ranges::for_each(offered, [&](auto& each) { shared(each); });
    shared(chosen);
    shared(auth);
  }

  void one(Lifetimes& lifetimes) {
    auto& [kek, teks] = lifetimes;
    (*this)(kek, teks);
  }

  void one(RekeyStart& rekey) {
    auto& [kek, sequence, sender_ids] = rekey;
    (*this)(kek, sequence, sender_ids);
  }

  void one(Use& use) {
    auto& [feature, text, frame] = use;
    one(feature);
    shared(text);
    one(frame);
  }

  void one(Explanation& explanation) {
    auto& [cause, grade] = explanation;
    (*this)(cause, grade);
  }

  void one(Evidence& evidence) {
    auto& [fact, text, frames] = evidence;
    (*this)(fact, text, frames);
  }

  void one(Diagnosis& diagnosis) {
    auto& [best, alternatives, evidence, seen, why] = diagnosis;
    (*this)(best, alternatives, evidence, seen, why);
  }

  Ledger* ledger_                               = nullptr;
  Bytes* out_                                   = nullptr;
  const std::vector<const std::string*>* words_ = nullptr;
  ByteView from_;
  std::size_t at_ = 0;
};

Ledger::Ledger(std::initializer_list<Registration> all) {
  for (const auto& one : all) {
    add(one);
  }
}

Ledger::Ledger(const Ledger& other) {
  for (const auto& one : other) {
    add(one);
  }
}

Ledger& Ledger::operator=(const Ledger& other) {
  if (this != &other) {
    *this = Ledger(other);
  }
  return *this;
}

std::uint32_t Ledger::word(const std::string& text) {
  const auto [found, made] =
      word_index_.try_emplace(text, static_cast<std::uint32_t>(words_.size()));
  if (made) {
    words_.push_back(&found->first);
  }
  return found->second;
}

// One list of members serves both ways; writing changes none.
Ledger::Octets Ledger::pack(Registration& one) {
  scratch_.clear();
  Packer(*this, scratch_).registration(one);
  Octets octets;
  octets.data   = std::make_unique_for_overwrite<std::uint8_t[]>(scratch_.size());
  octets.size   = static_cast<std::uint32_t>(scratch_.size());
  octets.number = one.number;
  std::ranges::copy(scratch_, octets.data.get());
  return octets;
}

Registration Ledger::operator[](std::size_t place) const {
  const auto& octets = packed_[place];
  Registration one;
  Packer(*this, {octets.data.get(), octets.size}).registration(one);
  return one;
}

std::optional<std::size_t> Ledger::find(std::uint32_t number) const {
  const auto found = std::ranges::lower_bound(packed_, number, {}, &Octets::number);
  return found != packed_.end() && found->number == number
             ? std::optional(static_cast<std::size_t>(found - packed_.begin()))
             : std::nullopt;
}

void Ledger::add(Registration one) {
  packed_.push_back(pack(one));
}

void Ledger::set(std::size_t place, Registration one) {
  packed_[place] = pack(one);
}

void Ledger::drop(const std::unordered_set<std::uint32_t>& numbers) {
  std::erase_if(packed_, [&](const Octets& one) { return numbers.contains(one.number); });
}

void Ledger::clear() {
  packed_.clear();
  words_.clear();
  word_index_.clear();
}

}  // namespace gdoi::registration
