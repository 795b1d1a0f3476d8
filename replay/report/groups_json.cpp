#include "protocol/base/hex.h"
#include "report/json_parts.h"

#include <fmt/format.h>

namespace gdoi::report {

namespace {

using registration::GroupView;
using registration::KekSeen;
using registration::MemberSeen;
using registration::PushSeen;

Json spi_json(const std::optional<keys::KekSpi>& spi) {
  return spi ? Json(to_hex(*spi)) : Json();
}

Json missing_json(const registration::MissingPush& missing) {
  return {
      {"first",  missing.first },
      {"last",   missing.last  },
      {"after",  missing.after },
      {"before", missing.before}
  };
}

Json push_json(const PushSeen& push) {
  return {
      {"kek",           to_hex(push.kek)                        },
      {"sequence",      push.sequence                           },
      {"frame",         push.frame                              },
      {"time",          iso_time(push.time_ns)                  },
      {"destination",   exchange::address_text(push.destination)},
      {"unicast_gms",   push.gms                                },
      {"brings_kek",    spi_json(push.brings)                   },
      {"teks",          push.teks                               },
      {"ack_requested", push.ack_requested                      },
      {"acks",          push.acks                               },
      {"repeated_in",   push.repeats                            }
  };
}

Json named_json(const std::vector<PushSeen>& pushes) {
  Json all = Json::array();
  for (const auto& push : pushes) {
    all.push_back({
        {"kek",      to_hex(push.kek)},
        {"sequence", push.sequence   },
        {"frame",    push.frame      }
    });
  }
  return all;
}

Json member_json(const MemberSeen& gm, const std::vector<const getvpn::Feature*>& features) {
  Json support = Json::object();
  for (const auto* feature : features) {
    support[std::string(feature->name)] = word(registration::support_of(*feature, gm.version));
  }
  const bool seen = gm.attempts != 0;
  return {
      {"gm",             exchange::address_text(gm.gm)                                     },
      {"version",        version_json(gm.version)                                          },
      {"attempts",       gm.attempts                                                       },
      {"registrations",  gm.registrations                                                  },
      {"outcome",        seen ? Json(registration::name_of(gm.outcome)) : Json()           },
      {"frame",          number_or_null(gm.frame)                                          },
      {"kek",            spi_json(gm.rekey.kek)                                            },
      {"sequence",       or_null(gm.rekey.sequence)                                        },
      {"sender_ids",     gm.rekey.sender_ids                                               },
      {"missing_push",   gm.missing ? missing_json(*gm.missing) : Json()                   },
      {"unseen_kek",
       gm.unseen ? Json({{"spi", to_hex(*gm.unseen)}, {"frame", gm.unseen_frame}}) : Json()},
      {"not_sent",       named_json(gm.not_sent)                                           },
      {"asked_acks",     gm.asked_acks                                                     },
      {"missing_acks",   gm.missing_acks                                                   },
      {"unacknowledged", named_json(gm.unacknowledged)                                     },
      {"features",       support                                                           }
  };
}

Json kek_json(const KekSeen& kek) {
  Json sequences = Json::array();
  for (const auto& run : kek.sequence.runs()) {
    sequences.push_back({
        {"first", run.first},
        {"last",  run.last }
    });
  }
  Json gaps = Json::array();
  for (const auto& gap : registration::gaps_of(kek.sequence)) {
    gaps.push_back(missing_json(gap));
  }
  return {
      {"spi",            to_hex(kek.spi)                                                         },
      {"ks",             exchange::address_text(kek.ks)                                          },
      {"shown_frame",    number_or_null(kek.shown_frame)                                         },
      {"brought_frame",  number_or_null(kek.brought_frame)                                       },
      {"destination",    kek.pushes != 0 ? Json(exchange::address_text(kek.destination)) : Json()},
      {"by_destination", kek.by_destination                                                      },
      {"pushes",         kek.pushes                                                              },
      {"unread",         kek.unread                                                              },
      {"bad_signatures", kek.forged                                                              },
      {"first_frame",    number_or_null(kek.first_frame)                                         },
      {"last_frame",     number_or_null(kek.last_frame)                                          },
      {"sequences",      sequences                                                               },
      {"gaps",           gaps                                                                    }
  };
}

Json policy_json(const registration::Policy& policy) {
  Json kek;
  if (policy.kek) {
    const auto& from = *policy.kek;
    kek              = {
        {"spi",             spi_json(from.spi)                                      },
        {"algorithms",      from.algorithms                                         },
        {"lifetime",        or_null(from.lifetime)                                  },
        {"destination",
         from.destination ? Json(exchange::address_text(*from.destination)) : Json()},
        {"acknowledgement", or_null(from.acknowledgement)                           },
        {"frame",           from.frame                                              }
    };
  }
  Json teks = Json::array();
  for (const auto& from : policy.teks) {
    teks.push_back({
        {"spi", fmt::format("{:08x}", from.spi)},
        {"algorithms", from.algorithms},
        {"lifetime", or_null(from.lifetime)},
        {"source", or_null(from.source)},
        {"destination", or_null(from.destination)}
    });
  }
  return {
      {"kek",       kek                             },
      {"teks",      teks                            },
      {"tek_count", policy.tek_count                },
      {"tek_frame", number_or_null(policy.tek_frame)}
  };
}

}  // namespace

Json group_view_json(const CaptureReport& report, const GroupView& view, const Contents& contents) {
  Json servers = Json::array();
  for (const auto& one : view.servers) {
    servers.push_back({
        {"ks",      exchange::address_text(one.ks)},
        {"version", version_json(one.version)     }
    });
  }
  Json members = Json::array();
  for (const auto& gm : view.members) {
    members.push_back(member_json(gm, contents.features));
  }
  Json keks = Json::array();
  for (const auto& kek : view.keks) {
    keks.push_back(kek_json(kek));
  }
  Json pushes = Json::array();
  for (const auto& push : view.pushes) {
    pushes.push_back(push_json(push));
  }
  return {
      {"file",          report.name             },
      {"group",         group_json(view.group)  },
      {"key_servers",   servers                 },
      {"policy",        policy_json(view.policy)},
      {"uses",          uses_json(view.uses)    },
      {"members",       members                 },
      {"keks",          keks                    },
      {"pushes",        pushes                  },
      {"pushes_before", view.pushes_before      },
      {"left_out",      view.left_out           }
  };
}

}  // namespace gdoi::report
