#include "cli/manual.h"

#include "cli/commands_of.h"
#include "cli/outputs.h"
#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <ostream>
#include <sstream>
#include <system_error>

namespace gdoi::cli {

namespace {

constexpr std::string_view kDate = "November 24, 2026";

constexpr std::size_t kLine = 78;

/// A line that mdoc takes as it is: nothing in it is an escape or a request.
std::string plain_line(std::string_view text) {
  std::string out = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (const char c : text) {
    out += c == '\\' ? "\\e" : std::string(1, c);
  }
  return out;
}

/// Text, in short lines, of which each sentence begins one, as mandoc asks.
std::string plain(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto stop     = text.find(". ");
    const auto sentence = text.substr(0, stop == std::string_view::npos ? stop : stop + 1);
    text.remove_prefix(std::min(text.size(), sentence.size() + 1));
    std::istringstream lines(report::wrap(std::string(sentence), kLine, 0));
    for (std::string line; std::getline(lines, line);) {
      out += (out.empty() ? "" : "\n") + plain_line(line);
    }
  }
  return out;
}

/// A word as the argument of a macro: one that reads like a macro's name or a delimiter stays text.
std::string argument(std::string_view text) {
  std::string out = "\\&";
  for (const char c : text) {
    out += c == '\\' ? std::string("\\e") : std::string(1, c);
  }
  return out.find(' ') == std::string::npos ? out : '"' + out + '"';
}

std::string item(const CLI::Option& option) {
  const auto& value = option.get_option_text();
  if (option.get_positional()) {
    return fmt::format(".It Ar {}\n{}\n", argument(value), plain(option.get_description()));
  }
  std::string names;
  for (const auto& name : option.get_snames()) {
    names += fmt::format("{}Fl {}", names.empty() ? "" : " , ", name);
  }
  for (const auto& name : option.get_lnames()) {
    names += fmt::format("{}Fl -{}", names.empty() ? "" : " , ", name);
  }
  return fmt::format(".It {}{}\n{}\n", names, value.empty() ? "" : " Ar " + argument(value),
                     plain(option.get_description()));
}

std::string options_of(const CLI::App& command) {
  std::string out = ".Bl -tag -width Ds\n";
  for (const auto* each : command.get_options()) {
    out += item(*each);
  }
  return out + ".El\n";
}

/// "Exit status: 0 all as expected, ..." without the heading, which a page has of its own.
std::string exit_status(const CLI::App& command) {
  constexpr std::string_view kHeading = "Exit status: ";
  const auto footer                   = command.get_footer();
  const auto at                       = footer.find(kHeading);
  return at == std::string::npos ? "" : plain(footer.substr(at + kHeading.size())) + '\n';
}

/// A command as it is typed: groff would make typographic quotes and hyphens of the plain ones.
std::string typed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\e";
        break;
      case '-':
        out += "\\-";
        break;
      case '\'':
        out += "\\(aq";
        break;
      case '"':
        out += "\\(dq";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// A command in lines that fit, each but the last with the shell's sign that it goes on.
std::string typed_lines(std::string_view line) {
  constexpr std::size_t kWidth = 66;
  std::string out;
  std::istringstream lines(report::wrap(std::string(line), kWidth, 0));
  for (std::string each; std::getline(lines, each);) {
    out += (out.empty() ? "" : " \\e\n    ") + typed(each);
  }
  return out;
}

std::string examples_of(std::string_view command) {
  std::string out;
  for (const auto& each : examples()) {
    if (each.command == command) {
      out += fmt::format("{}{}\n.Bd -literal -offset indent\n{}\n.Ed\n", out.empty() ? "" : ".Pp\n",
                         plain(each.what), typed_lines(each.line));
    }
  }
  return out.empty() ? out : ".Sh EXAMPLES\n" + out;
}

std::string see_also(const CLI::App& app, const CLI::App& command) {
  std::vector<std::string> pages;
  if (&command != &app) {
    pages.push_back(app.get_name());
  }
  for (const auto* each : commands_of(app)) {
    if (each != &command) {
      pages.push_back(app.get_name() + '-' + each->get_name());
    }
  }
  std::ranges::sort(pages);
  std::string out = ".Sh SEE ALSO\n";
  for (const auto& page : pages) {
    out += fmt::format(".Xr {} 1 ,\n", page);
  }
  return out + ".Xr tshark 1\n";
}

}  // namespace

const std::vector<Example>& examples() {
  static const std::vector<Example> all{
      {"inspect",    "Which registrations are in a capture, and why one was refused:",
       "gdoi-replay inspect captures/story/h-refused-and-registered.pcapng"                                                                            },
      {"inspect",    "Every message with its payloads, with the secrets of a router:",
       "gdoi-replay inspect --messages --keys gdoi.keys field.pcapng"                                                                                  },
      {"inspect",    "For a script, the registrations that were refused:",
       "gdoi-replay inspect --json *.pcap | jq '.registrations[] | select(.outcome == "
       "\"refused\")'"                                                                                                                                 },
      {"inspect",    "Which group members could not stay if long SA lifetimes were turned on now:",
       "gdoi-replay inspect --groups --feature long-sa-lifetime gm.pcap"                                                                               },
      {"inspect",    "Live, until Ctrl-C:",                                                             "gdoi-replay inspect --interface eth0"         },
      {"run",        "Each registration must end as it was captured, against the built-in key server:",
       "gdoi-replay run captures/story/a-refused-1.0.1.pcapng"                                                                                         },
      {"run",        "The refused registration with a newer version must be accepted:",
       "gdoi-replay run captures/story/a-refused-1.0.1.pcapng --set gm-version=1.0.17 --expect "
       "accepted"                                                                                                                                      },
      {"run",        "With a wrong HASH(1) it must be refused:",
       "gdoi-replay run captures/story/c-registered-1.0.17.pcapng --change 'pull1: break-hash' "
       "--expect refused"                                                                                                                              },
      {"run",        "The fields that a change can name, with their values:",
       "gdoi-replay run captures/story/c-registered-1.0.17.pcapng --dry-run --addresses"                                                               },
      {"run",        "Every field of what the key server says must be as captured:",
       "gdoi-replay run captures/story/c-registered-1.0.17.pcapng --expect same"                                                                       },
      {"run",        "Nothing may come of the captured datagrams themselves:",
       "gdoi-replay run captures/story/c-registered-1.0.17.pcapng --mode verbatim"                                                                     },
      {"run",        "The scenarios of a folder, with reports for a CI server and for people:",
       "gdoi-replay run replay/scenarios --junit report.xml --html report.html --bundle failed"                                                        },
      {"run",        "What such a run kept in a bundle, once more:",
       "gdoi-replay run failed/malformed-two_nonces"                                                                                                   },
      {"run",        "Every malformed message that the reference key server refuses, sent to another:",
       "gdoi-replay run replay/scenarios/malformed.yaml --ks 192.0.2.9 --psk secret --set group=7"                                                     },
      {"run",        "Against a live key server, with a record that Wireshark decrypts:",
       "gdoi-replay run field.pcap --ks 192.0.2.9 --psk secret --record live.pcapng --key-log "
       "live.keys"                                                                                                                                     },
      {"run",        "A thousand group members, 64 at once:",
       "gdoi-replay run field.pcap --ks 192.0.2.9 --psk secret --count 1000 --parallel 64"                                                             },
      {"diff",       "What a key server said otherwise after its upgrade:",
       "gdoi-replay diff before.pcapng after.pcapng"                                                                                                   },
      {"anonymise",  "A capture for others, with keys that open it and are nobody's:",
       "gdoi-replay anonymise field.pcap --keys field.keys -o shared.pcapng --key-log shared.keys"                                                     },
      {"keyserver",
       "A key server to try things on:",                                                                "gdoi-replay keyserver --listen 127.0.0.1:8480"},
      {"features",
       "What a group member of version 1.0.1 cannot do:",                                               "gdoi-replay features --version 1.0.1"         },
      {"keys",       "One key log out of what a key server printed:",
       "gdoi-replay keys gdoid.log -o registration.keys"                                                                                               },
      {"completion", "For this session of bash:",                                                       "source <(gdoi-replay completion bash)"        },
      {"manual",     "Read the page of run:",                                                           "gdoi-replay manual run | man -l -"            },
  };
  return all;
}

std::string manual_page(const CLI::App& app, const CLI::App& command) {
  const bool whole = &app == &command;
  auto page        = app.get_name() + (whole ? "" : '-' + command.get_name());
  auto title       = page;
  std::ranges::transform(title, title.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  auto description = command.get_description();
  auto one_line    = description.substr(0, description.find(". "));
  if (one_line.ends_with('.')) {
    one_line.pop_back();
  }
  auto out = fmt::format(".Dd {}\n.Dt {} 1\n.Os\n.Sh NAME\n.Nm {}\n.Nd {}\n.Sh SYNOPSIS\n", kDate,
                         title, page, plain_line(one_line));
  if (whole) {
    out += fmt::format(".Nm {}\n.Ar command\n.Op Ar options\n", app.get_name());
  } else {
    out += fmt::format(".Nm {} {}\n.Op Ar options\n", app.get_name(), command.get_name());
    for (const auto* each : command.get_options()) {
      if (each->get_positional()) {
        out += fmt::format("{} {}{}\n", each->get_required() ? ".Ar" : ".Op Ar",
                           argument(each->get_option_text()), takes_many(*each) ? " ..." : "");
      }
    }
  }
  out += ".Sh DESCRIPTION\n" + plain(description) + '\n';
  if (whole) {
    out += ".Bl -tag -width Ds\n";
    for (const auto* each : commands_of(app)) {
      out += fmt::format(".It Xr {}-{} 1\n{}\n", app.get_name(), each->get_name(),
                         plain(each->get_description()));
    }
    out += ".El\n";
  }
  out += ".Pp\nThe options are:\n" + options_of(command);
  if (const auto status = exit_status(command); !status.empty()) {
    out += ".Sh EXIT STATUS\n" + status;
  }
  return out + examples_of(whole ? "" : command.get_name()) + see_also(app, command);
}

int write_manual_pages(const CLI::App& app, const std::string& folder, std::ostream& err) {
  std::vector<const CLI::App*> all = commands_of(app);
  all.push_back(&app);
  auto done = check_outputs(
      {
          {"--output", folder, OutputKind::kFolder}
  },
      {}, true);
  if (std::error_code problem; done) {
    std::filesystem::create_directory(folder, problem);
  }
  for (const auto* each : all) {
    const auto name = app.get_name() + (each == &app ? "" : "-" + each->get_name()) + ".1";
    if (done) {
      const auto path = std::filesystem::path(folder) / name;
      done            = write_report_file(path.string(), manual_page(app, *each), true);
    }
  }
  if (!done) {
    err << "gdoi-replay manual: " << report::harmless(done.error().text) << '\n';
  }
  return done ? kAsExpected : done.error().code;
}

}  // namespace gdoi::cli
