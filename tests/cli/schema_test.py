"""The schemas of `--json`: tool.py holds every run of every test to them; here, that they would notice."""

import copy
import json
import unittest

import jsonschema
from tool import CAPTURES, SCHEMAS, SOURCE, ToolTest

STORY = CAPTURES / "story"
REGISTERED = STORY / "c-registered-1.0.17.pcapng"
SHORT = STORY / "d-registered-short.pcapng"
OLD = ("--set", "gm-version=1.0.1")

# Keys that are names of the user's own, or whose values are.
FREE = {"place"}


def objects(value, path=()):
    """Every object in a document, with where it is."""
    if isinstance(value, dict):
        yield path, value
        for key, each in value.items():
            if key not in FREE:
                yield from objects(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from objects(each, (*path, number))


def at(value, path):
    for step in path:
        value = value[step]
    return value


class Schemas(ToolTest):
    def documents(self):
        """Of each kind, with as much in it as there can be."""
        scenario = self.write("s.yaml", f"""
name: test
defaults: {{capture: {REGISTERED}, policy: {STORY}/policies/kek-7-days.yaml}}
cases:
  - {{name: wrong, clause: RFC 6407 section 3.2, changes: [{{pull1: break-hash}}], expect: {{verdict: accepted}}}}
  - {{name: known, expect: {{verdict: refused}}, xfail: for the test}}
  - {{name: not run, registration: 9}}
  - {{name: versions, matrix: {{gm-version: [1.0.1, 1.0.17]}}, refused-where: [{{gm-version: < 1.0.4}}]}}
""")
        json_ = ("--json", "-")
        yield "run", self.run_tool("run", REGISTERED, SHORT, "--expect", "same", "--policy", STORY / "policies/lifetimes-43200.yaml",
                                   *json_, code=1)
        yield "run", self.run_tool("run", REGISTERED, *OLD, "--set", "lifetime=900", "--change", "pull3: lose", "--minimise", *json_,
                                   code=1)
        yield "run", self.run_tool("run", REGISTERED, "--count", 3, *json_)
        yield "run", self.run_tool("run", REGISTERED, "--dry-run", "--addresses", *json_)
        yield "run", self.run_tool("run", "--mode", "verbatim", REGISTERED, "--seed", 1, *json_)
        yield "run", self.run_tool("run", "--mode", "synthetic", SOURCE / "replay/plan/example-gm.yaml", *json_)
        yield "run", self.run_tool("run", scenario, "--minimise", "--bundle", self.folder / "bundles", *json_, code=1)
        yield "diff", self.run_tool("diff", SHORT, REGISTERED, *json_, code=1)
        yield "diff", self.run_tool("diff", REGISTERED, CAPTURES / "reference-gm-registration.pcap", *json_, code=1)

    def assertRefused(self, schema, document, what):
        with self.assertRaises(jsonschema.ValidationError, msg=what):
            schema.validate(document)

    def test_a_typo_in_any_key_is_noticed(self):
        for kind, result in self.documents():
            document = result.json()
            SCHEMAS[kind].validate(document)
            tried = set()
            for path, each in objects(document):
                for key in each:
                    place = (*(step for step in path if isinstance(step, str)), key)
                    if place in tried:
                        continue
                    tried.add(place)
                    broken = copy.deepcopy(document)
                    target = at(broken, path)
                    target[key + "x"] = target.pop(key)
                    self.assertRefused(SCHEMAS[kind], broken, f"{kind}: {'/'.join(place)}")
            self.assertGreater(len(tried), 12, kind)

    def test_a_value_of_another_kind_is_noticed(self):
        (kind, result), *_ = self.documents()
        document = result.json()
        for path, value in ((("schema",), 2), (("registrations", 0, "live", "verdict"), "good"), (("registrations", 0, "number"), "1"),
                            (("registrations", 0, "live", "step"), "mm7"), (("counters", "causes", "silence"), -1),
                            (("registrations", 0, "comparison", "differences", 0, "rule"), "other"),
                            (("registrations", 0, "captured", "outcome"), "accepted"), (("files", 0, "file"), None)):
            broken = copy.deepcopy(document)
            at(broken, path[:-1])[path[-1]] = value
            self.assertRefused(SCHEMAS[kind], broken, path)

    def test_the_readme_names_each(self):
        text = (SOURCE / "replay/README.md").read_text()
        for name in SCHEMAS:
            self.assertIn(f"report/{name}.schema.json", text)
            jsonschema.Draft202012Validator.check_schema(json.loads((SOURCE / f"replay/report/{name}.schema.json").read_text()))


if __name__ == "__main__":
    unittest.main()
