#include "net/address.h"

#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace gdoi::net {
namespace {

struct HostAndPort {
  std::string_view host;
  std::string_view port;  ///< empty: none was given
  bool has_port = false;
};

std::optional<HostAndPort> split(std::string_view text) {
  HostAndPort found{text, {}, false};
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) {
      return std::nullopt;
    }
    return HostAndPort{text.substr(1, end - 1), rest.empty() ? rest : rest.substr(1),
                       !rest.empty()};
  }
  // An IPv6 address without brackets has two colons at least, and then no port.
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    found = {text.substr(0, colon), text.substr(colon + 1), true};
  }
  return found;
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port       = 0;
  const auto* const end    = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, port);
  return problem == std::errc{} && at == end ? std::optional(port) : std::nullopt;
}

/// What no name of a host does, and a resolver takes for an IPv4 address in an old form: 8480 would
/// be 0.0.33.32.
bool ends_in_number(std::string_view host) {
  if (host.ends_with('.')) {
    host.remove_suffix(1);
  }
  auto label = host.substr(host.rfind('.') + 1);
  if (label.starts_with("0x") || label.starts_with("0X")) {
    label.remove_prefix(2);
    return label.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  }
  return label.find_first_not_of("0123456789") == std::string_view::npos;
}

exchange::Endpoint endpoint_of(const asio::ip::address& address, std::uint16_t port) {
  exchange::Endpoint made;
  made.port = port;
  if (address.is_v6()) {
    made.family = 6;
    std::ranges::copy(address.to_v6().to_bytes(), made.address.begin());
  } else {
    std::ranges::copy(address.to_v4().to_bytes(), made.address.begin());
  }
  return made;
}

}  // namespace

std::string endpoint_text(const exchange::Endpoint& at) {
  const auto address = exchange::address_text(at);
  return at.family == 6 ? fmt::format("[{}]:{}", address, at.port)
                        : fmt::format("{}:{}", address, at.port);
}

Result<exchange::Endpoint> resolve(std::string_view text, std::uint16_t default_port) {
  const auto parts = split(text);
  const auto port  = parts && parts->has_port ? port_of(parts->port) : std::optional(default_port);
  if (!parts || parts->host.empty() || !port) {
    return Error{
        fmt::format("{} is no HOST[:PORT]; an IPv6 address with a port is written "
                    "[2001:db8::1]:848",
                    text)};
  }
  asio::error_code problem;
  const std::string host(parts->host);
  const auto address = asio::ip::make_address(host, problem);
  if (!problem) {
    if (address.is_v6() && address.to_v6().scope_id() != 0) {
      return Error{fmt::format("{}: link-local addresses with a zone are not supported", text)};
    }
    return endpoint_of(address, *port);
  }
  if (ends_in_number(host)) {
    const bool port_alone = !parts->has_port && port_of(host);
    return Error{
        port_alone
            ? fmt::format("{} is no address; with a port alone write 127.0.0.1:{}", text, text)
            : fmt::format("{} is no address; an IPv4 address has four numbers", text)};
  }
  asio::io_context context;
  asio::ip::udp::resolver resolver(context);
  const auto found = resolver.resolve(host, "", problem);
  if (problem || found.empty()) {
    return Error{fmt::format("{}: there is no such host ({})", text, problem.message())};
  }
  return endpoint_of(found.begin()->endpoint().address(), *port);
}

}  // namespace gdoi::net
