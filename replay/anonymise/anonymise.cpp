#include "anonymise/anonymise.h"

#include "anonymise/collector.h"
#include "anonymise/frames.h"
#include "capture/ip_packet.h"
#include "capture/link_layer.h"
#include "capture/packet_of.h"
#include "capture/reader.h"

#include <algorithm>
#include <set>
#include <sys/stat.h>

namespace gdoi::anonymise {
namespace {

using exchange::Crypt;

ByteView address_of(const exchange::Endpoint& end) {
  return ByteView(end.address).first(end.family == 4 ? 4 : 16);
}

class Anonymiser {
 public:
  Anonymiser(const Order& order, engine::Random& random)
      : order_(order),
        names_(addresses_),
        secrets_(random),
        fields_(addresses_, names_, secrets_, notes_),
        mapper_(real_.follower(), fields_, secrets_, notes_, order.scramble) {
    reading_.ports = order.ports;
  }

  Result<Outcome> run(keys::KeyRing ring) {
    take(std::move(ring));
    if (auto status = read(); !status) {
      return status.error();
    }
    map_messages();
    made_keys();
    check();
    if (auto status = write(); !status) {
      return status.error();
    }
    outcome_.notes = notes_.all();
    outcome_.dark  = mapper_.dark();
    outcome_.map   = addresses_.all();
    outcome_.map.insert(outcome_.map.end(), names_.all().begin(), names_.all().end());
    return std::move(outcome_);
  }

 private:
  void take(keys::KeyRing ring) {
    secrets_.take(ring);
    given_ = ring.clone();
    real_.use(std::move(ring));
  }

  // Twice, since what an early frame becomes can depend on a late one.
  Status read() {
    auto reader = capture::Reader::open_file(order_.input, reading_);
    if (!reader) {
      return reader.error();
    }
    while (true) {
      const auto frame = reader->next_frame();
      if (!frame) {
        outcome_.problem = frame.error().text;
        break;
      }
      if (!*frame) {
        break;
      }
      pieces_.take(reader->link_type(), **frame);
      know_addresses(reader->link_type(), **frame);
      if ((*frame)->datagram) {
        take_datagram(*(*frame)->datagram);
      }
    }
    pieces_.finish(order_.ports);
    outcome_.frames = reader->counts().frames;
    return success();
  }

  void know_addresses(int link_type, const capture::Frame& frame) {
    const auto network = capture::network_packet(link_type, frame.octets);
    if (network.family == 0) {
      return;
    }
    const auto packet = capture::parse_ip(network.family, network.octets);
    addresses_.know(packet.source, false);
    addresses_.know(packet.destination, false);
  }

  void take_datagram(const capture::UdpDatagram& datagram) {
    const auto packet = capture::packet_of(datagram);
    const auto index  = real_.messages().size();
    if (!real_.take(packet, datagram.unasked)) {
      return;
    }
    addresses_.know(address_of(packet.source), true);
    addresses_.know(address_of(packet.destination), true);
    datagrams_[datagram.frame]           = index;
    made_[datagram.frame].claimed_length = datagram.claimed_length;
  }

  void map_messages() {
    auto& messages = real_.messages();
    for (auto& message : messages) {
      message.packet.payload = message.real;
      mapper_.learn(message);
    }
    for (const auto& [spi, keks] : given_.kek_entries()) {
      for (const auto& kek : keks) {
        know(kek);
      }
    }
    for (auto& message : messages) {
      (void)addresses_.map_ip(address_of(message.packet.source));
      (void)addresses_.map_ip(address_of(message.packet.destination));
      message.made = mapper_.map(message);
      if (message.record.crypt == Crypt::kDecrypted) {
        outcome_.decrypted.push_back(message.packet.frame);
      }
    }
    put_fragments();
    for (const auto& [frame, index] : datagrams_) {
      made_[frame].payload = messages[index].made;
    }
    outcome_.messages = datagrams_.size();
  }

  void know(const keys::Kek& kek) {
    if (secrets_.kek_used(kek.key.view(), kek.iv) == nullptr) {
      auto whole = kek.iv;
      append(whole, kek.key.view());
      (void)secrets_.map_kek(whole);
      wipe(whole);
    }
  }

  // Each fragment of IKE carries its part of what became of the whole.
  void put_fragments() {
    auto& messages = real_.messages();
    std::set<std::size_t> placed;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const auto* parts = real_.parts_of(i);
      if (parts == nullptr) {
        continue;
      }
      for (const auto& part : *parts) {
        const auto whole = ByteView(messages[i].made).subspan(part.offset, part.size);
        std::ranges::copy(
            whole, messages[part.message].made.begin() + static_cast<std::ptrdiff_t>(part.at));
        placed.insert(part.message);
      }
    }
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (messages[i].record.exchange == exchange::Exchange::kFragment && !placed.contains(i)) {
        notes_.add("zeros, since other fragments of the message are missing",
                   messages[i].packet.frame);
      }
    }
  }

  void made_keys() {
    outcome_.keys = mapper_.made_ring();
    for (const auto& [spi, keks] : given_.kek_entries()) {
      const bool seen = std::ranges::any_of(real_.messages(), [&](const Message& message) {
        return message.real.size() >= spi.size() &&
               std::ranges::search(message.real, spi).begin() != message.real.end();
      });
      for (const auto& kek : keks) {
        if (seen) {
          give(spi, kek);
        }
      }
    }
  }

  void give(const keys::KekSpi& spi, const keys::Kek& real) {
    const auto* kek = secrets_.kek_used(real.key.view(), real.iv);
    if (kek == nullptr) {
      return;
    }
    const auto made = kek->made.view();
    outcome_.keys.add_kek(
        spi, {real.cipher, real.signature_hash,
              real.public_key.empty() ? Bytes{} : secrets_.map_public_key(real.public_key),
              to_bytes(made.first(real.iv.size())), Secret(made.last(real.key.size()))});
  }

  // Reads what was made as whoever gets it will, with the made keys.
  void check() {
    Collector reader;
    reader.use(outcome_.keys.clone());
    for (const auto& [frame, index] : datagrams_) {
      auto packet        = real_.messages()[index].packet;
      packet.source      = made_end(packet.source);
      packet.destination = made_end(packet.destination);
      packet.payload     = real_.messages()[index].made;
      (void)reader.take(packet, real_.messages()[index].unasked);
    }
    const auto& real = real_.messages();
    const auto& made = reader.messages();
    for (std::size_t i = 0; i < real.size(); ++i) {
      const auto& was = real[i].record;
      if (i >= made.size() || !same(was, made[i].record)) {
        outcome_.differs.push_back(real[i].packet.frame);
      }
    }
  }

  static bool same(const exchange::FrameRecord& was, const exchange::FrameRecord& is) {
    return was.exchange == is.exchange && was.number == is.number && was.sender == is.sender &&
           was.crypt == is.crypt && was.hash == is.hash && was.signature == is.signature &&
           was.retransmission_of == is.retransmission_of && was.answers == is.answers;
  }

  [[nodiscard]] exchange::Endpoint made_end(const exchange::Endpoint& real) {
    auto made = real;
    std::ranges::copy(addresses_.map_ip(address_of(real)), made.address.begin());
    return made;
  }

  Status write() {
    auto reader = capture::Reader::open_file(order_.input, reading_);
    if (!reader) {
      return reader.error();
    }
    auto writer = capture::Writer::create_frames(order_.output, order_.force, reader->link_type());
    if (!writer) {
      outcome_.fault = writer.error().text;
      return success();
    }
    FrameMap frames(reader->link_type(), addresses_);
    for (std::uint64_t number = 1; number <= outcome_.frames; ++number) {
      const auto frame = reader->next_frame();
      if (!frame || !*frame) {
        return Error{order_.input + ": changed while it was read"};
      }
      if (auto status = write_frame(frames, **frame, *writer); !status) {
        outcome_.fault = status.error().text;
        return success();
      }
    }
    outcome_.file = std::move(*writer);
    return success();
  }

  Status write_frame(FrameMap& frames, const capture::Frame& frame, capture::Writer& writer) {
    auto piece = pieces_.of(frame.number);
    if (!piece && datagrams_.contains(frame.number)) {
      piece = Piece{frame.number, 0};
    }
    if (piece && piece->datagram != 0 && !made_.contains(piece->datagram)) {
      piece.reset();  // it became whole, and was none of ours
    }
    if (!piece) {
      ++outcome_.blanked;
      if (order_.only_gdoi) {
        return success();
      }
    }
    const auto datagram = piece ? made_.find(piece->datagram) : made_.end();
    if (piece && datagram == made_.end()) {
      notes_.add("zeros, since other fragments of the datagram are missing", frame.number);
    }
    const auto made   = frames.map(frame.octets, piece ? &*piece : nullptr,
                                 datagram == made_.end() ? nullptr : &datagram->second);
    const auto number = writer.write_frame(frame.time_ns, made, frame.length);
    if (!number) {
      return number.error();
    }
    outcome_.written = *number;
    return success();
  }

  const Order& order_;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): for one call
  capture::ReaderOptions reading_;
  Outcome outcome_;
  Notes notes_;
  AddressMap addresses_;
  NameMap names_;
  SecretMap secrets_;
  FieldMap fields_;
  Collector real_;
  MessageMap mapper_;
  Pieces pieces_;
  keys::KeyRing given_;
  std::map<std::uint64_t, std::size_t> datagrams_;  ///< by frame: its message
  std::map<std::uint64_t, MadeDatagram> made_;
};

}  // namespace

Result<Outcome> anonymise(const Order& order, keys::KeyRing ring, engine::Random& random) {
  struct stat about {};

  if (stat(order.input.c_str(), &about) == 0 && !S_ISREG(about.st_mode) &&
      !S_ISDIR(about.st_mode)) {
    return Error{order.input + ": is read twice, so it must be a file; save it to one first"};
  }
  return Anonymiser(order, random).run(std::move(ring));
}

}  // namespace gdoi::anonymise
