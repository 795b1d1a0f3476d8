#include "cli/command_line.h"

#include "cli/exit_code.h"
#include "cli/help.h"
#include "cli/suggest.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>

// CLI11 costs half a minute of compiling under the sanitizers: this is the only file that includes
// it.
namespace gdoi::cli {

namespace {

constexpr const char* kExitCodes =
    "Exit status: 0 all as expected, 1 a verdict differs from what was expected, 2 wrong usage or "
    "unreadable input, 3 no key server was reached, or a fault of this machine.";

/// A list that takes one value each time it is named, so that it does not swallow the captures.
CLI::Option* one_each(CLI::Option* option, const std::string& value) {
  return option->allow_extra_args(false)->option_text(value);
}

/// "50/s" as "50".
std::string without_per_second(std::string& text) {
  constexpr std::string_view kUnit = "/s";
  if (text.ends_with(kUnit)) {
    text.erase(text.size() - kUnit.size());
  }
  return {};
}

CLI::App* add_inspect(CLI::App& app, InspectOptions& options) {
  auto* command = app.add_subcommand(
      "inspect", "Tell the story of captures: every registration with its outcome and why");
  auto* captures = command
                       ->add_option("captures", options.captures,
                                    "pcap or pcapng files; - is standard input; a manifest.json "
                                    "stands for all captures that it names")
                       ->option_text("CAPTURE");
  auto* interface = command
                        ->add_option("-i,--interface", options.interface,
                                     "follow a network interface instead, until Ctrl-C")
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
  one_each(
      command->add_option("--rules", options.rule_files,
                          "a file of rules that read GETVPN versions out of vendor IDs; may be "
                          "repeated"),
      "FILE");
  one_each(command
               ->add_option("-p,--port", options.ports,
                            "look at this UDP port instead of 848; may be repeated")
               ->check(CLI::Range(1, 65'535)),
           "N");
  command
      ->add_flag("--check", options.check,
                 "compare with what the manifest.json of the captures expects; exit status 1 where "
                 "something differs")
      ->excludes(interface);
  command->add_flag("--json", options.json, "print JSON (replay/report/inspect.schema.json)");
  command->add_flag("-q,--quiet", options.quiet,
                    "print only totals, and with --check what differs");
  const std::map<std::string, ColourMode> modes{
      {"auto",   ColourMode::kAuto  },
      {"always", ColourMode::kAlways},
      {"never",  ColourMode::kNever }
  };
  command->add_option("--color", options.colour, "colours: auto (on a terminal), always or never")
      ->transform(CLI::Transformer(modes))
      ->option_text("WHEN");
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

CLI::App* add_run(CLI::App& app, RunOptions& options) {
  auto* command = app.add_subcommand(
      "run",
      "Replay the registrations of captures, rebuilt live, against a key server: the built-in "
      "reference KS, or the one that --ks names");
  command->add_option("captures", options.captures, "pcap or pcapng files; - is standard input")
      ->required()
      ->option_text("CAPTURE");
  command->add_option("--psk", options.psk, "pre-shared key: text, or 0x and hex digits")
      ->option_text("TEXT|0xHEX");
  command
      ->add_option("--cert", options.credentials.certificate,
                   "the GM's certificate, and authorities to send with it (PEM)")
      ->option_text("FILE");
  command->add_option("--private-key", options.credentials.private_key, "its private key (PEM)")
      ->option_text("FILE");
  command
      ->add_option("--ca", options.credentials.authorities,
                   "the authorities that the key server's certificate must come from (PEM)")
      ->option_text("FILE");
  command->add_option("--crl", options.credentials.revocations, "what they have revoked (PEM)")
      ->option_text("FILE");
  auto* keys = one_each(command->add_option("-k,--keys", options.key_files,
                                            "a file with secrets, as for inspect; may be repeated"),
                        "FILE");
  command
      ->add_flag("--without-keys", options.without_keys, "use no keys, even where there are some")
      ->excludes(keys);
  auto* ks = command
                 ->add_option("--ks", options.key_server,
                              "replay against this key server, over UDP; port 848 unless named. "
                              "Without it nothing leaves this process")
                 ->option_text("HOST[:PORT]");
  command
      ->add_option("--source", options.source,
                   "send from this address of this machine; without a port: any free one")
      ->option_text("ADDR[:PORT]");
  const std::map<std::string, net::Marker> markers{
      {"auto", net::Marker::kAuto},
      {"yes",  net::Marker::kYes },
      {"no",   net::Marker::kNo  }
  };
  command
      ->add_option(
          "--marker", options.marker,
          "a non-ESP marker before each message (RFC 3948): auto (to port 4500), yes or no")
      ->transform(CLI::CheckedTransformer(markers))
      ->option_text("WHEN")
      ->needs(ks);
  command
      ->add_option("--policy", options.policy,
                   "what the built-in key server grants (YAML); without it: KEK 7 days, TEK 1 h, "
                   "long SA lifetimes, PSK and group as the GM has them")
      ->option_text("FILE")
      ->excludes(ks);
  command->add_option("--registration", options.registration, "only this one")->option_text("N");
  one_each(command->add_option("--set", options.settings,
                               "take this instead of what was captured: gm-version, group, id, "
                               "psk, lifetime, cipher; may be repeated"),
           "NAME=VALUE");
  command->add_flag("--initial-contact", options.initial_contact,
                    "send a captured INITIAL-CONTACT too: it makes a key server forget the GM's "
                    "other SAs");
  const auto set_expected = [&options](const std::string& verdict) {
    if (verdict != "accepted" && verdict != "refused") {
      throw CLI::ValidationError("--expect",
                                 "accepted or refused, not " + report::harmless(verdict));
    }
    options.expect = verdict == "accepted" ? Expect::kAccepted : Expect::kRefused;
  };
  command
      ->add_option_function<std::string>("--expect", set_expected,
                                         "accepted or refused, for every registration; without it "
                                         "each must end as it was captured")
      ->option_text("VERDICT");
  command
      ->add_option("--seed", options.seed,
                   "cookies, nonces and keys from this number: reproducible, and not secret")
      ->option_text("N");
  command->add_option("--timeout", options.timeout, "seconds until a message is sent again")
      ->check(CLI::Range(0.001, 3'600.0))
      ->option_text("S");
  command->add_option("--retries", options.retries, "how often a message is sent again")
      ->check(CLI::Range(0, 100))
      ->option_text("N");
  command
      ->add_option("--count", options.count,
                   "replay each registration so many times, each time as another GM: with an "
                   "identity and a port of its own")
      ->check(CLI::Range(1, 1'000'000))
      ->option_text("N");
  command->add_option("--parallel", options.pace.parallel, "so many of them at once")
      ->check(CLI::Range(1, 10'000))
      ->option_text("N");
  command
      ->add_option("--rate", options.pace.per_second,
                   "begin at most so many a second, such as 50/s")
      ->transform(CLI::Validator(without_per_second, "", "rate"))
      ->check(CLI::Range(0.001, 1'000'000.0))
      ->option_text("N/s");
  auto* record = command->add_option("--record", options.record, "write all that is sent (pcapng)")
                     ->option_text("OUT");
  auto* log = command
                  ->add_option("--key-log", options.key_log,
                               "write the secrets of the run, which only the file's owner may read")
                  ->option_text("OUT");
  command->add_flag("-f,--force", options.force, "replace outputs that exist");
  command->add_flag("--dry-run", options.dry_run, "say what would be sent, and send nothing")
      ->excludes(record)
      ->excludes(log);
  command->add_flag("--show-map", options.show_map, "also print captured and live values");
  command->add_flag("--table", options.table,
                    "print one table, a line for each registration, without the reasons");
  command->add_flag("-q,--quiet", options.quiet, "print only totals, and what differs");
  command
      ->add_option("--json", options.json,
                   "write JSON to this file too; - prints it instead of the table")
      ->option_text("FILE|-");
  one_each(command
               ->add_option("-p,--port", options.ports,
                            "look at this UDP port instead of 848; may be repeated")
               ->check(CLI::Range(1, 65'535)),
           "N");
  command->footer(kExitCodes);
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

std::vector<std::string> names_of(const std::vector<CLI::App*>& commands) {
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

}  // namespace

Command parse_command_line(int count, const char* const* words, std::ostream& out,
                           std::ostream& err) {
  CLI::App app("Inspects and replays GDOI (RFC 6407), the group key management of GETVPN.",
               "gdoi-replay");
  app.formatter(std::make_shared<Help>());
  app.set_version_flag("--version", "gdoi-replay " GDOI_VERSION, "print the version");
  app.set_help_flag("-h,--help", "print this text");
  app.footer(std::string("gdoi-replay COMMAND --help tells more. ") + kExitCodes);
  InspectOptions inspect_options;
  FeaturesOptions features_options;
  KeysOptions keys_options;
  RunOptions run_options;
  KeyServerOptions keyserver_options;
  const auto* inspect   = add_inspect(app, inspect_options);
  const auto* run       = add_run(app, run_options);
  const auto* keyserver = add_keyserver(app, keyserver_options);
  const auto* features  = add_features(app, features_options);
  const auto* keys      = add_keys(app, keys_options);

  const auto known = names_of(app.get_subcommands([](const CLI::App*) { return true; }));
  if (count > 1 && *words[1] != '-' && std::ranges::find(known, words[1]) == known.end()) {
    const auto meant = nearest(words[1], known);
    return usage_error(err, "gdoi-replay",
                       fmt::format("there is no command {}{}", report::harmless(words[1]),
                                   meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
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
    return run_options;
  }
  if (keyserver->parsed()) {
    return keyserver_options;
  }
  return usage_error(err, "gdoi-replay",
                     "which command? There are " + fmt::format("{}", fmt::join(known, ", ")));
}

}  // namespace gdoi::cli
