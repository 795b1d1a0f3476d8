"""`-z gdoi,tree` and `-z gdoi,srt` against numbers that do not come from them: those of the manifest,
and times that are subtracted here."""

import re

from harness import capture, keys_of, manifest, require_plugin, tshark

require_plugin()

KINDS = {"Main mode": "phase1", "Aggressive mode": "phase1", "GROUPKEY-PULL": "pull",
         "GROUPKEY-PUSH": "push", "Informational": "informational"}


def tree(name, *arguments):
    """The counts of the tree by name; a name that stands in several places is added up."""
    counts = {}
    for line in tshark("-q", "-r", capture(name), "-z", "gdoi,tree", *arguments).lines:
        found = re.match(r"^ ?(\s*\S.*?)\s{2,}(\d+)\b", line)
        if found:
            label = found[1].strip()
            counts[label] = counts.get(label, 0) + int(found[2])
    return counts


def check_tree(entry):
    counts, expected = tree(entry["file"], *keys_of(entry["file"])), entry["counts"]
    name = entry["file"]
    assert counts["Messages"] == expected["messages"], (name, counts)
    assert counts.get("Retransmissions", 0) == expected["retransmissions"], (name, counts)
    kinds = {"phase1": expected["phase1_clear"] + expected["phase1_encrypted"],
             "pull": expected["pull"], "push": expected["push"],
             "informational": expected["informational"]}
    found = dict.fromkeys(kinds, 0)
    for label, kind in KINDS.items():
        found[kind] += counts.get(label, 0)
    assert found == kinds, (name, counts)
    # Above it `Clear` counts those of phase 1 and of nothing else.
    assert counts.get("Signature good", 0) >= expected["push_sig_good"], (name, counts)


def times(name):
    """Rows of -z gdoi,srt: calls, least, most and sum of seconds by message."""
    rows = {}
    # tshark never frees what it keeps of a -z NAME,srt (32 octets of its own, whatever the protocol).
    for line in tshark("-q", "-r", capture(name), "-z", "gdoi,srt", leaks=False).lines:
        found = re.match(r"^\s*\d+\s+(.*?)\s+(\d+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s*$",
                         line)
        if found:
            rows[found[1]] = (int(found[2]), float(found[3]), float(found[4]), float(found[6]))
    return rows


def check_times():
    name = "reference-gm-registration.pcap"
    at = [float(line) for line in
          tshark("-r", capture(name), "-T", "fields", "-e", "frame.time_epoch").lines]
    rows = times(name)
    # Ten messages, each of which answers the one before it; PULL message 1 answers none.
    labels = ["Main mode 2 (KS)", "Main mode 3 (GM)", "Main mode 4 (KS)", "Main mode 5 (GM)",
              "Main mode 6 (KS)", None, "GROUPKEY-PULL 2 (KS)", "GROUPKEY-PULL 3 (GM)",
              "GROUPKEY-PULL 4 (KS)"]
    for index, label in enumerate(labels):
        if label is None:
            continue
        seconds = at[index + 1] - at[index]
        calls, least, most, total = rows[label]
        assert calls == 1 and all(abs(each - seconds) < 2e-5 for each in (least, most, total)), \
            (label, rows[label], seconds)
    assert len([row for row in rows.values() if row[0]]) == 8, rows


ENTRIES = [entry for entry in manifest() if entry.get("key_log")]
assert len(ENTRIES) >= 10
for one in ENTRIES[:12]:
    check_tree(one)
check_times()
