#include "net/udp_server.h"

#include "net/clock.h"

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <deque>

namespace gdoi::net {
namespace {

using Wait = asio::posix::stream_descriptor;

/// Datagrams that are taken before timers have their turn.
constexpr int kMostAtOnce = 256;

class Server {
 public:
  Server(keyserver::KeyServer& ks, const std::vector<UdpSocket>& sockets,
         const ServerListener& listener, const StopSignal& stop)
      : ks_(ks), sockets_(sockets), listener_(listener), stop_(context_, stop.descriptor()) {}

  Server(const Server&)            = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&)                 = delete;
  Server& operator=(Server&&)      = delete;

  ~Server() {
    stop_.release();
    for (auto& one : waiting_) {
      one.release();
    }
  }

  std::optional<std::string> run() {
    stop_.async_wait(Wait::wait_read, [this](asio::error_code problem) {
      if (!problem) {
        context_.stop();
      }
    });
    wait_for_question();
    for (const auto& socket : sockets_) {
      waiting_.emplace_back(context_, socket.native_handle());
      wait_for_datagram(socket, waiting_.back());
    }
    settle();
    context_.run();
    return std::move(fault_);
  }

 private:
  void wait_for_question() {
    questions_.async_wait([this](asio::error_code problem, int /*signal*/) {
      if (!problem) {
        listener_.asked();
        wait_for_question();
      }
    });
  }

  void wait_for_datagram(const UdpSocket& socket, Wait& waiting) {
    waiting.async_wait(Wait::wait_read, [this, &socket, &waiting](asio::error_code problem) {
      if (!problem) {
        receive(socket);
        wait_for_datagram(socket, waiting);
      }
    });
  }

  void receive(const UdpSocket& socket) {
    for (int i = 0; i < kMostAtOnce; ++i) {
      const auto arrival = socket.receive(buffer_);
      if (!arrival) {
        break;
      }
      const auto now    = clock_.now();
      const auto octets = ByteView(buffer_).first(arrival->size);
      keep(listener_.carried(now, {arrival->from, arrival->to, to_bytes(octets), 0, {}}));
      ks_.on_datagram(arrival->from, arrival->to, octets, now);
      settle();
    }
    while (socket.next_icmp()) {
      // A GM that went away: its phase 1 will run out.
    }
  }

  void settle() {
    const auto now = clock_.now();
    for (auto& message : ks_.take_output()) {
      // One that cannot be sent is a lost one: the GM will ask again.
      if (const auto* const socket = socket_of(message.source);
          socket != nullptr &&
          socket->send(message.source, message.destination, message.datagram)) {
        keep(listener_.carried(now, message));
      }
    }
    keep(listener_.settled(now));
    if (const auto deadline = ks_.deadline(); deadline && deadline != awaited_) {
      awaited_ = deadline;
      timer_.expires_after(std::chrono::nanoseconds(std::max<engine::Time>(*deadline - now, 0)));
      timer_.async_wait([this](asio::error_code problem) {
        if (!problem) {
          awaited_.reset();
          ks_.on_deadline(clock_.now());
          settle();
        }
      });
    }
  }

  /// The one that listens there; a KS that misbehaves gets another one, of that port or, where it
  /// is taken, of any. `source` becomes what it is bound to.
  [[nodiscard]] const UdpSocket* socket_of(exchange::Endpoint& source) {
    const auto found = std::ranges::find_if(sockets_, [&](const UdpSocket& one) {
      const auto& local = one.local();
      const bool any    = local.address == decltype(local.address){};
      return local.family == source.family && local.port == source.port &&
             (any || local.address == source.address);
    });
    if (found != sockets_.end()) {
      return &*found;
    }
    if (!other_ || other_for_ != source) {
      auto made = UdpSocket::bind(source);
      if (!made) {
        made = UdpSocket::bind({source.family, source.address, 0});
      }
      if (!made) {
        return nullptr;
      }
      other_     = std::move(made).value();
      other_for_ = source;
    }
    source = other_->local();
    return &*other_;
  }

  void keep(const Status& status) {
    if (!status && !fault_) {
      fault_ = status.error().text;
      context_.stop();
    }
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  keyserver::KeyServer& ks_;
  const std::vector<UdpSocket>& sockets_;
  const ServerListener& listener_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  asio::io_context context_;
  Wait stop_;
  asio::signal_set questions_{context_, SIGUSR1};
  asio::steady_timer timer_{context_};
  std::deque<Wait> waiting_;
  Clock clock_;
  Bytes buffer_ = Bytes(kMaxDatagram);
  std::optional<engine::Time> awaited_;
  std::optional<UdpSocket> other_;  ///< only written to
  exchange::Endpoint other_for_;
  std::optional<std::string> fault_;
};

}  // namespace

std::optional<std::string> serve(keyserver::KeyServer& ks, const std::vector<UdpSocket>& sockets,
                                 const ServerListener& listener, const StopSignal& stop) {
  return Server(ks, sockets, listener, stop).run();
}

}  // namespace gdoi::net
