#!/usr/bin/python3
"""Checks manifest.json against manifest.schema.json and against the files of this folder.

Exit status 0 where all is well, 1 with one line for each fault otherwise. Needs python3-jsonschema.
"""

import json
import pathlib
import sys

import jsonschema

FOLDER = pathlib.Path(__file__).resolve().parent
KINDS = ("phase1_clear", "phase1_encrypted", "pull", "push", "informational", "retransmissions")


def schema_faults(manifest):
    schema = json.loads((FOLDER / "manifest.schema.json").read_text())
    for error in jsonschema.Draft202012Validator(schema).iter_errors(manifest):
        yield f"{error.json_path}: {error.message}"


def capture_faults(manifest):
    """What a schema cannot say."""
    for capture in manifest["captures"]:
        name = capture["file"]
        for path in (name, capture["key_log"], capture.get("policy")):
            if path and not (FOLDER / path).is_file():
                yield f"{name}: there is no {path}"
        if capture["provenance"] not in manifest["provenance"]:
            yield f"{name}: provenance {capture['provenance']} is not explained"
        counts = capture.get("counts")
        if counts and counts["messages"] != sum(counts[kind] for kind in KINDS):
            yield f"{name}: messages is not the sum of its kinds"
        with_keys = capture["registrations"]["with_keys"]
        without = capture["registrations"]["without_keys"]
        same = ("gm", "initiator_cookie", "message_id", "first_frame", "outcome", "step", "phase1")
        if [[r[k] for k in same] for r in with_keys] != [[r[k] for k in same] for r in without]:
            yield f"{name}: the two lists of registrations differ in more than keys explain"


def folder_faults(manifest):
    listed = [capture["file"] for capture in manifest["captures"]]
    found = sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.pcap*"))
    for name in sorted(set(listed)):
        if listed.count(name) > 1:
            yield f"{name} stands twice in the manifest"
    for name in found:
        if name not in listed:
            yield f"{name} is not in the manifest"


def main():
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    faults = list(schema_faults(manifest))
    if not faults:
        faults = list(capture_faults(manifest)) + list(folder_faults(manifest))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
