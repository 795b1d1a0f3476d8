#include "cli/keyserver.h"

#include "cli/cpu_time.h"
#include "cli/exit_code.h"
#include "cli/outputs.h"
#include "cli/private_file.h"
#include "cli/run_policy.h"
#include "cli/run_record.h"
#include "keyserver/keyserver.h"
#include "net/address.h"
#include "net/os_random.h"
#include "net/stop_signal.h"
#include "net/udp_server.h"
#include "protocol/base/hex.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>

namespace gdoi::cli {

namespace {

constexpr std::string_view kLoopback  = "127.0.0.1";
constexpr std::size_t kMadeUpPskSize  = 12;
constexpr std::size_t kWidth          = 100;
constexpr unsigned kMillisecondDigits = 3;
constexpr double kMilli               = 1e3;

class Service {
 public:
  Service(const KeyServerOptions& options, std::ostream& out, std::ostream& err)
      : options_(options), out_(out), err_(err) {}

  int run() {
    if (!read_policy() || !bind() || !open_outputs()) {
      return exit_code_;
    }
    // A GM that finds a NAT goes on at port 4500: it must be there.
    policy_->nat_traversal =
        policy_->nat_traversal && std::ranges::any_of(sockets_, [](const net::UdpSocket& one) {
          return one.local().port == net::kNatPort;
        });
    keyserver::KeyServer ks(std::move(*policy_), sockets_.front().local(), random_);
    policy_.reset();
    announce();
    net::ServerListener listener;
    listener.carried = [this](engine::Time time, const engine::Outgoing& message) {
      return carried(time, message);
    };
    listener.settled = [this, &ks](engine::Time time) { return settled(ks, time); };
    listener.asked   = [this, &ks] { print_tables(ks); };
    if (const auto fault = net::serve(ks, sockets_, listener, stop_)) {
      fail(kLocalFault, *fault);
    }
    if (const auto closed = record_->close(); !closed) {
      fail(closed.error().code, closed.error().text);
    }
    print_tables(ks);
    summarise();
    return exit_code_;
  }

 private:
  void fail(int code, const std::string& text) {
    out_.flush();
    err_ << "gdoi-replay keyserver: " << report::harmless(text) << '\n';
    exit_code_ = std::max(exit_code_, code);
  }

  bool refuse(int code, const std::string& text) {
    fail(code, text);
    return false;
  }

  bool read_policy() {
    for (const auto& name : options_.features) {
      if (getvpn::feature_named(name) == nullptr) {
        return refuse(kBadInput, fmt::format("--feature {}: there is no such feature; gdoi-replay "
                                             "features lists them",
                                             name));
      }
    }
    if (options_.policy.empty()) {
      std::array<std::uint8_t, kMadeUpPskSize> octets{};
      random_.fill(octets);
      made_up_psk_ = to_hex(octets);
      policy_ = keyserver::default_policy(Secret(Bytes(made_up_psk_.begin(), made_up_psk_.end())));
    } else {
      const auto file = PolicyFile::read(options_.policy);
      if (!file) {
        return refuse(kBadInput, file.error().text);
      }
      auto policy = file->parse();
      if (!policy) {
        return refuse(kBadInput, policy.error().text);
      }
      policy_ = std::move(policy).value();
    }
    tables_ = options_.features;
    if (tables_.empty()) {
      for (const auto* feature : policy_->features) {
        tables_.emplace_back(feature->name);
      }
    }
    return true;
  }

  bool bind() {
    auto addresses = options_.listen;
    if (addresses.empty()) {
      addresses.emplace_back(kLoopback);
    }
    for (const auto& text : addresses) {
      const auto at = net::resolve(text, net::kGdoiPort);
      if (!at) {
        return refuse(kBadInput, "--listen: " + at.error().text);
      }
      auto socket = net::UdpSocket::bind(*at);
      if (!socket) {
        return refuse(kLocalFault, socket.error().text);
      }
      sockets_.push_back(std::move(socket).value());
    }
    return true;
  }

  bool open_outputs() {
    std::vector<std::string> inputs{options_.policy};
    if (policy_) {
      const auto& files = policy_->credential_files;
      inputs.insert(inputs.end(),
                    {files.certificate, files.private_key, files.authorities, files.revocations});
    }
    const auto may = check_outputs(
        {
            {"--record",  options_.record },
            {"--key-log", options_.key_log}
    },
        inputs, options_.force);
    if (!may) {
      return refuse(may.error().code, may.error().text);
    }
    auto record = RunRecord::open(options_.record, "", options_.force);
    if (!record) {
      return refuse(record.error().code, record.error().text);
    }
    record_ = std::move(record).value();
    if (!options_.key_log.empty()) {
      auto log = PrivateLog::open(options_.key_log, options_.force);
      if (!log) {
        return refuse(log.error().code, log.error().text);
      }
      key_log_         = std::move(log).value();
      const auto begun = key_log_->append("# Secrets of a key server (gdoi-replay keyserver)\n");
      return begun || refuse(begun.error().code, begun.error().text);
    }
    return true;
  }

  void announce() {
    for (const auto& socket : sockets_) {
      out_ << "listening on " << net::endpoint_text(socket.local()) << '\n';
    }
    if (!made_up_psk_.empty()) {
      const auto where = net::endpoint_text(sockets_.front().local());
      out_ << report::wrap(
                  "no --policy, so made up: group 1, KEK of 7 days, TEK of 1 h, long SA "
                  "lifetimes on, for any GM with the pre-shared key " +
                      made_up_psk_,
                  kWidth, 0)
           << fmt::format("to register: gdoi-replay run CAPTURE --ks {} --psk {} --set group=1\n",
                          where, made_up_psk_);
    }
    out_ << "Ctrl-C ends it\n" << std::flush;
  }

  Status carried(engine::Time time, const engine::Outgoing& message) {
    ++datagrams_;
    const auto added = record_->add(time, message, {});
    return added ? success() : Status(Error{added.error().text});
  }

  Status settled(keyserver::KeyServer& ks, engine::Time time) {
    const auto lines = ks.take_log();
    for (const auto& line : lines) {
      if (line.starts_with("Phase 1") && line.find(" complete") != std::string::npos) {
        ++completed_;
      }
      if (!options_.quiet) {
        out_ << report::time_of_day(time, kMillisecondDigits) << "  " << report::harmless(line)
             << '\n';
      }
    }
    if (!lines.empty()) {
      out_.flush();
    }
    std::string secrets;
    for (const auto& line : ks.take_key_log()) {
      secrets += line + '\n';
    }
    if (key_log_ && !secrets.empty()) {
      if (const auto added = key_log_->append(secrets); !added) {
        return Error{added.error().text};
      }
    }
    return success();
  }

  void print_tables(const keyserver::KeyServer& ks) {
    for (const auto& name : tables_) {
      out_ << "\nshow crypto gdoi feature " << name << '\n' << ks.feature_table(name);
    }
    out_.flush();
  }

  void summarise() {
    out_ << fmt::format("{} in and out", report::count_of(datagrams_, "datagram"));
    if (completed_ > 0) {
      out_ << fmt::format("; {} completed, {:.2f} ms of CPU each",
                          report::count_of(completed_, "phase 1"),
                          kMilli * (cpu_seconds() - cpu_before_) / static_cast<double>(completed_));
    }
    out_ << '\n';
  }

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const KeyServerOptions& options_;
  std::ostream& out_;
  std::ostream& err_;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  net::StopSignal stop_;
  net::OsRandom random_;
  std::optional<keyserver::Policy> policy_;
  std::string made_up_psk_;
  std::vector<std::string> tables_;
  std::vector<net::UdpSocket> sockets_;
  std::optional<RunRecord> record_;
  std::optional<PrivateLog> key_log_;
  double cpu_before_       = cpu_seconds();
  std::uint64_t datagrams_ = 0;
  std::uint64_t completed_ = 0;
  int exit_code_           = kAsExpected;
};

}  // namespace

int run_keyserver(const KeyServerOptions& options, std::ostream& out, std::ostream& err) {
  return Service(options, out, err).run();
}

}  // namespace gdoi::cli
