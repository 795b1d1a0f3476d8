#include "net/udp_crew.h"

#include "net/address.h"
#include "net/clock.h"
#include "net/marker.h"
#include "net/udp_socket.h"

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>

namespace gdoi::net {
namespace {

using Wait = asio::posix::stream_descriptor;

/// Datagrams that one GM takes before another has its turn: a flood must not starve the rest.
constexpr int kMostAtOnce = 64;

/// What the members of a run share.
struct Run {
  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): the caller's, for one call
  Crew& crew;
  const UdpPath& path;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  std::function<void(std::size_t index)> member_ended;
  std::function<void(std::string text)> fault;
  Clock clock{};
  asio::io_context context{};
  Bytes buffer = Bytes(kMaxDatagram);  ///< what it holds is taken at once
};

/// A GM with its socket and timer. Handlers that are under way hold it.
class Member : public std::enable_shared_from_this<Member> {
 public:
  Member(Run& run, UdpSocket socket, std::size_t index)
      : run_(run),
        socket_(std::move(socket)),
        waiting_(run.context, socket_.native_handle()),
        timer_(run.context),
        index_(index),
        gm_(run.crew.member(index, socket_.local())) {}

  Member(const Member&)            = delete;
  Member& operator=(const Member&) = delete;
  Member(Member&&)                 = delete;
  Member& operator=(Member&&)      = delete;

  ~Member() { waiting_.release(); }

  void start() {
    gm_->start(run_.clock.now());
    listen();
    settle();
  }

  void abort(const std::string& reason) {
    gm_->abort(reason, run_.clock.now());
    settle();
  }

 private:
  void listen() {
    waiting_.async_wait(Wait::wait_read, [self = shared_from_this()](asio::error_code problem) {
      if (!problem && !self->over_) {
        self->receive();
        if (!self->over_) {
          self->listen();
        }
      }
    });
  }

  void receive() {
    for (int i = 0; i < kMostAtOnce && !gm_->finished(); ++i) {
      const auto arrival = socket_.receive(run_.buffer);
      if (!arrival) {
        break;
      }
      take(*arrival);
    }
    while (const auto why = socket_.next_icmp()) {
      gm_->on_unreachable(*why, run_.clock.now());
    }
    settle();
  }

  void take(const UdpSocket::Arrival& arrival) {
    const auto now    = run_.clock.now();
    const auto octets = ByteView(run_.buffer).first(arrival.size);
    const bool ours   = arrival.from == gm_->key_server();
    record(now,
           {arrival.from, socket_.local(), to_bytes(octets), 0,
            ours ? "" : "from another address or port: not looked at"},
           Way::kReceived);
    if (!ours) {
      gm_->on_foreign(arrival.from);
    } else if (!is_keepalive(octets)) {
      gm_->on_datagram(without_marker(octets), now);
    }
  }

  /// Sends what is to be sent, and looks what comes next.
  void settle() {
    for (auto& message : gm_->take_output()) {
      if (marked(message)) {
        message.datagram = with_marker(message.datagram);
      }
      const auto now = run_.clock.now();
      if (const auto sent = socket_.send({}, message.destination, message.datagram); !sent) {
        gm_->abort(sent.error().text, now);
        break;
      }
      record(now, message, Way::kSent);
    }
    if (gm_->finished()) {
      finish();
    } else if (const auto deadline = gm_->deadline(); deadline && *deadline != awaited_) {
      awaited_ = *deadline;
      timer_.expires_after(
          std::chrono::nanoseconds(std::max<engine::Time>(awaited_ - run_.clock.now(), 0)));
      timer_.async_wait([self = shared_from_this()](asio::error_code problem) {
        if (!problem && !self->over_) {
          self->awaited_ = 0;
          self->gm_->on_deadline(self->run_.clock.now());
          self->settle();
        }
      });
    }
  }

  void finish() {
    if (std::exchange(over_, true)) {
      return;
    }
    timer_.cancel();
    waiting_.cancel();
    run_.crew.done(index_, *gm_);
    run_.member_ended(index_);
  }

  void record(engine::Time now, const engine::Outgoing& message, Way way) {
    if (const auto status = run_.crew.carried(now, message, way); !status) {
      run_.fault(status.error().text);
    }
  }

  [[nodiscard]] bool marked(const engine::Outgoing& message) const {
    return run_.path.marker == Marker::kYes ||
           (run_.path.marker == Marker::kAuto && message.destination.port == kNatPort &&
            !is_keepalive(message.datagram));
  }

  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): outlives its members
  Run& run_;
  UdpSocket socket_;
  Wait waiting_;
  asio::steady_timer timer_;
  std::size_t index_;
  std::unique_ptr<engine::Party> gm_;
  engine::Time awaited_ = 0;
  bool over_            = false;
};

class Runner {
 public:
  Runner(Crew& crew, const Pace& pace, const UdpPath& path, const StopSignal& stop)
      : pace_(pace),
        run_{crew, path, [this](std::size_t index) { on_member_ended(index); },
             [this](std::string text) { on_fault(std::move(text)); }},
        stop_(run_.context, stop.descriptor()),
        start_timer_(run_.context) {}

  Runner(const Runner&)            = delete;
  Runner& operator=(const Runner&) = delete;
  Runner(Runner&&)                 = delete;
  Runner& operator=(Runner&&)      = delete;

  ~Runner() { stop_.release(); }

  CrewEnd run() {
    stop_.async_wait(Wait::wait_read, [this](asio::error_code problem) {
      if (!problem) {
        end_.interrupted = true;
        end_all("interrupted");
      }
    });
    next_start_ = run_.clock.now();
    begin_members();
    run_.context.run();
    return std::move(end_);
  }

 private:
  [[nodiscard]] bool may_begin() const {
    return !over_ && end_.begun < run_.crew.size() &&
           members_.size() < std::max<std::size_t>(pace_.parallel, 1);
  }

  void begin_members() {
    while (may_begin() && next_start_ <= run_.clock.now()) {
      auto socket = UdpSocket::bind(place_of(run_.path.source, end_.begun));
      if (!socket) {
        on_fault(socket.error().text);
        return;
      }
      const auto index = end_.begun++;
      if (pace_.per_second > 0) {
        next_start_ +=
            static_cast<engine::Time>(static_cast<double>(engine::kSecond) / pace_.per_second);
      }
      const auto member = std::make_shared<Member>(run_, std::move(*socket), index);
      members_.emplace(index, member);
      member->start();
    }
    if (may_begin()) {
      start_timer_.expires_after(std::chrono::nanoseconds(next_start_ - run_.clock.now()));
      start_timer_.async_wait([this](asio::error_code problem) {
        if (!problem) {
          begin_members();
        }
      });
    } else if (members_.empty()) {
      end_all({});
    }
  }

  // Not at once: whoever ended is still on the stack.
  void on_member_ended(std::size_t index) {
    members_.erase(index);
    asio::post(run_.context, [this] { begin_members(); });
  }

  void on_fault(std::string text) {
    if (!end_.fault) {
      end_.fault = std::move(text);
      over_      = true;
      asio::post(run_.context, [this] { end_all(*end_.fault); });
    }
  }

  void end_all(const std::string& reason) {
    over_ = true;
    start_timer_.cancel();
    stop_.cancel();
    while (!members_.empty()) {
      const auto member = members_.begin()->second;
      member->abort(reason);
    }
  }

  // NOLINTNEXTLINE(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const Pace& pace_;
  Run run_;
  Wait stop_;
  asio::steady_timer start_timer_;
  std::map<std::size_t, std::shared_ptr<Member>> members_;
  engine::Time next_start_ = 0;
  bool over_               = false;
  CrewEnd end_;
};

}  // namespace

CrewEnd run_over_udp(Crew& crew, const Pace& pace, const UdpPath& path, const StopSignal& stop) {
  return Runner(crew, pace, path, stop).run();
}

}  // namespace gdoi::net
