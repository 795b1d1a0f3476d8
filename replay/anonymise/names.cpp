#include "anonymise/names.h"

#include "protocol/base/hex.h"
#include "protocol/crypto/der.h"

#include <algorithm>
#include <cctype>

namespace gdoi::anonymise {
namespace {

constexpr std::string_view kTestDomain = ".test";
constexpr std::size_t kNumberSize      = 4;       // of a group number
constexpr std::uint32_t kNumbersBefore = 10'000;  // the first made one is one more

// Of the two byte orders of a group number.
std::uint32_t smaller_reading(ByteView octets) {
  const auto big = static_cast<std::uint32_t>(to_uint(octets));
  return std::min(big, __builtin_bswap32(big));
}

// What stands in the place of words, by the first letter.
constexpr char kHost   = 'h';
constexpr char kDomain = 'd';
constexpr char kUser   = 'u';
constexpr char kText   = 'n';
constexpr char kDigits = '0';

bool is_text(ByteView octets) {
  return !octets.empty() && std::ranges::all_of(octets, [](std::uint8_t octet) {
    return octet >= 0x20 && octet < 0x7f;
  });
}

std::string text_of(ByteView octets) {
  return {octets.begin(), octets.end()};
}

// The last `size` digits of a number, with zeros before it.
std::string digits(std::uint64_t number, std::size_t size, unsigned base) {
  constexpr std::string_view kDigitNames = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string made(size, '0');
  for (auto at = made.rbegin(); at != made.rend(); ++at, number /= base) {
    *at = kDigitNames[number % base];
  }
  return made;
}

// Of exactly `size` characters: "h12xxx", or only a number where that has no room.
std::string word_of(char prefix, std::uint64_t number, std::size_t size) {
  constexpr unsigned kDecimal = 10;
  constexpr unsigned kLetters = 36;
  if (prefix == kDigits) {
    return digits(number, size, kDecimal);
  }
  auto made = prefix + std::to_string(number);
  if (made.size() > size) {
    return digits(number, size, kLetters);
  }
  made.resize(size, 'x');
  return made;
}

}  // namespace

NameMap::NameMap(AddressMap& addresses) : addresses_(addresses), last_number_(kNumbersBefore) {}

const Bytes& NameMap::keep(Kind kind, ByteView real, const Bytes& made, bool text) {
  const auto [place, added] = made_.try_emplace({kind, to_bytes(real)}, made);
  if (added) {
    const auto show = [text](ByteView octets) { return text ? text_of(octets) : to_hex(octets); };
    all_.push_back({kind, show(real), show(place->second)});
  }
  return place->second;
}

std::string NameMap::word(char prefix, std::string_view real, std::size_t size) {
  std::string key(real);
  std::ranges::transform(key, key.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto [place, added] = words_.try_emplace({prefix, key});
  if (added) {
    place->second = word_of(prefix, ++counters_[{prefix, size}], size);
  }
  return place->second;
}

std::string NameMap::domain(std::string_view real) {
  if (real.size() <= kTestDomain.size()) {
    return word(kDomain, real);
  }
  return word(kDomain, real, real.size() - kTestDomain.size()).append(kTestDomain);
}

Bytes NameMap::map_name(ByteView text) {
  const auto real = text_of(text);
  std::string made;
  if (const auto at = real.find('@'); at != std::string::npos) {
    made = word(kUser, real.substr(0, at)) + '@' + domain(real.substr(at + 1));
  } else if (const auto dot = real.find('.'); dot != std::string::npos) {
    made = word(kHost, real.substr(0, dot)) + '.' + domain(real.substr(dot + 1));
  } else {
    made = word(kText, real);
  }
  return keep(Kind::kName, text, to_bytes(bytes_of(made)), true);
}

void NameMap::know(ByteView key_id) {
  if (key_id.size() == kNumberSize) {
    known_numbers_.insert(smaller_reading(key_id));
  }
}

Bytes NameMap::number(ByteView octets) {
  const auto smaller        = smaller_reading(octets);
  const auto [place, added] = numbers_.try_emplace(smaller);
  while (added && (place->second == 0 || known_numbers_.contains(place->second))) {
    place->second = ++last_number_;
  }
  const bool big_endian = to_uint(octets) == smaller;
  Bytes made;
  append_uint(made, big_endian ? place->second : __builtin_bswap32(place->second), kNumberSize);
  return made;
}

Bytes NameMap::map_key_id(ByteView octets) {
  if (octets.empty()) {
    return {};
  }
  if (is_text(octets)) {
    const auto real     = text_of(octets);
    const bool numerals = std::ranges::all_of(real, [](char c) { return c >= '0' && c <= '9'; });
    return keep(Kind::kGroup, octets, to_bytes(bytes_of(word(numerals ? kDigits : kText, real))),
                true);
  }
  if (octets.size() == kNumberSize) {
    return keep(Kind::kGroup, octets, number(octets), false);
  }
  return map_octets(octets);
}

Bytes NameMap::map_octets(ByteView octets) {
  if (octets.empty()) {
    return {};
  }
  if (is_text(octets)) {
    return map_name(octets);
  }
  Bytes made;
  append_uint(made, ++counters_[{'\0', octets.size()}], octets.size());
  return keep(Kind::kOctets, octets, made, false);
}

Bytes NameMap::map_object_id(ByteView octets) {
  constexpr std::uint8_t kMore = 0x80;
  if (const auto known = made_.find({Kind::kGroup, to_bytes(octets)}); known != made_.end()) {
    return known->second;
  }
  Bytes made;
  const auto leaves = crypto::der_leaves(octets);
  const bool der    = leaves && leaves->size() == 1 && leaves->front().universal &&
                   leaves->front().tag == crypto::kDerObjectIdentifier;
  // Behind tag, length and the first two arcs, or behind these alone.
  const std::size_t head = std::min(octets.size(), der ? leaves->front().offset + 1 : 1);
  made                   = to_bytes(octets.first(head));
  // An octet that ends an arc ends one still: the number is written over the last ones.
  constexpr std::uint64_t kValues = 0x7e;
  auto number                     = ++counters_[{'.', octets.size()}];
  made.resize(octets.size());
  for (auto at = octets.size(); at-- > head; number /= kValues) {
    made[at] = static_cast<std::uint8_t>((octets[at] & kMore) | (1 + number % kValues));
  }
  return keep(Kind::kGroup, octets, made, false);
}

Bytes NameMap::map_der(ByteView der) {
  Bytes made(der.size());
  const auto leaves = crypto::der_leaves(der);
  if (!leaves) {
    return made;
  }
  // RFC 5280 section 4.2.1.6: rfc822Name, dNSName, URI; iPAddress
  constexpr std::uint32_t kMail = 1;
  constexpr std::uint32_t kDns  = 2;
  constexpr std::uint32_t kUri  = 6;
  constexpr std::uint32_t kIp   = 7;
  made                          = to_bytes(der);
  for (const auto& leaf : *leaves) {
    const auto real = der.subspan(leaf.offset, leaf.size);
    Bytes value(leaf.size);
    if (leaf.universal && leaf.tag == crypto::kDerObjectIdentifier) {
      continue;
    }
    const bool text = leaf.universal ? crypto::is_der_string(leaf.tag)
                                     : leaf.tag == kMail || leaf.tag == kDns || leaf.tag == kUri;
    if (text && !real.empty()) {
      value = map_name(real);
    } else if (!leaf.universal && leaf.tag == kIp) {
      value = addresses_.map_ip(real);
    }
    std::ranges::copy(value, made.begin() + static_cast<std::ptrdiff_t>(leaf.offset));
  }
  return made;
}

}  // namespace gdoi::anonymise
