#include "capture/writer.h"

#include "capture/udp_frame.h"

#include <pcap/dlt.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace gdoi::capture {
namespace {

// Block types and options of draft-ietf-opsawg-pcapng sections 3.5, 4.1, 4.2, 4.3 and 4.7. Numbers
// stand in the byte order of the machine that writes; the byte-order magic tells it.
constexpr std::uint32_t kSectionHeader     = 0x0a0d0d0a;
constexpr std::uint32_t kByteOrderMagic    = 0x1a2b3c4d;
constexpr std::uint32_t kInterface         = 1;
constexpr std::uint32_t kEnhancedPacket    = 6;
constexpr std::uint32_t kDecryptionSecrets = 10;
constexpr std::uint16_t kOptionEnd         = 0;
constexpr std::uint16_t kOptionComment     = 1;
constexpr std::uint16_t kOptionProgram     = 4;
constexpr std::uint16_t kOptionResolution  = 9;
constexpr std::uint8_t kNanoseconds        = 9;

constexpr std::uint16_t kLinkEthernet = 1;
constexpr std::uint16_t kLinkRawIp    = 101;
constexpr std::uint32_t kSnapLength   = 262144;

/// A block under construction: its type, a length that finish() fills in, and the body.
class Block {
 public:
  explicit Block(std::uint32_t type) {
    put(type);
    put(std::uint32_t{0});
  }

  template <typename Number>
  void put(Number value) {
    const auto octets = std::bit_cast<std::array<std::uint8_t, sizeof(value)>>(value);
    octets_.insert(octets_.end(), octets.begin(), octets.end());
  }

  void put_padded(ByteView octets) {
    append(octets_, octets);
    octets_.resize((octets_.size() + 3) / 4 * 4);
  }

  void put_option(std::uint16_t code, ByteView value) {
    put(code);
    put(static_cast<std::uint16_t>(value.size()));
    put_padded(value);
  }

  [[nodiscard]] ByteView finish() {
    const auto length = static_cast<std::uint32_t>(octets_.size() + sizeof(std::uint32_t));
    put(length);
    std::memcpy(octets_.data() + sizeof(std::uint32_t), &length, sizeof(length));
    return octets_;
  }

 private:
  Bytes octets_;
};

Block section_header() {
  Block block(kSectionHeader);
  block.put(kByteOrderMagic);
  block.put(std::uint16_t{1});
  block.put(std::uint16_t{0});
  block.put(std::int64_t{-1});
  block.put_option(kOptionProgram, bytes_of("gdoi-replay"));
  block.put_option(kOptionEnd, {});
  return block;
}

Block interface_description(std::uint16_t link_type) {
  Block block(kInterface);
  block.put(link_type);
  block.put(std::uint16_t{0});
  block.put(kSnapLength);
  block.put_option(kOptionResolution, ByteView(&kNanoseconds, 1));
  block.put_option(kOptionEnd, {});
  return block;
}

/// The number that files have for a link type: those of raw IP are the system's own in libpcap.
std::uint16_t link_type_in_file(int link_type) {
  return link_type == DLT_RAW ? kLinkRawIp : static_cast<std::uint16_t>(link_type);
}

/// At most what an option can hold, ending with a whole UTF-8 character.
std::string_view fitting(std::string_view comment) {
  constexpr std::size_t kMost = 65535;
  if (comment.size() <= kMost) {
    return comment;
  }
  auto size = kMost;
  while (size > 0 && (static_cast<unsigned char>(comment[size]) & 0xc0U) == 0x80U) {
    --size;
  }
  return comment.substr(0, size);
}

Error write_problem(const std::string& path, int code) {
  if (code == ENOSPC || code == EDQUOT) {
    return {path + ": the disk is full, nothing was kept; make room or choose another place"};
  }
  return {path + ": cannot be written: " + std::system_category().message(code)};
}

Error exists_problem(const std::string& path) {
  return {path + ": exists already; choose another name or say --force"};
}

}  // namespace

struct Writer::Impl {
  Impl(std::string to, bool overwrite, WriterLink around)
      : path(std::move(to)), force(overwrite), link(around) {}

  Impl(const Impl&)            = delete;
  Impl& operator=(const Impl&) = delete;
  Impl(Impl&&)                 = delete;
  Impl& operator=(Impl&&)      = delete;

  ~Impl() { give_up(); }

  void give_up();
  [[nodiscard]] Status open();
  [[nodiscard]] Status write(Block block);
  [[nodiscard]] Status begin(std::uint16_t link_type);
  [[nodiscard]] Result<std::uint64_t> write_packet(std::int64_t time_ns, ByteView octets,
                                                   std::uint32_t length, std::string_view comment);
  [[nodiscard]] Status finish();

  std::string path;
  std::string partial;  ///< where the octets go until finish(); empty for a device or pipe
  bool force;
  WriterLink link;
  std::FILE* stream    = nullptr;
  std::uint64_t frames = 0;
};

void Writer::Impl::give_up() {
  if (stream != nullptr) {
    // What could not be written goes away anyhow.
    static_cast<void>(std::fclose(std::exchange(stream, nullptr)));
  }
  if (!partial.empty()) {
    unlink(partial.c_str());
    partial.clear();
  }
}

Status Writer::Impl::open() {
  struct stat about {};

  const bool exists = stat(path.c_str(), &about) == 0;
  if (exists && S_ISDIR(about.st_mode)) {
    return Error{path + ": is a folder; name a file"};
  }
  const bool direct = exists && !S_ISREG(about.st_mode);
  if (exists && !direct && !force) {
    return exists_problem(path);
  }
  auto name       = direct ? path : path + ".partial-" + std::to_string(getpid());
  const int flags = direct ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  // The only way to create exclusively.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg,hicpp-vararg)
  const int descriptor = ::open(name.c_str(), flags, 0666);
  if (descriptor < 0) {
    return write_problem(path, errno);
  }
  if (!direct) {
    partial = std::move(name);
  }
  stream = fdopen(descriptor, "wb");
  if (stream == nullptr) {
    const int code = errno;
    ::close(descriptor);
    return write_problem(path, code);
  }
  return success();
}

Status Writer::Impl::write(Block block) {
  if (stream == nullptr) {
    return Error{path + ": was closed or given up before; nothing more can be written"};
  }
  const auto octets = block.finish();
  if (std::fwrite(octets.data(), 1, octets.size(), stream) != octets.size()) {
    const int code = errno;
    give_up();
    return write_problem(path, code);
  }
  return success();
}

Status Writer::Impl::finish() {
  if (stream == nullptr) {
    return Error{path + ": was closed or given up before"};
  }
  // fclose() may be the first to learn that the disk is full.
  if (std::fclose(std::exchange(stream, nullptr)) != 0) {
    const int code = errno;
    give_up();
    return write_problem(path, code);
  }
  if (partial.empty()) {
    return success();
  }
  auto failed = renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, path.c_str(),
                          force ? 0 : RENAME_NOREPLACE) != 0;
  // Not every file system knows RENAME_NOREPLACE.
  if (failed && (errno == EINVAL || errno == ENOSYS) &&
      (force || access(path.c_str(), F_OK) != 0)) {
    failed = std::rename(partial.c_str(), path.c_str()) != 0;
  }
  if (failed) {
    const int code = errno;
    give_up();
    return code == EEXIST ? exists_problem(path) : write_problem(path, code);
  }
  partial.clear();
  return success();
}

Status Writer::Impl::begin(std::uint16_t link_type) {
  if (auto status = open(); !status) {
    return status;
  }
  if (auto status = write(section_header()); !status) {
    return status;
  }
  return write(interface_description(link_type));
}

Result<std::uint64_t> Writer::Impl::write_packet(std::int64_t time_ns, ByteView octets,
                                                 std::uint32_t length, std::string_view comment) {
  if (time_ns < 0) {
    return Error{path + ": a frame cannot have a time before 1970"};
  }
  const auto time = static_cast<std::uint64_t>(time_ns);
  Block block(kEnhancedPacket);
  block.put(std::uint32_t{0});
  block.put(static_cast<std::uint32_t>(time >> 32U));
  block.put(static_cast<std::uint32_t>(time));
  block.put(static_cast<std::uint32_t>(octets.size()));
  block.put(length);
  block.put_padded(octets);
  if (!comment.empty()) {
    block.put_option(kOptionComment, bytes_of(fitting(comment)));
    block.put_option(kOptionEnd, {});
  }
  if (auto status = write(std::move(block)); !status) {
    return status.error();
  }
  return ++frames;
}

Result<Writer> Writer::create(const std::string& path, bool force, WriterLink link) {
  auto impl = std::make_unique<Impl>(path, force, link);
  if (auto status = impl->begin(link == WriterLink::kEthernet ? kLinkEthernet : kLinkRawIp);
      !status) {
    return status.error();
  }
  return Writer(std::move(impl));
}

Result<Writer> Writer::create_frames(const std::string& path, bool force, int link_type) {
  auto impl = std::make_unique<Impl>(path, force, WriterLink::kEthernet);
  if (auto status = impl->begin(link_type_in_file(link_type)); !status) {
    return status.error();
  }
  return Writer(std::move(impl));
}

Result<std::uint64_t> Writer::write_udp(const UdpDatagram& datagram, ByteView payload,
                                        std::string_view comment) {
  const auto frame =
      ethernet_frame(datagram, payload, static_cast<std::uint16_t>(impl_->frames + 1));
  if (!frame) {
    return Error{impl_->path + ": " + frame.error().text};
  }
  auto octets = ByteView(*frame);
  if (impl_->link == WriterLink::kRawIp) {
    octets = ip_packet_of(octets);
  }
  return impl_->write_packet(datagram.time_ns, octets, static_cast<std::uint32_t>(octets.size()),
                             comment);
}

Result<std::uint64_t> Writer::write_frame(std::int64_t time_ns, ByteView octets,
                                          std::uint32_t length) {
  return impl_->write_packet(time_ns, octets, length, {});
}

Status Writer::write_secrets(std::uint32_t type, ByteView secrets) {
  if (!impl_->partial.empty() && chmod(impl_->partial.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return write_problem(impl_->path, errno);
  }
  Block block(kDecryptionSecrets);
  block.put(type);
  block.put(static_cast<std::uint32_t>(secrets.size()));
  block.put_padded(secrets);
  return impl_->write(std::move(block));
}

Status Writer::close() {
  return impl_->finish();
}

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Writer::Writer(Writer&&) noexcept            = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer()                            = default;

}  // namespace gdoi::capture
