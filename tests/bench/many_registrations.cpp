// many_registrations TEMPLATE CAPTURE KEYS FRAMES EACH: a capture of so many frames, and the key
// log to it.
//
// Made of captures/reference-gm-registration-kek-push.pcap: of every EACH frames, ten are its
// registration again (every tenth one ends after PULL message 1), with other cookies, another GM
// and another phase-1 key; the rest are its PUSH again, sent to one after the other of the GMs that
// were there before. inspect_scale compiles and runs it.

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Bytes = std::vector<std::uint8_t>;
using View  = std::span<const std::uint8_t>;

constexpr std::size_t kFileHeader   = 24;
constexpr std::size_t kRecordHeader = 16;
constexpr std::size_t kIp           = 14;
constexpr std::size_t kUdp          = 34;
constexpr std::size_t kMessage      = 42;
constexpr std::size_t kBody         = kMessage + 28;  // RFC 2408 section 3.1
constexpr std::size_t kBlock        = 8;              // 3DES
constexpr std::size_t kRegistration = 10;
constexpr std::size_t kRefused      = 7;  // frames of a registration that ends after PULL message 1
constexpr std::uint32_t kMicroseconds = 1'000;  // from frame to frame

// captures/reference-gm-registration-kek-push.keys
constexpr std::string_view kKey     = "335a62dff6f5170e0c138fe534fae83123df56165fe37e3c";
constexpr std::string_view kSkeyidA = "331d58ddb1ce66b80e8f851465fedc4325b4cc63";

[[noreturn]] void fail(const std::string& text) {
  std::fprintf(stderr, "many_registrations: %s\n", text.c_str());
  std::exit(2);
}

Bytes from_hex(std::string_view text) {
  Bytes octets;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    octets.push_back(
        static_cast<std::uint8_t>(std::stoul(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return octets;
}

std::string hex(View octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto octet : octets) {
    text += kDigits[octet >> 4U];
    text += kDigits[octet & 15U];
  }
  return text;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> big_endian(std::uint64_t number) {
  std::array<std::uint8_t, Size> octets{};
  for (std::size_t i = Size; i-- > 0; number >>= 8U) {
    octets[i] = static_cast<std::uint8_t>(number);
  }
  return octets;
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

Bytes crypt(bool encrypt, View key, View iv, View input) {
  static const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context(EVP_CIPHER_CTX_new());
  static const auto* const cipher = EVP_CIPHER_fetch(nullptr, "DES-EDE3-CBC", nullptr);
  Bytes output(input.size());
  int size = 0;
  if (EVP_CipherInit_ex2(context.get(), cipher, key.data(), iv.data(), encrypt ? 1 : 0, nullptr) !=
          1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), output.data(), &size, input.data(),
                       static_cast<int>(input.size())) != 1) {
    fail("OpenSSL refuses 3DES");
  }
  return output;
}

// RFC 2409 section 5 and appendix B: the first IV of a phase is a hash.
Bytes first_iv(View a, View b) {
  Bytes both(a.begin(), a.end());
  both.insert(both.end(), b.begin(), b.end());
  Bytes digest(EVP_MAX_MD_SIZE);
  EVP_Digest(both.data(), both.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  digest.resize(kBlock);
  return digest;
}

struct Frame {
  Bytes octets;  // with the header of its record
  bool from_member = false;
  bool answered    = false;  // has a responder cookie
  Bytes plaintext;           // of an encrypted one

  [[nodiscard]] View at(std::size_t offset, std::size_t size) const {
    return View(octets).subspan(kRecordHeader + offset, size);
  }

  [[nodiscard]] View body() const { return View(octets).subspan(kRecordHeader + kBody); }
};

struct Template {
  Bytes header;
  std::vector<Frame> frames;
  Bytes phase1_iv;
};

Bytes read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The value of a KE payload, which is the first one of main mode messages 3 and 4.
View public_value(const Frame& frame) {
  const auto body = frame.body();
  const auto size = static_cast<std::size_t>(body[2] << 8U | body[3]);
  return body.subspan(4, size - 4);
}

Template read_template(const std::string& path) {
  const auto file = read_all(path);
  if (file.size() < kFileHeader || file[0] != 0xd4) {
    fail(path + ": no little-endian pcap");
  }
  Template made;
  made.header.assign(file.begin(), file.begin() + kFileHeader);
  for (std::size_t at = kFileHeader; at < file.size();) {
    std::uint32_t size = 0;
    std::memcpy(&size, &file[at + 8], sizeof(size));
    const auto from = file.begin() + static_cast<std::ptrdiff_t>(at);
    made.frames.push_back({Bytes(from, from + static_cast<std::ptrdiff_t>(kRecordHeader + size))});
    at += kRecordHeader + size;
  }
  if (made.frames.size() != kRegistration + 1) {
    fail(path + ": not the capture that this was written for");
  }
  const auto& frames = made.frames;
  made.phase1_iv     = first_iv(public_value(frames[2]), public_value(frames[3]));
  const auto key     = from_hex(kKey);
  auto iv            = made.phase1_iv;
  for (std::size_t i = 0; i < kRegistration; ++i) {
    auto& frame       = made.frames[i];
    const auto member = frames[0].at(kIp + 12, 4);
    const auto cookie = frame.at(kMessage + 8, 8);
    frame.from_member = std::ranges::equal(frame.at(kIp + 12, 4), member);
    frame.answered    = std::ranges::any_of(cookie, [](auto octet) { return octet != 0; });
    frame.octets[kRecordHeader + kUdp + 6] = 0;  // no checksum (RFC 768)
    frame.octets[kRecordHeader + kUdp + 7] = 0;
    if (i < 4) {
      continue;
    }
    if (i == 6) {
      iv = first_iv(iv, frame.at(kMessage + 20, 4));  // RFC 2409 appendix B: last block and M-ID
    }
    const auto body = frame.body();
    frame.plaintext = crypt(false, key, iv, body);
    iv.assign(body.end() - kBlock, body.end());
  }
  return made;
}

class Writer {
 public:
  Writer(Template from, const char* capture, const char* keys)
      : from_(std::move(from)), capture_(std::fopen(capture, "wb")), keys_(std::fopen(keys, "wb")) {
    if (capture_ == nullptr || keys_ == nullptr) {
      fail("an output cannot be opened");
    }
    std::setvbuf(capture_, nullptr, _IOFBF, 1U << 20U);
    put(from_.header);
  }

  Writer(const Writer&)            = delete;
  Writer& operator=(const Writer&) = delete;
  Writer(Writer&&)                 = delete;
  Writer& operator=(Writer&&)      = delete;

  ~Writer() {
    if (std::fclose(capture_) != 0 || std::fclose(keys_) != 0) {
      fail("no space left");
    }
  }

  void registration(std::uint64_t number, std::size_t frames) {
    const auto key       = key_of(number);
    auto iv              = from_.phase1_iv;
    const auto initiator = big_endian<8>((number + 1) * 0x9e3779b97f4a7c15U);
    const auto responder = big_endian<8>((number + 1) * 0x9e3779b97f4a7c15U ^ 0x5555U);
    Bytes last;
    for (std::size_t i = 0; i < frames; ++i) {
      auto& frame = from_.frames[i];
      replace(frame, kMessage, initiator);
      if (frame.answered) {
        replace(frame, kMessage + 8, responder);
      }
      if (!frame.plaintext.empty()) {
        iv                = i == 6 ? first_iv(iv, frame.at(kMessage + 20, 4)) : iv;
        const auto sealed = crypt(true, key, iv, frame.plaintext);
        replace(frame, kBody, sealed);
        iv.assign(sealed.end() - kBlock, sealed.end());
        last = i == 5 ? iv : last;
      }
      send(frame, member(number), frame.from_member);
    }
    std::fprintf(keys_, "PHASE1_KEY %s cipher=3des-cbc hash=sha1 last_block=%s %s\n",
                 hex(initiator).c_str(), hex(last).c_str(), hex(key).c_str());
    std::fprintf(keys_, "SKEYID_A %s %s\n", hex(initiator).c_str(), std::string(kSkeyidA).c_str());
  }

  void push(std::uint64_t to) { send(from_.frames.back(), member(to), false); }

 private:
  static std::array<std::uint8_t, 4> member(std::uint64_t number) {
    return big_endian<4>((std::uint64_t{10} << 24U) + 1 + number);
  }

  // Odd parity does not matter, that the three parts differ does.
  static Bytes key_of(std::uint64_t number) {
    auto key       = from_hex(kKey);
    const auto mix = big_endian<8>((number + 1) * 0xbf58476d1ce4e5b9U);
    for (std::size_t i = 0; i < key.size(); ++i) {
      key[i] = static_cast<std::uint8_t>(key[i] ^ (mix[i % mix.size()] & 0xfeU));
    }
    return key;
  }

  static void replace(Frame& frame, std::size_t offset, View octets) {
    std::ranges::copy(octets,
                      frame.octets.begin() + static_cast<std::ptrdiff_t>(kRecordHeader + offset));
  }

  void put(const Bytes& octets) {
    if (std::fwrite(octets.data(), 1, octets.size(), capture_) != octets.size()) {
      fail("no space left");
    }
  }

  void send(Frame& frame, const std::array<std::uint8_t, 4>& member, bool from_member) {
    replace(frame, kIp + (from_member ? 12 : 16), member);
    replace(frame, kIp + 10, std::array<std::uint8_t, 2>{});
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < 20; i += 2) {
      const auto word = frame.at(kIp + i, 2);
      sum += static_cast<std::uint32_t>(word[0] << 8U | word[1]);
    }
    sum = (sum & 0xffffU) + (sum >> 16U);
    replace(frame, kIp + 10, big_endian<2>(0xffffU - ((sum & 0xffffU) + (sum >> 16U))));
    const std::uint64_t time = written_++ * kMicroseconds;
    const std::array<std::uint32_t, 2> stamp{
        static_cast<std::uint32_t>(1'700'000'000 + time / 1'000'000),
        static_cast<std::uint32_t>(time % 1'000'000)};
    std::memcpy(frame.octets.data(), stamp.data(), sizeof(stamp));
    put(frame.octets);
  }

  Template from_;
  std::FILE* capture_;
  std::FILE* keys_;
  std::uint64_t written_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    fail("usage: many_registrations TEMPLATE CAPTURE KEYS FRAMES EACH");
  }
  const auto frames = std::strtoull(argv[4], nullptr, 10);
  const auto each   = std::strtoull(argv[5], nullptr, 10);
  if (each < kRegistration) {
    fail("EACH is at least 10");
  }
  Writer writer(read_template(argv[1]), argv[2], argv[3]);
  std::uint64_t next = 0;
  for (std::uint64_t written = 0, number = 0; written < frames; ++number) {
    const auto room  = frames - written;
    const auto whole = number % 10 == 9 ? kRefused : kRegistration;
    writer.registration(number, std::min<std::uint64_t>(whole, room));
    for (std::uint64_t i = std::min<std::uint64_t>(whole, room); i < std::min(each, room); ++i) {
      writer.push(next++ % (number + 1));
    }
    written += std::min(each, room);
  }
  return 0;
}
