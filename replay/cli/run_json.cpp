#include "cli/minimised_json.h"
#include "cli/run_report.h"

#include <nlohmann/json.hpp>

#include <array>

namespace gdoi::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr engine::Time kMillisecond = 1'000'000;
constexpr double kMedian            = 0.5;
constexpr double kNinety            = 0.9;
constexpr double kNinetyNine        = 0.99;

Json or_null(std::string_view text) {
  return text.empty() ? Json() : Json(text);
}

Json live_json(const Replayed& one) {
  if (!one.live) {
    return {};
  }
  const auto& live = *one.live;
  Json map         = Json::array();
  for (const auto& [name, values] : live.map) {
    map.push_back({
        {"name",     name         },
        {"captured", values.first },
        {"live",     values.second}
    });
  }
  Json answers = Json::array();
  for (const auto& [what, count] : live.answers) {
    answers.push_back({
        {"what",  what },
        {"count", count}
    });
  }
  return {
      {"verdict",         name_of(live.ending)                               },
      {"how",             or_null(name_of(live.how))                         },
      {"notify_type",     live.notify_type ? Json(*live.notify_type) : Json()},
      {"step",            or_null(live.step)                                 },
      {"reason",          live.reason                                        },
      {"duration_ms",     (live.ended - live.started) / kMillisecond         },
      {"sent",            live.sent                                          },
      {"retransmissions", live.retransmissions                               },
      {"received",        live.received                                      },
      {"answers",         std::move(answers)                                 },
      {"map",             std::move(map)                                     }
  };
}

Json clones_json(const Replayed& one) {
  const auto* const tally = one.clones();
  if (tally == nullptr) {
    return {};
  }
  Json endings;
  for (const auto ending : engine::kEndings) {
    endings[std::string(name_of(ending))] = tally->count(ending);
  }
  return {
      {"asked",       tally->asked            },
      {"begun",       tally->begun            },
      {"verdicts",    std::move(endings)      },
      {"unexpected",  tally->unexpected       },
      {"seconds",     tally->seconds()        },
      {"per_second",  tally->per_second()     },
      {"median_ms",   tally->whole.ms(kMedian)},
      {"longest_ms",  tally->whole.ms(1)      },
      {"cpu_ms_each", tally->cpu_ms_each()    }
  };
}

/// Attempts, successes, and one counter for each cause.
struct Counters {
  std::size_t attempts  = 0;
  std::size_t successes = 0;
  std::array<std::size_t, engine::kCauses.size()> causes{};

  void add(const Tally& tally) {
    attempts += tally.begun;
    successes += tally.successes();
    for (std::size_t i = 0; i < causes.size(); ++i) {
      causes.at(i) += tally.count(engine::kCauses.at(i));
    }
  }

  [[nodiscard]] Json json() const {
    Json by_cause = Json::object();
    for (std::size_t i = 0; i < causes.size(); ++i) {
      if (engine::kCauses.at(i) != engine::Cause::kNone) {
        by_cause[std::string(name_of(engine::kCauses.at(i)))] = causes.at(i);
      }
    }
    return {
        {"attempts",  attempts           },
        {"successes", successes          },
        {"causes",    std::move(by_cause)}
    };
  }
};

Json counters_json(const Replayed& one) {
  if (!one.tally) {
    return {};
  }
  Counters counters;
  counters.add(*one.tally);
  return counters.json();
}

Json percentiles(const Times& times) {
  if (times.empty()) {
    return {};
  }
  return {
      {"p50", times.ms(kMedian)    },
      {"p90", times.ms(kNinety)    },
      {"p99", times.ms(kNinetyNine)},
      {"max", times.ms(1)          }
  };
}

Json times_json(const Replayed& one) {
  if (!one.tally) {
    return {};
  }
  return {
      {"phase1_ms", percentiles(one.tally->phase1)},
      {"pull_ms",   percentiles(one.tally->pull)  },
      {"all_ms",    percentiles(one.tally->whole) }
  };
}

Json destinations_json(const Replayed& one) {
  Json all = Json::array();
  if (one.tally) {
    for (const auto& [to, count] : one.tally->sent_to) {
      all.push_back({
          {"address",   exchange::address_text(to)},
          {"port",      to.port                   },
          {"datagrams", count                     },
          {"over_udp",  one.over_udp              }
      });
    }
  }
  return all;
}

Json comparison_json(const Replayed& one) {
  if (!one.sameness) {
    return {};
  }
  const auto& found = one.sameness->comparison;
  Json differences  = Json::array();
  for (const auto& each : found.differences) {
    differences.push_back({
        {"address",  each.address },
        {"captured", each.captured},
        {"live",     each.live    },
        {"rule",     each.why     }
    });
  }
  return {
      {"same",        found.same()          },
      {"fields",      found.fields.size()   },
      {"differences", std::move(differences)},
      {"unread",      found.unread          }
  };
}

Json captured_json(const Replayed& one) {
  if (one.synthetic) {
    return {};
  }
  return {
      {"outcome", name_of(one.captured.outcome)     },
      {"how",     or_null(name_of(one.captured.how))},
      {"step",    or_null(one.captured.step)        },
      {"reason",  one.captured.reason               }
  };
}

Json replayed_json(const ReplayedCapture& capture, const Replayed& one) {
  const auto& captured = one.captured;
  Json plan            = Json::array();
  for (const auto& message : one.plan) {
    plan.push_back({
        {"name",           message.name                                                       },
        {"captured_frame", message.captured_frame == 0 ? Json() : Json(message.captured_frame)},
        {"payloads",       message.payloads                                                   }
    });
    for (const auto& [address, value] : message.addresses) {
      plan.back()["addresses"].push_back({
          {"address", address},
          {"value",   value  }
      });
    }
  }
  Json changes = Json::array();
  for (const auto& change : one.changes) {
    changes.push_back({
        {"change", change.text},
        {"made",   change.made}
    });
    if (!change.made) {
      changes.back()["why_not"] = why_not_made(change);
    }
  }
  const bool told        = one.live && !one.is_inconclusive();
  const auto as_expected = told ? Json(one.as_expected()) : Json();
  return {
      {"file",           capture.name                                            },
      {"number",         captured.number                                         },
      {"gm",             exchange::address_text(captured.gm)                     },
      {"ks",             exchange::address_text(captured.ks)                     },
      {"group",          or_null(one.group)                                      },
      {"gm_version",     one.version                                             },
      {"captured",       captured_json(one)                                      },
      {"live",           live_json(one)                                          },
      {"clones",         clones_json(one)                                        },
      {"counters",       counters_json(one)                                      },
      {"times",          times_json(one)                                         },
      {"destinations",   destinations_json(one)                                  },
      {"comparison",     comparison_json(one)                                    },
      {"expected",       one.expected ? Json(name_of(*one.expected)) : Json()    },
      {"as_expected",    as_expected                                             },
      {"altered",        one.altered                                             },
      {"changes",        std::move(changes)                                      },
      {"minimised",      minimised_json(&one)                                    },
      {"plan",           std::move(plan)                                         },
      {"key_server_log", one.key_server_log                                      },
      {"problem",        or_null(one.problem.empty() ? one.stopped : one.problem)}
  };
}

}  // namespace

std::string run_json(const std::vector<ReplayedCapture>& captures) {
  Counters total;
  Json files         = Json::array();
  Json registrations = Json::array();
  for (const auto& capture : captures) {
    for (const auto& one : capture.registrations) {
      registrations.push_back(replayed_json(capture, one));
      if (one.tally) {
        total.add(*one.tally);
      }
    }
    Json key_files = Json::array();
    for (const auto& file : capture.key_files) {
      key_files.push_back(file.path);
    }
    files.push_back({
        {"file",          capture.name                },
        {"key_files",     std::move(key_files)        },
        {"key_server",    or_null(capture.key_server) },
        {"note",          or_null(capture.note)       },
        {"error",         or_null(capture.problem)    },
        {"registrations", capture.registrations.size()}
    });
  }
  const Json all{
      {"schema",        1                       },
      {"registrations", std::move(registrations)},
      {"counters",      total.json()            },
      {"files",         std::move(files)        }
  };
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace gdoi::cli
