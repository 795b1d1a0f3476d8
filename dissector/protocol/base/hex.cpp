#include "protocol/base/hex.h"

namespace gdoi {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

std::optional<std::uint8_t> digit_value(char digit) {
  if (digit >= '0' && digit <= '9') {
    return static_cast<std::uint8_t>(digit - '0');
  }
  if (digit >= 'a' && digit <= 'f') {
    return static_cast<std::uint8_t>(digit - 'a' + 10);
  }
  if (digit >= 'A' && digit <= 'F') {
    return static_cast<std::uint8_t>(digit - 'A' + 10);
  }
  return std::nullopt;
}

}  // namespace

std::string to_hex(ByteView octets) {
  std::string text;
  text.reserve(2 * octets.size());
  for (const auto octet : octets) {
    text.push_back(kDigits[octet >> 4U]);
    text.push_back(kDigits[octet & 0x0fU]);
  }
  return text;
}

std::optional<Bytes> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) {
    return std::nullopt;
  }
  Bytes octets;
  octets.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto high = digit_value(digits[i]);
    const auto low  = digit_value(digits[i + 1]);
    if (!high || !low) {
      return std::nullopt;
    }
    octets.push_back(static_cast<std::uint8_t>((*high << 4U) | *low));
  }
  return octets;
}

}  // namespace gdoi
