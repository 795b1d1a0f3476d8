"""The statistics against what does not come from them: counts, outcomes and causes of the manifest, and
times that are subtracted here."""

import re
import time

from harness import SOURCE, capture, keep, keys_of, manifest, require_plugin, tshark

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


STORY = "story/h-refused-and-registered.pcapng"
ROW = re.compile(r" *\d+  \S+  GM (\S+) +KS (\S+) +group (\S+) +version (.+?)  +"
                 r"(\S+)(?: \((\w+)(?:, (\w+)(?: (\d+))?)?\))? *  try (\d+)")
TITLES = dict(re.findall(r"^\| ([\w-]+) \| ([^|]+) \|$", (SOURCE / "dissector/DIAGNOSIS.md").read_text()
                         .split("## Causes")[1].split("## Facts")[0], re.MULTILINE))
# A datagram of which fragments were lost reaches no dissector.
UNSEEN = "fragments-lost"
FRAME, KS = 9, 10  # columns of -z gdoi,stat


def statistics(name, *arguments, **options):
    return tshark("-q", "-r", capture(name), *arguments, **options).lines


def listed(lines):
    """Rows of -z gdoi,list: what the manifest says of each registration, and the sentences below it."""
    rows = []
    for line in lines:
        found = ROW.fullmatch(line)
        if found:
            gm, ks, group, version, outcome, step, how, notify, attempt = found.groups()
            rows.append(([gm, ks, None if group == "unknown" else group, version, outcome, step, how,
                          int(notify) if notify else None, int(attempt)], []))
        elif rows and line.startswith(" "):
            rows[-1][1].append(line.strip())
    return [(row, " ".join(sentences)) for row, sentences in rows]


def check_list(name, expected, found):
    wanted = [[one["gm"], one["ks"], one["group"], one["gm_version"], one["outcome"], one["step"], one["how"],
               (one["notify"] or {}).get("number"), one["attempt"]] for one in expected]
    assert [row for row, _ in found] == wanted, (name, found, wanted)
    for (row, text), one in zip(found, expected):
        assert text, (name, row)
        if one["cause"] not in (None, UNSEEN):
            assert f"{TITLES[one['cause']]}: {one['grade']}." in text, (name, row, text, one["cause"])


def table(lines):
    """Rows of -z gdoi,stat, without the blanks."""
    rows = [[cell.strip() for cell in line.split("|")[:-1]] for line in lines if line.rstrip().endswith("|")]
    assert rows[0] == ["GM", "Group", "Last outcome", "Cause", "Registered", "Refused", "No answer", "Incomplete",
                       "GM version", "In frame", "KS"], lines
    return rows[1:]


def check_table(name, expected, found):
    """Counts by GM, group and KS are those of the manifest; so is what is said of the last one."""
    wanted = {}
    for one in expected:
        key = (one["gm"], one["group"] or "unknown", one["ks"])
        row = wanted.setdefault(key, {"registered": 0, "refused": 0, "no-answer": 0, "incomplete": 0, "cause": ""})
        row[one["outcome"]] += 1
        row["last"] = one
        if one["cause"]:
            row["cause"] = f"{TITLES[one['cause']]}: {one['grade']}"
    assert sorted((row[0], row[1], row[KS]) for row in found) == sorted(wanted), (name, found)
    for row in found:
        of_row = wanted[row[0], row[1], row[KS]]
        assert row[4:8] == [str(of_row[each]) for each in ("registered", "refused", "no-answer", "incomplete")], (name, row)
        last = of_row["last"]
        assert row[2].split()[0] == last["outcome"] and row[8] == last["gm_version"], (name, row)
        assert row[FRAME] == str(last["first_frame"]), (name, row)
        if last["cause"] != UNSEEN:
            assert row[3] == of_row["cause"], (name, row)


def check_all_captures():
    """The list and the table tell of every capture what the manifest says, with keys and without."""
    count = 0
    for entry in manifest():
        for keys, column in ((True, "with_keys"), (False, "without_keys")):
            name, expected = entry["file"], entry["registrations"].get(column)
            if expected is not None:
                lines = statistics(name, "-z", "gdoi,list", "-z", "gdoi,stat", *(keys_of(name) if keys else []))
                check_list(name, expected, listed(lines))
                check_table(name, expected, table(lines))
                count += 1
    assert count >= 60, count


def check_two_passes_and_filters():
    """Only registrations with a message that passes; the numbers are those of all."""
    def both(of_list="", of_table="", *arguments):
        lines = statistics(STORY, "-z", "gdoi,list" + of_list, "-z", "gdoi,stat" + of_table, *keys_of(STORY), *arguments,
                           leaks=not of_table)  # tshark does not free the filter of its tables
        return listed(lines), table(lines)

    whole, counted = both()
    assert len(whole) == 4 and len(counted) == 2
    assert both("", "", "-2") == (whole, counted)
    # Frame 18 is of the GM that registered.
    assert both(",frame.number==18", ",ip.addr==10.40.10.9") == (whole[1:2], counted[1:])
    assert both(",ip.addr==10.40.10.10", ",frame.number==7") == ([whole[0], *whole[2:]],
                                                                 table_of_one_refusal(counted[0]))
    assert both(",frame.number==999")[0] == []
    # tshark leaves without freeing the text of the option.
    bad = tshark("-q", "-r", capture(STORY), "-z", "gdoi,list,foo bar", code=1, leaks=False)
    assert "Couldn't register gdoi,list tap" in bad.err and len(bad.err.strip().splitlines()) == 1, bad.err


def table_of_one_refusal(row):
    """The row of the GM with three refusals when only a frame of the first is looked at."""
    assert row[5] == "3", row
    return [[*row[:5], "1", *row[6:FRAME], "7", row[KS]]]


def later(octets, seconds):
    """A capture file (pcap, microseconds, little-endian) whose frames came that much later."""
    out, at = bytearray(octets[:24]), 24
    while at < len(octets):
        head = bytearray(octets[at:at + 16])
        head[:4] = (int.from_bytes(head[:4], "little") + seconds).to_bytes(4, "little")
        size = int.from_bytes(head[8:12], "little")
        out += head + octets[at + 16:at + 16 + size]
        at += 16 + size
    return bytes(out)


def check_live():
    """What comes after tshark has started is told as it ends, once, and again in the list."""
    name = "reference-live/unknown-group.pcap"
    octets = capture(name).read_bytes()
    path = keep("later.pcap", later(octets, int(time.time()) + 86_400 - int.from_bytes(octets[24:28], "little")))
    expected = next(entry for entry in manifest() if entry["file"] == name)["registrations"]["with_keys"]
    lines = tshark("-q", "-r", path, "-z", "gdoi,list", *keys_of(name)).lines
    told = [line for line in lines[:lines.index("GDOI registrations: 4")] if "  GM " in line]
    assert sorted(re.search(r"GM (\S+) .*group (\d+) .*  (refused|registered)", line).groups() for line in told) == \
        sorted((one["gm"], one["group"], one["outcome"]) for one in expected), told
    assert not [line for line in tshark("-q", "-r", capture(name), "-z", "gdoi,list").lines
                if re.match(r"\d\d:\d\d:", line)]


ENTRIES = [entry for entry in manifest() if entry.get("key_log")]
assert len(ENTRIES) >= 10
for one in ENTRIES[:12]:
    check_tree(one)
check_times()
check_all_captures()
check_two_passes_and_filters()
check_live()
