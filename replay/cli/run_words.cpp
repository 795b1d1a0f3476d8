#include "cli/run_words.h"

#include "plan/changes.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace gdoi::cli {

namespace {

std::string change_help() {
  std::string text =
      "change a message, as \"ADDRESS: OPERATION [VALUE]\"; ADDRESS is mm1, mm3, mm5, am1, am3, "
      "pull1 or pull3, for some with a place in it (mm1/sa/transform[2]); may be repeated. "
      "Operations:";
  for (const auto& one : plan::operations()) {
    text += fmt::format("{} {}{}{}", text.back() == ':' ? "" : ",", one.name,
                        one.value.empty() ? "" : " ", one.value);
  }
  return text;
}

auto set_speed(std::optional<double>& speed) {
  return [&speed](const std::string& text) {
    constexpr double kLeast = 0.001;
    constexpr double kMost  = 1e6;
    double times            = 0;
    if (const auto wrong = read_number(text, kLeast, kMost, "x", times);
        text != "max" && !wrong.empty()) {
      throw CLI::ValidationError("--speed", "max, or " + wrong);
    }
    speed = text == "max" ? 0 : times;
  };
}

constexpr std::array<std::pair<std::string_view, Expect>, 3> kExpected{
    {{"accepted", Expect::kAccepted}, {"refused", Expect::kRefused}, {"same", Expect::kSame}}
};

}  // namespace

CLI::App* add_run(CLI::App& app, RunOptions& options) {
  auto* command = app.add_subcommand(
      "run",
      "Replay the registrations of captures, rebuilt live, against a key server: the built-in "
      "reference KS, or the one that --ks names; or run scenarios, which say what it has to do");
  command
      ->add_option("captures", options.captures,
                   "pcap or pcapng files, - is standard input; or scenarios (YAML), a folder of "
                   "them, or a bundle. With --mode synthetic YAML files of GMs")
      ->required()
      ->option_text("CAPTURE");
  add_choice(*command, "--mode", options.mode, kModes,
             "stateful: the messages rebuilt live; verbatim: the GM's captured datagrams as they "
             "are, to see that the key server is not fooled by them; synthetic: no capture, the "
             "files describe GMs (YAML, replay/plan/example-gm.yaml)");
  auto* speed = command
                    ->add_option_function<std::string>(
                        "--speed", set_speed(options.speed),
                        "verbatim: so many times as fast as captured, such as 1x "
                        "or 2x, or max for all at once; or --rate for a fixed pace")
                    ->option_text("N");
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
  add_choice(*command, "--marker", options.marker, kMarkers,
             "a non-ESP marker before each message (RFC 3948); auto: to port 4500")
      ->needs(ks);
  command
      ->add_option("--policy", options.policy,
                   "what the built-in key server grants (YAML); without it: KEK 7 days, TEK 1 h, "
                   "long SA lifetimes, PSK and group as the GM has them")
      ->option_text("FILE")
      ->excludes(ks);
  command
      ->add_option("--registration", options.registration,
                   "only this one, by its number in inspect's list")
      ->transform(whole_number(1, std::numeric_limits<std::uint32_t>::max()))
      ->option_text("N");
  one_each(command->add_option("--set", options.settings,
                               "take this instead of what was captured: gm-version, group, id, "
                               "psk, lifetime, cipher, or any field by its address, such as "
                               "mm1/transform[2]/key_length; may be repeated"),
           "NAME=VALUE");
  one_each(command->add_option("--change", options.changes, change_help()), "CHANGE");
  command->add_flag("--initial-contact", options.initial_contact,
                    "send a captured INITIAL-CONTACT too: it makes a key server forget the GM's "
                    "other SAs");
  add_choice(*command, "--expect", options.expect, kExpected,
             "accepted or refused, for every registration; same: it must end as captured and the "
             "key server must say what it said then, field by field; without it each must end as "
             "captured");
  command
      ->add_option(
          "--compare", options.compare,
          "rules by which replies are compared with captured ones (YAML), beside the usual "
          "ones; also prints the differences")
      ->option_text("FILE");
  command
      ->add_option("--seed", options.seed,
                   "cookies, nonces and keys from this number: reproducible, and not secret")
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("N");
  command->add_option("--timeout", options.timeout, "seconds until a message is sent again")
      ->transform(any_number(0.001, 3'600))
      ->option_text("S");
  command->add_option("--retries", options.retries, "how often a message is sent again")
      ->transform(whole_number(0, 100))
      ->option_text("N");
  command
      ->add_option("--count", options.count,
                   "replay each registration so many times, each time as another GM: with an "
                   "identity and a port of its own")
      ->transform(whole_number(1, 1'000'000))
      ->option_text("N");
  command->add_option("--parallel", options.pace.parallel, "so many of them at once")
      ->transform(whole_number(1, 10'000))
      ->option_text("N");
  command
      ->add_option("--rate", options.pace.per_second,
                   "begin at most so many a second, such as 50/s; verbatim: datagrams")
      ->transform(any_number(0.001, 1'000'000, "/s"))
      ->option_text("N/s")
      ->excludes(speed);
  auto* record = command->add_option("--record", options.record, "write all that is sent (pcapng)")
                     ->option_text("OUT");
  auto* log = command
                  ->add_option("--key-log", options.key_log,
                               "write the secrets of the run, which only the file's owner may read")
                  ->option_text("OUT");
  command->add_flag("-f,--force", options.force, "replace outputs that exist");
  auto* dry =
      command->add_flag("--dry-run", options.dry_run, "say what would be sent, and send nothing")
          ->excludes(record)
          ->excludes(log);
  command
      ->add_flag("--addresses", options.addresses,
                 "with --dry-run: the address of every field of every message, with its value")
      ->needs(dry);
  command->add_flag("--show-map", options.show_map, "also print captured and live values");
  command->add_flag("--table", options.table,
                    "print one table, a line for each registration, without the reasons");
  command->add_flag("-q,--quiet", options.quiet, "print only totals, and what differs");
  command
      ->add_option("--json", options.json,
                   "write JSON to this file too; - prints it instead of the table")
      ->option_text("FILE|-");
  command->add_option("--junit", options.junit, "write JUnit XML to this file, for a CI server")
      ->option_text("FILE");
  command
      ->add_option("--html", options.html,
                   "write a page for a browser to this file: captured beside live")
      ->option_text("FILE");
  command
      ->add_option(
          "--bundle", options.bundle,
          "for each registration or case that is not as expected write a folder below this "
          "one that repeats it (run FOLDER); it holds secrets, only its owner may read it")
      ->option_text("DIR");
  command->add_flag("--minimise", options.minimise,
                    "for each registration or case that is not as expected find the fewest "
                    "settings, changes and payloads that end in the same way; what --bundle keeps "
                    "is that");
  command
      ->add_option("--minimise-runs", options.minimise_runs, "at most so many trials of each (500)")
      ->transform(whole_number(1, 1'000'000))
      ->option_text("N");
  add_ports(*command, options.ports);
  command->footer(kExitCodes);
  return command;
}

}  // namespace gdoi::cli
