#pragma once

/// All that the plugin includes of Wireshark, and where 4.0, 4.4 and 4.6 differ. Several headers
/// have no `extern "C"` of their own, and 4.0's do not bring <cstdint>: the order matters.
// clang-format off
#include <cstdint>
#include <cstddef>

#include <ws_version.h>
#include <epan/packet.h>
#include <epan/conversation.h>
#include <epan/exceptions.h>
#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/tfs.h>
#include <epan/uat.h>
#include <epan/unit_strings.h>
#include <wsutil/report_message.h>
#include <wsutil/wmem/wmem_user_cb.h>

extern "C" {
#include <epan/secrets.h>
#include <epan/show_exception.h>
#include <epan/dissectors/packet-ipsec.h>
}
// clang-format on

#define GDOI_WIRESHARK_AT_LEAST(major, minor) \
  (WIRESHARK_VERSION_MAJOR > (major) ||       \
   (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

namespace gdoi::plugin {

/// Wireshark's truth value.
#if GDOI_WIRESHARK_AT_LEAST(4, 3)
using Flag = bool;
/// What the columns of octets of a user's table point to.
using TableOctet = unsigned char;
#else
using Flag       = gboolean;
using TableOctet = char;
#endif

}  // namespace gdoi::plugin
