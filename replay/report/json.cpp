#include "report/json.h"

#include "protocol/base/hex.h"
#include "protocol/registration/words.h"
#include "report/json_parts.h"

#include <fmt/format.h>

#include <sstream>

namespace gdoi::report {

Json or_null(std::string_view text) {
  return text.empty() ? Json() : Json(text);
}

Json number_or_null(std::uint64_t frame) {
  return frame == 0 ? Json() : Json(frame);
}

Json group_json(const std::optional<registration::Group>& group) {
  if (!group) {
    return {};
  }
  return {
      {"text",    group->text           },
      {"octets",  to_hex(group->octets) },
      {"id_type", group->id_type        },
      {"remark",  or_null(group->remark)}
  };
}

Json version_json(const registration::GmVersion& version) {
  using Source  = registration::GmVersion::Source;
  const bool is = version.source == Source::kRule || version.source == Source::kCandidate;
  Json source;
  if (is) {
    source = version.source == Source::kRule ? "rule" : "candidate";
  }
  return {
      {"text",      version.text()                                       },
      {"raw",       version.version ? Json(version.version->raw) : Json()},
      {"source",    source                                               },
      {"rule",      or_null(version.rule)                                },
      {"synthetic", version.synthetic                                    },
      {"frame",     number_or_null(version.frame)                        }
  };
}

std::string_view word(getvpn::Support support) {
  switch (support) {
    case getvpn::Support::kSupported:
      return "supported";
    case getvpn::Support::kUnsupported:
      return "unsupported";
    case getvpn::Support::kUnknown:
      break;
  }
  return "unknown";
}

Json uses_json(const std::vector<registration::Use>& all) {
  Json uses = Json::array();
  for (const auto& use : all) {
    uses.push_back({
        {"feature", use.feature},
        {"text",    use.text   },
        {"frame",   use.frame  }
    });
  }
  return uses;
}

namespace {

Json notify_json(const registration::Registration& one) {
  if (!one.notify_type) {
    return {};
  }
  return {
      {"number", *one.notify_type                                    },
      {"name",   or_null(registration::notify_name(*one.notify_type))}
  };
}

Json features_json(const registration::Registration& one) {
  Json features = Json::object();
  for (const auto& [name, support] : registration::features_of(one.gm_version)) {
    features[name] = word(support);
  }
  return features;
}

double milliseconds(std::int64_t ns) {
  // To the microsecond.
  const std::int64_t microseconds = ns / 1'000;
  return static_cast<double>(microseconds) / 1'000;
}

Json explanation_json(const registration::Explanation& one) {
  return {
      {"cause", name_of(one.cause)},
      {"grade", name_of(one.grade)}
  };
}

Json diagnosis_json(const registration::Diagnosis& diagnosis) {
  if (diagnosis.seen.empty()) {
    return {};
  }
  Json evidence = Json::array();
  for (const auto& each : diagnosis.evidence) {
    evidence.push_back({
        {"fact",   each.fact         },
        {"text",   or_null(each.text)},
        {"frames", each.frames       }
    });
  }
  Json alternatives = Json::array();
  for (const auto& each : diagnosis.alternatives) {
    alternatives.push_back(explanation_json(each));
  }
  const auto& best = diagnosis.best;
  return {
      {"cause",        best ? Json(name_of(best->cause)) : Json()},
      {"grade",        best ? Json(name_of(best->grade)) : Json()},
      {"text",         diagnosis.seen + " " + diagnosis.why      },
      {"evidence",     evidence                                  },
      {"alternatives", alternatives                              }
  };
}

Json registration_json(const CaptureReport& report, std::size_t index) {
  const auto one = report.registrations[index];
  Json json{
      {"file", report.name},
      {"number", one.number},
      {"gm", exchange::address_text(one.gm)},
      {"ks", exchange::address_text(one.ks)},
      {"initiator_cookie", to_hex(one.initiator_cookie)},
      {"message_id", one.message_id ? Json(fmt::format("{:08x}", *one.message_id)) : Json()},
      {"first_frame", one.first_frame},
      {"group", group_json(one.group)},
      {"gm_version", version_json(one.gm_version)},
      {"phase1",
       {{"state", one.phase1.state},
        {"offered", one.phase1.offered},
        {"chosen", or_null(one.phase1.chosen)},
        {"auth", or_null(one.phase1.auth)}}},
      {"outcome", name_of(one.outcome)},
      {"how", or_null(name_of(one.how))},
      {"notify", notify_json(one)},
      {"step", or_null(one.step)},
      {"reason", one.reason},
      {"evidence", one.evidence},
      {"attempt", one.attempt},
      {"lifetimes", {{"kek", or_null(one.lifetimes.kek)}, {"teks", one.lifetimes.teks}}},
      {"features", features_json(one)},
      {"uses", uses_json(one.uses)},
      {"diagnosis", diagnosis_json(one.diagnosis)},
      {"frames", one.frames},
      {"started", iso_time(one.started_ns)},
      {"duration_ms", milliseconds(one.ended_ns - one.started_ns)},
      {"decrypted", one.decrypted}
  };
  if (report.comparison) {
    const auto& differences = report.comparison->registrations[index];
    json["as_expected"]     = differences.empty();
    json["differences"]     = differences;
  }
  return json;
}

Json counts_json(const registration::Counts& counts) {
  return {
      {"datagrams",               counts.datagrams              },
      {"messages",                counts.messages               },
      {"retransmissions",         counts.retransmissions        },
      {"phase1_clear",            counts.phase1_clear           },
      {"phase1_encrypted",        counts.phase1_encrypted       },
      {"pull",                    counts.pull                   },
      {"push",                    counts.push                   },
      {"push_ack",                counts.push_ack               },
      {"informational",           counts.informational          },
      {"decrypted",               counts.decrypted              },
      {"undecrypted",             counts.undecrypted            },
      {"hash_good",               counts.pull_hash_good         },
      {"informational_hash_good", counts.informational_hash_good},
      {"phase1_auth_good",        counts.phase1_auth_good       },
      {"push_sig_good",           counts.push_sig_good          },
      {"bad",                     counts.bad                    },
      {"unverified",              counts.unverified             },
      {"probes",                  counts.probes                 }
  };
}

Json file_json(const CaptureReport& report) {
  Json key_files = Json::array();
  for (const auto& file : report.key_files) {
    key_files.push_back(file.path);
  }
  const auto& read = report.read;
  Json json{
      {"file",          report.name                },
      {"key_files",     key_files                  },
      {"notes",         report.notes               },
      {"error",         or_null(report.problem)    },
      {"frames",        read.frames                },
      {"datagrams",     read.datagrams             },
      {"fragments",     read.fragments             },
      {"incomplete",    read.incomplete            },
      {"truncated",     read.truncated             },
      {"not_ip",        read.not_ip                },
      {"malformed",     read.malformed             },
      {"registrations", report.registrations.size()},
      {"counts",        counts_json(report.counts) }
  };
  if (report.comparison) {
    json["as_expected"] = report.comparison->as_expected();
    json["missing"]     = report.comparison->missing;
    json["differences"] = report.comparison->counts;
  }
  return json;
}

Json endpoint_json(const exchange::Endpoint& endpoint) {
  return {
      {"address", exchange::address_text(endpoint)},
      {"port",    endpoint.port                   }
  };
}

Json findings_json(const MessageReport& message) {
  Json all = Json::array();
  for (const auto& each : message.findings) {
    const auto& info = wire::info_of(each.code);
    all.push_back({
        {"code",      info.name             },
        {"severity",  name_of(info.severity)},
        {"text",      info.text             },
        {"clause",    or_null(info.clause)  },
        {"field",     or_null(each.filter)  },
        {"plaintext", each.decrypted        },
        {"offset",    each.offset           },
        {"needed",    each.needed           },
        {"had",       each.had              }
    });
  }
  return all;
}

Json message_json(const CaptureReport& report, const MessageReport& message) {
  const auto& record = message.record;
  return {
      {"file",              report.name                             },
      {"frame",             record.frame                            },
      {"time",              iso_time(message.time_ns)               },
      {"source",            endpoint_json(message.source)           },
      {"destination",       endpoint_json(message.destination)      },
      {"exchange",          exchange::name_of(record.exchange)      },
      {"number",            number_or_null(record.number)           },
      {"guessed",           record.guessed                          },
      {"sender",            name_of(record.sender)                  },
      {"octets",            message.octets                          },
      {"captured_octets",   message.captured_octets                 },
      {"title",             message.title                           },
      {"payloads",          message.payloads                        },
      {"crypt",             name_of(record.crypt)                   },
      {"key_remark",        or_null(message.key_remark)             },
      {"hash",              name_of(record.hash)                    },
      {"signature",         name_of(record.signature)               },
      {"retransmission_of", number_or_null(record.retransmission_of)},
      {"answers",           number_or_null(record.answers)          },
      {"registration",      number_or_null(message.registration)    },
      {"findings",          findings_json(message)                  }
  };
}

Json match_json(const getvpn::VersionMatch& match) {
  return {
      {"version",   match.version.text()},
      {"raw",       match.version.raw   },
      {"rule",      match.rule          },
      {"source",    match.source        },
      {"unmasked",  match.unmasked      },
      {"synthetic", match.synthetic     }
  };
}

Json vendor_id_json(const CaptureReport& report, const VendorIds::Entry& entry) {
  Json candidates = Json::array();
  for (const auto& each : entry.reading.candidates) {
    candidates.push_back(match_json(each));
  }
  return {
      {"file",        report.name                                                        },
      {"sender",      name_of(entry.sender)                                              },
      {"message",     entry.message                                                      },
      {"vendor_id",   to_hex(entry.vendor_id)                                            },
      {"unmasked",    or_null(to_hex(entry.reading.unmasked))                            },
      {"name",        or_null(entry.reading.name)                                        },
      {"count",       entry.count                                                        },
      {"first_frame", entry.first_frame                                                  },
      {"version",     entry.reading.version ? match_json(*entry.reading.version) : Json()},
      {"candidates",  candidates                                                         }
  };
}

Json pattern_json(const CaptureReport& report, const VendorIds::Pattern& pattern) {
  return {
      {"file",     report.name              },
      {"sender",   name_of(pattern.sender)  },
      {"message",  pattern.message          },
      {"octets",   pattern.size             },
      {"values",   pattern.values           },
      {"constant", pattern.raw              },
      {"unmasked", or_null(pattern.unmasked)}
  };
}

}  // namespace

void write_inspection_json(std::ostream& out, const std::vector<CaptureReport>& reports,
                           const Contents& contents) {
  Document document(out);
  document.member("schema", 1);
  document.begin_list("registrations");
  for (const auto& report : reports) {
    for (std::size_t i = 0; i < report.registrations.size(); ++i) {
      document.item(registration_json(report, i));
    }
  }
  document.end_list();
  document.begin_list("files");
  for (const auto& report : reports) {
    document.item(file_json(report));
  }
  document.end_list();
  if (contents.groups) {
    document.begin_list("groups");
    for (const auto& report : reports) {
      for (const auto& view : report.groups) {
        document.item(group_view_json(report, view, contents));
      }
    }
    document.end_list();
  }
  if (contents.messages) {
    document.begin_list("messages");
    for (const auto& report : reports) {
      for (const auto& message : report.messages) {
        document.item(message_json(report, message));
      }
    }
    document.end_list();
  }
  if (contents.vendor_ids) {
    document.begin_list("vendor_ids");
    for (const auto& report : reports) {
      for (const auto& entry : report.vendor_ids.entries()) {
        document.item(vendor_id_json(report, entry));
      }
    }
    document.end_list();
    document.begin_list("vendor_id_constants");
    for (const auto& report : reports) {
      for (const auto& pattern : report.vendor_ids.patterns()) {
        document.item(pattern_json(report, pattern));
      }
    }
    document.end_list();
  }
}

std::string inspection_json(const std::vector<CaptureReport>& reports, const Contents& contents) {
  std::ostringstream out;
  write_inspection_json(out, reports, contents);
  return std::move(out).str();
}

}  // namespace gdoi::report
