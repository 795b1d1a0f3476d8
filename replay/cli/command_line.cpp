#include "cli/command_line.h"

#include "cli/anonymise_words.h"
#include "cli/exit_code.h"
#include "cli/manual.h"
#include "cli/run_words.h"
#include "cli/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <ostream>
#include <utility>

// CLI11 costs half a minute of compiling under the sanitizers: only this file and those with the
// words of a command include it.
namespace gdoi::cli {

namespace {

struct ManualOptions {
  std::string command;
  std::string folder;
};

constexpr std::array<std::pair<std::string_view, ColourMode>, 3> kColours{
    {{"auto", ColourMode::kAuto}, {"always", ColourMode::kAlways}, {"never", ColourMode::kNever}}
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kShells{
    {{"bash", "bash"}, {"zsh", "zsh"}}
};

CLI::App* add_inspect(CLI::App& app, InspectOptions& options) {
  auto* command = app.add_subcommand(
      "inspect", "Tell the story of captures: every registration with its outcome and why");
  auto* captures = command
                       ->add_option("captures", options.captures,
                                    "pcap or pcapng files; - is standard input; a manifest.json "
                                    "stands for all captures that it names")
                       ->option_text("CAPTURE");
  auto* interface =
      command
          ->add_option("-i,--interface", options.interface,
                       "follow a network interface instead, until Ctrl-C: a line as each "
                       "registration ends, then the table")
          ->option_text("IF")
          ->excludes(captures);
  auto* keys = one_each(
      command->add_option("-k,--keys", options.key_files,
                          "a file with secrets; may be repeated. Without it: the key log that a "
                          "manifest.json in the capture's folder or the one above names for it, or "
                          "NAME.keys beside NAME.pcap"),
      "FILE");
  command
      ->add_flag("--without-keys", options.without_keys, "use no keys, even where there are some")
      ->excludes(keys);
  command->add_flag("-m,--messages", options.messages,
                    "also print one line for each message, and what is wrong with it");
  command->add_flag(
      "-v,--verbose", options.whole,
      "also print every field of each message (keys that a KD delivers are left out)");
  command->add_flag("--vendor-ids", options.vendor_ids,
                    "also list the vendor IDs, and what in them may be a GETVPN version");
  command->add_flag("--groups", options.groups,
                    "also print each group: KSs, GMs with their versions, policy, what its PUSHes "
                    "prove, and which GMs could not stay with a feature");
  one_each(command->add_option("--feature", options.features,
                               "with the groups, which GMs can do this feature, instead of "
                               "long-sa-lifetime; may be repeated; implies --groups"),
           "NAME");
  command
      ->add_option(
          "--rule-for", options.pick,
          "print only a rules file (--rules) for this vendor ID of the list of --vendor-ids")
      ->transform(whole_number(1, std::numeric_limits<std::uint32_t>::max()))
      ->excludes(interface)
      ->option_text("N");
  one_each(
      command->add_option("--rules", options.rule_files,
                          "a file of rules that read GETVPN versions out of vendor IDs; may be "
                          "repeated"),
      "FILE");
  add_ports(*command, options.ports);
  command
      ->add_flag("--check", options.check,
                 "compare with what the manifest.json of the captures expects; exit status 1 where "
                 "something differs")
      ->excludes(interface);
  command->add_flag("--json", options.json, "print JSON (replay/report/inspect.schema.json)");
  command->add_flag("-q,--quiet", options.quiet,
                    "print only totals, and with --check what differs");
  add_choice(*command, "--color", options.colour, kColours, "colours; auto: on a terminal");
  command->footer(kExitCodes);
  return command;
}

CLI::App* add_features(CLI::App& app, FeaturesOptions& options) {
  auto* command = app.add_subcommand(
      "features", "Print the GETVPN features and versions that are publicly known, with sources");
  command
      ->add_option("--version", options.version,
                   "say what a group member of this version supports, such as 1.0.4")
      ->option_text("VERSION");
  one_each(command->add_option("--feature", options.features,
                               "only this feature, such as long-sa-lifetime; may be repeated"),
           "NAME");
  command->add_flag("--json", options.json, "print JSON");
  command->footer(kExitCodes);
  return command;
}

CLI::App* add_keys(CLI::App& app, KeysOptions& options) {
  auto* command = app.add_subcommand(
      "keys",
      "Convert secrets to one key log: from key logs, Wireshark's ikev1_decryption_table, and what "
      "gdoid and go-iec61850 print");
  command->add_option("files", options.files, "files with secrets, each in any of these forms")
      ->required()
      ->option_text("FILE");
  command
      ->add_option("-o,--output", options.output,
                   "write to this file, which only its owner may read, instead of standard output")
      ->option_text("OUT");
  command->add_flag("-f,--force", options.force, "replace the output where it exists");
  command->footer(kExitCodes);
  return command;
}

CLI::App* add_diff(CLI::App& app, DiffOptions& options) {
  auto* command = app.add_subcommand(
      "diff",
      "Compare two captures, of a key server before and after a change, registration by "
      "registration and field by field. Nothing is sent");
  command->add_option("captures", options.captures, "before and after: pcap or pcapng files")
      ->required()
      ->expected(2)
      ->option_text("CAPTURE");
  auto* keys = one_each(command->add_option("-k,--keys", options.key_files,
                                            "a file with secrets, for both; may be repeated"),
                        "FILE");
  command
      ->add_flag("--without-keys", options.without_keys, "use no keys, even where there are some")
      ->excludes(keys);
  command
      ->add_option("--compare", options.compare,
                   "rules by which fields are compared (YAML), beside the usual ones")
      ->option_text("FILE");
  command
      ->add_option("--json", options.json,
                   "write JSON to this file too; - prints it instead of the table")
      ->option_text("FILE|-");
  command->add_flag("-f,--force", options.force, "replace outputs that exist");
  command->add_flag("-q,--quiet", options.quiet, "print only what differs, and the total");
  add_ports(*command, options.ports);
  command->footer(
      "Exit status: 0 all is the same, 1 something differs, has no partner or could not be read "
      "for want of a key, 2 wrong usage or unreadable input, 3 a fault of this machine.");
  return command;
}

CLI::App* add_keyserver(CLI::App& app, KeyServerOptions& options) {
  auto* command = app.add_subcommand(
      "keyserver",
      "Serve as the reference KS over UDP until Ctrl-C. Without --policy it makes up a pre-shared "
      "key and group 1 and prints them");
  command->add_option("--policy", options.policy, "what it grants, and how it refuses (YAML)")
      ->option_text("FILE");
  one_each(command->add_option("--listen", options.listen,
                               "listen here instead of 127.0.0.1:848; may be repeated"),
           "ADDR[:PORT]");
  one_each(command->add_option("--feature", options.features,
                               "at the end, and when SIGUSR1 comes, print the table of show crypto "
                               "gdoi feature for this one; may be repeated. Without it: for those "
                               "that the policy turns on"),
           "NAME");
  command->add_option("--record", options.record, "write all that comes and goes (pcapng)")
      ->option_text("OUT");
  command
      ->add_option("--key-log", options.key_log,
                   "write the secrets as they arise, to a file that only its owner may read")
      ->option_text("OUT");
  command->add_flag("-f,--force", options.force, "replace outputs that exist");
  command->add_flag("-q,--quiet", options.quiet, "no line for each event");
  command->footer(
      "Exit status: 0 it was ended by Ctrl-C or SIGTERM, 2 wrong usage or a policy that is none, 3 "
      "a "
      "fault of this machine.");
  return command;
}

CLI::App* add_manual(CLI::App& app, ManualOptions& options) {
  auto* command = app.add_subcommand(
      "manual", "Print the manual page of a command, or of the whole (mdoc, for man -l)");
  command->add_option("command", options.command, "which one; none: the whole")
      ->option_text("COMMAND");
  command
      ->add_option("-o,--output", options.folder,
                   "write all pages to this folder instead, replacing those that are there")
      ->option_text("DIR");
  command->footer(kExitCodes);
  return command;
}

CLI::App* add_completion(CLI::App& app, std::string& shell) {
  auto* command = app.add_subcommand(
      "completion", "Print what a shell reads to complete the words of this command line");
  add_choice(*command, "shell", shell, kShells, "for which shell")->required();
  command->footer(kExitCodes);
  return command;
}

std::vector<std::string> names_of(const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const auto* each : commands) {
    names.push_back(each->get_name());
  }
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const auto* each : command.get_options()) {
    for (const auto& name : each->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

/// One sentence for what CLI11 found wrong, with what may have been meant.
std::string explain(const CLI::App& command, const CLI::ParseError& problem) {
  const auto rest = command.remaining();
  // An option that there is not matters more than a capture that is missing beside it.
  const bool unknown_option = !rest.empty() && rest.front().starts_with("-") && rest.front() != "-";
  if (rest.empty() ||
      (dynamic_cast<const CLI::ExtrasError*>(&problem) == nullptr && !unknown_option)) {
    return problem.what();
  }
  const auto word = rest.front().substr(0, rest.front().find('='));
  auto text       = fmt::format("there is no {} {}", word.starts_with("-") ? "option" : "argument",
                                report::harmless(word));
  if (const auto meant = nearest(word, option_names(command)); !meant.empty()) {
    text += fmt::format("; did you mean {}?", meant);
  }
  return text;
}

int usage_error(std::ostream& err, const std::string& command, const std::string& text) {
  auto lines = text;
  for (auto& c : lines) {
    c = c == '\n' ? ' ' : c;
  }
  err << command << ": " << lines << "\nTry: " << command << " --help\n";
  return kBadInput;
}

int print_manual(const CLI::App& app, const ManualOptions& options, std::ostream& out,
                 std::ostream& err) {
  if (!options.folder.empty()) {
    return write_manual_pages(app, options.folder, err);
  }
  if (options.command.empty()) {
    out << manual_page(app, app);
    return kAsExpected;
  }
  const auto all   = commands_of(app);
  const auto found = std::ranges::find(all, options.command, &CLI::App::get_name);
  if (found == all.end()) {
    return usage_error(
        err, "gdoi-replay manual",
        fmt::format("there is no command {}; there are {}", report::harmless(options.command),
                    fmt::join(names_of(all), ", ")));
  }
  out << manual_page(app, **found);
  return kAsExpected;
}

}  // namespace

Command parse_command_line(int count, const char* const* words, std::ostream& out,
                           std::ostream& err) {
  CLI::App app("Inspects and replays GDOI (RFC 6407), the group key management of GETVPN.",
               "gdoi-replay");
  app.formatter(std::make_shared<Help>());
  app.set_version_flag("--version", "gdoi-replay " GDOI_VERSION, "print the version");
  app.set_help_flag("-h,--help", "print this text");
  // So that a second word which is also a command is an argument: "manual run".
  app.require_subcommand(0, 1);
  app.footer(std::string("gdoi-replay COMMAND --help tells more. ") + kExitCodes);
  InspectOptions inspect_options;
  FeaturesOptions features_options;
  KeysOptions keys_options;
  RunOptions run_options;
  KeyServerOptions keyserver_options;
  DiffOptions diff_options;
  AnonymiseOptions anonymise_options;
  const auto* inspect   = add_inspect(app, inspect_options);
  const auto* run       = add_run(app, run_options);
  const auto* keyserver = add_keyserver(app, keyserver_options);
  const auto* diff      = add_diff(app, diff_options);
  const auto* anonymise = add_anonymise(app, anonymise_options);
  const auto* features  = add_features(app, features_options);
  const auto* keys      = add_keys(app, keys_options);
  ManualOptions manual_options;
  std::string shell;
  const auto* manual     = add_manual(app, manual_options);
  const auto* completion = add_completion(app, shell);

  refuse_empty_values(app);

  const auto known = names_of(commands_of(app));
  if (count > 1 && *words[1] != '-' && std::ranges::find(known, words[1]) == known.end()) {
    const auto meant = nearest(words[1], known);
    return usage_error(err, "gdoi-replay",
                       fmt::format("there is no command {}{}", report::harmless(words[1]),
                                   meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
  }
  if (const auto missing = option_without_value(app, count, words); !missing.empty()) {
    return usage_error(err, fmt::format("gdoi-replay {}", words[1]), missing);
  }
  try {
    app.parse(count, words);
  } catch (const CLI::CallForVersion&) {
    out << "gdoi-replay " GDOI_VERSION "\n";
    return kAsExpected;
  } catch (const CLI::CallForHelp&) {
    out << app.help();
    return kAsExpected;
  } catch (const CLI::ParseError& problem) {
    const auto chosen   = app.get_subcommands();
    const auto& command = chosen.empty() ? app : *chosen.front();
    return usage_error(err, chosen.empty() ? "gdoi-replay" : "gdoi-replay " + command.get_name(),
                       explain(command, problem));
  }
  if (inspect->parsed()) {
    if (inspect_options.captures.empty() && inspect_options.interface.empty()) {
      return usage_error(err, "gdoi-replay inspect", "which capture? Name one, or --interface IF");
    }
    inspect_options.messages |= inspect_options.whole;
    return inspect_options;
  }
  if (features->parsed()) {
    return features_options;
  }
  if (keys->parsed()) {
    return keys_options;
  }
  if (run->parsed()) {
    run_options.words.assign(words, words + count);
    return run_options;
  }
  if (diff->parsed()) {
    return diff_options;
  }
  if (anonymise->parsed()) {
    return anonymise_options;
  }
  if (keyserver->parsed()) {
    return keyserver_options;
  }
  if (manual->parsed()) {
    return print_manual(app, manual_options, out, err);
  }
  if (completion->parsed()) {
    out << (shell == "bash" ? bash_completion(app) : zsh_completion(app));
    return kAsExpected;
  }
  return usage_error(err, "gdoi-replay",
                     "which command? There are " + fmt::format("{}", fmt::join(known, ", ")));
}

}  // namespace gdoi::cli
