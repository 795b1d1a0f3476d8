#pragma once

#include "plugin/epan.h"
#include "protocol/keys/key_ring.h"

/// What the user can set: a key log file, and a table of keys.
namespace gdoi::plugin {

/// Registers `gdoi.key_log_file` and the table `gdoi_phase1_keys`.
void register_preferences(int protocol);

/// The secrets of both. What is wrong with the file is reported to the user, with its line.
[[nodiscard]] keys::KeyRing keys_of_preferences();

}  // namespace gdoi::plugin
