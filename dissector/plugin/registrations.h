#pragma once

/// The registrations of a file in the end, by all that it tells: `-z gdoi,list` in words, and
/// `-z gdoi,stat` counted by group member, which is in the menu Statistics too.
namespace gdoi::plugin {

/// At start, after the tap has a name.
void register_registration_table();

/// At start, for programs that print: Wireshark asks for it when its own are there.
void register_registration_list();

}  // namespace gdoi::plugin
