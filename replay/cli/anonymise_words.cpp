#include "cli/anonymise_words.h"

#include "cli/run_words.h"

#include <limits>

namespace gdoi::cli {

CLI::App* add_anonymise(CLI::App& app, AnonymiseOptions& options) {
  auto* command = app.add_subcommand("anonymise",
                                     "Map addresses, identities, group names and keys of a capture "
                                     "to made ones, so that it can be "
                                     "shared. What could not be mapped is said");
  command->add_option("capture", options.capture, "pcap or pcapng file")
      ->required()
      ->option_text("CAPTURE");
  command->add_option("-o,--output", options.output, "the capture that is made (pcapng)")
      ->required()
      ->option_text("OUT");
  auto* keys = one_each(
      command->add_option("-k,--keys", options.key_files,
                          "a file with secrets, to map what is encrypted too; may be repeated. "
                          "Without it they are looked for as by inspect"),
      "FILE");
  command
      ->add_flag("--without-keys", options.without_keys, "use no keys, even where there are some")
      ->excludes(keys);
  command
      ->add_option("--key-log", options.key_log,
                   "write the made keys that decrypt OUT, to a file that only its owner may read; "
                   "none of them is a real one")
      ->option_text("FILE");
  command->add_flag("--scramble", options.scramble,
                    "put random octets in the place of what is encrypted and cannot be read; else "
                    "it stays, and whoever has the keys can read it");
  command->add_flag("--strict", options.strict,
                    "write nothing where something encrypted cannot be read");
  command->add_flag("--only-gdoi", options.only_gdoi,
                    "leave other frames out; else they stay with nothing but their addresses, so "
                    "that frame numbers stay");
  command->add_flag("--show-map", options.show_map,
                    "also print what became of what; not to be shared");
  command
      ->add_option("--json", options.json,
                   "write JSON to this file too; - prints it instead of the text")
      ->option_text("FILE|-");
  command
      ->add_option("--seed", options.seed,
                   "made keys from this number: the same capture becomes the same, but for key "
                   "pairs of signatures. Whoever knows it knows them")
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("N");
  command->add_flag("-f,--force", options.force, "replace outputs that exist");
  command->add_flag("-q,--quiet", options.quiet, "print only what could not be mapped");
  add_ports(*command, options.ports);
  command->footer(
      "Exit status: 0 it was written, 1 with --strict something encrypted could not be read, 2 "
      "wrong usage, unreadable or cut input, an output that exists, 3 a fault of this machine.");
  return command;
}

}  // namespace gdoi::cli
