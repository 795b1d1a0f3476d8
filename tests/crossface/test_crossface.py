#!/usr/bin/env python3
"""test_crossface.py DUMP_FIELDS CAPTURE: filter name, place, length and raw value of every field as
the library reads it (dump_fields) and as tshark shows it (-T jsonraw), in one pass and in two.
"""

import json
import subprocess
import sys

import raw_fields
from raw_fields import Field, harness

# The datagram as a whole: tshark's line of the protocol.
WHOLE = ("gdoi.message", "gdoi.marked", "gdoi.keepalive")


def of_library(program, capture, keys):
    """By frame: the octets of the datagram, and its fields."""
    done = subprocess.run([program, capture, keys], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    frames = {}
    for line in done.stdout.splitlines():
        row = json.loads(line)
        frame = frames.setdefault(row.pop("frame"), ["", []])
        field = Field(**row)
        if field.name in WHOLE:
            assert field.offset == 0 and field.buffer == 0, field
            frame[0] = field.value
        else:
            frame[1].append(field)
    return frames


def of_tshark(path, *arguments):
    frames = {}
    for number, found in raw_fields.messages(path, raw_fields.GDOI, *arguments).items():
        found = [message for message in found if not message.quoted]
        assert len(found) <= 1, f"frame {number} has two messages"
        for message in found:
            fields = [field._replace(bits=0) for field in message.fields]
            frames[number] = [message.payload, fields]
    return frames


def differences(library, tshark):
    """What is not the same, a line each; at most one of a frame, the rest follows from it."""
    found = []
    if library.keys() != tshark.keys():
        found.append(f"messages on one side only: {sorted(library.keys() ^ tshark.keys())}")
    for number in library.keys() & tshark.keys():
        if library[number][0] != tshark[number][0]:
            found.append(f"frame {number}: the datagrams differ")
        ours, theirs = library[number][1], tshark[number][1]
        for index in range(max(len(ours), len(theirs))):
            pair = [str(side[index]) if index < len(side) else "nothing" for side in (ours, theirs)]
            if pair[0] != pair[1]:
                found.append(f"frame {number}, field {index}: library {pair[0]}, tshark {pair[1]}")
                break
    return found


def check_that_it_can_fail(library, tshark):
    """Every kind of change, in one field of the last message, must be found."""
    last = max(library)
    payload, fields = library[last]
    at = len(fields) // 2
    field = fields[at]
    other = "0" if field.value[-1:] != "0" else "1"
    changed = {
        "name": [field._replace(name=field.name + "x")],
        "buffer": [field._replace(buffer=1 - field.buffer)],
        "offset": [field._replace(offset=field.offset + 1)],
        "length": [field._replace(length=field.length + 1)],
        "value": [field._replace(value=field.value[:-1] + other)],
        "missing": [],
        "twice": [field, field],
    }
    for kind, instead in changed.items():
        altered = {**library, last: [payload, fields[:at] + instead + fields[at + 1:]]}
        assert differences(altered, tshark), f"a changed field is not noticed: {kind}"
    swapped = [*fields[:at - 1], fields[at], fields[at - 1], *fields[at + 1:]]
    assert differences({**library, last: [payload, swapped]}, tshark), "order is not noticed"
    without = {number: frame for number, frame in library.items() if number != last}
    assert differences(without, tshark), "a missing message is not noticed"


def main():
    program, name = sys.argv[1:]
    harness.require_plugin()
    source = harness.SOURCE / "captures" / name
    library = of_library(program, source, source.with_suffix(".keys"))
    counts = next(entry["counts"] for entry in harness.manifest() if entry["file"] == name)
    assert len(library) == counts["messages"], f"{len(library)} messages, not {counts['messages']}"
    for passes in ([], ["-2"]):
        tshark = of_tshark(harness.capture(name), *harness.keys_of(name), *passes)
        found = differences(library, tshark)
        assert not found, "\n".join(["tshark " + " ".join(passes), *found[:20]])
    check_that_it_can_fail(library, tshark)
    fields = [field for _, fields in library.values() for field in fields]
    decrypted = sum(field.buffer for field in fields)
    assert decrypted, "nothing was decrypted"
    print(f"{name}: {len(library)} messages, {len(fields)} fields, {decrypted} of them decrypted: "
          "the same in the library and in tshark")


main()
