#include "capture/live.h"

#include "capture/file_problem.h"
#include "capture/link_layer.h"

#include <array>
#include <poll.h>

namespace gdoi::capture {
namespace {

/// What tcpdump uses: the largest packet, offloads included.
constexpr int kSnapLength = 262144;

std::string interface_names() {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  pcap_if_t* all = nullptr;
  if (pcap_findalldevs(&all, text.data()) != 0) {
    return "unknown";
  }
  std::string names;
  for (const pcap_if_t* each = all; each != nullptr; each = each->next) {
    names.append(names.empty() ? "" : ", ").append(each->name);
  }
  pcap_freealldevs(all);
  return names.empty() ? "none that you may capture from" : names;
}

Error activation_problem(const std::string& name, int code, const char* reason) {
  switch (code) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return {name + ": no such interface; there are: " + interface_names()};
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return {name +
              ": no permission to capture; run as root, or give the program the right once: sudo "
              "setcap cap_net_raw,cap_net_admin=eip PROGRAM"};
    case PCAP_ERROR_IFACE_NOT_UP:
      return {name + ": the interface is not up; set it up with: ip link set " + name + " up"};
    default:
      return {name + ": cannot capture: " + (*reason == '\0' ? pcap_statustostr(code) : reason)};
  }
}

Status set_filter(pcap_t* pcap, const std::string& name, const std::vector<std::uint16_t>& ports) {
  bpf_program program{};
  if (pcap_compile(pcap, &program, live_filter(ports, true).c_str(), 1, PCAP_NETMASK_UNKNOWN) !=
          0 &&
      pcap_compile(pcap, &program, live_filter(ports, false).c_str(), 1, PCAP_NETMASK_UNKNOWN) !=
          0) {
    return Error{name + ": the capture filter was refused: " + pcap_geterr(pcap)};
  }
  const int code = pcap_setfilter(pcap, &program);
  pcap_freecode(&program);
  if (code != 0) {
    return Error{name + ": the capture filter could not be set: " + pcap_geterr(pcap)};
  }
  return success();
}

}  // namespace

std::string live_filter(const std::vector<std::uint16_t>& ports, bool vlan) {
  std::string text;
  for (const auto port : ports) {
    text.append(text.empty() ? "" : " or ").append("udp port ").append(std::to_string(port));
  }
  if (text.empty()) {
    text = "udp";
  }
  // Of port 4500 what has a non-ESP marker; libpcap cannot look behind the headers of IPv6.
  text.append(" or (udp port 4500 and udp[8:4] == 0) or (ip6 and udp port 4500)");
  text.append(" or (ip and ip[6:2] & 0x1fff != 0) or ip proto 51");
  for (const int header : {0, 43, 44, 51, 60}) {
    text.append(" or (ip6 and ip6[6] == ").append(std::to_string(header)).append(")");
  }
  // Last: libpcap shifts all offsets behind this word by a tag.
  return vlan ? text.append(" or vlan") : text;
}

void wait_live(pcap_t* pcap) {
  constexpr int kMilliseconds = 100;
  pollfd ready{.fd = pcap_get_selectable_fd(pcap), .events = POLLIN, .revents = 0};
  // Interrupted, in time or readable: next() looks.
  static_cast<void>(poll(&ready, 1, kMilliseconds));
}

Result<Pcap> open_live(const std::string& name, const std::vector<std::uint16_t>& ports) {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  Pcap pcap(pcap_create(name.c_str(), text.data()));
  if (!pcap) {
    return Error{name + ": cannot capture: " + text.data()};
  }
  pcap_set_snaplen(pcap.get(), kSnapLength);
  pcap_set_promisc(pcap.get(), 1);
  pcap_set_immediate_mode(pcap.get(), 1);
  // Not every kernel or interface has nanoseconds; microseconds serve as well.
  pcap_set_tstamp_precision(pcap.get(), PCAP_TSTAMP_PRECISION_NANO);
  if (const int code = pcap_activate(pcap.get()); code < 0) {
    return activation_problem(name, code, pcap_geterr(pcap.get()));
  }
  if (const int link_type = pcap_datalink(pcap.get()); !is_known_link_type(link_type)) {
    return link_type_problem(name, link_type);
  }
  if (auto status = set_filter(pcap.get(), name, ports); !status) {
    return status.error();
  }
  // A blocking libpcap does not come back from a silent interface.
  if (pcap_setnonblock(pcap.get(), 1, text.data()) != 0) {
    return Error{name + ": cannot capture: " + text.data()};
  }
  return pcap;
}

}  // namespace gdoi::capture
