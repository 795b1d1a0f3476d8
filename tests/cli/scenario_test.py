"""`gdoi-replay run SCENARIO`: cases, expectations, matrices, known deviations, and the scenarios that ship."""

import json
import unittest

import jsonschema
import yaml

from tool import CAPTURES, SOURCE, ToolTest

SHIPPED = SOURCE / "replay" / "scenarios"
STORY = CAPTURES / "story"
REGISTERED = STORY / "c-registered-1.0.17.pcapng"
LONG = STORY / "policies" / "kek-7-days.yaml"
SCHEMA = json.loads((SHIPPED / "scenario.schema.json").read_text())


class Scenario(ToolTest):
    def scenario(self, cases, top=""):
        text = f"name: test\ndefaults: {{capture: {REGISTERED}, policy: {LONG}}}\n{top}cases:\n{cases}"
        jsonschema.validate(yaml.safe_load(text), SCHEMA)
        return self.write("scenario.yaml", text)

    def results(self, cases, *words, code=0, top=""):
        found = self.run_tool("run", self.scenario(cases, top), "--json", "-", *words, code=code).json()
        self.assertEqual(found["schema"], 1)
        return {one["name"]: one for one in found["scenarios"][0]["cases"]}

    def outcome(self, case, code):
        (one,) = self.results(f"  - {{name: it, {case}}}\n", code=code).values()
        return one["result"], one["why"]


class Expectations(Scenario):
    def test_verdicts(self):
        old = "set: {gm-version: 1.0.1}, "
        for case, good in (("expect: {verdict: accepted}", True), ("expect: {verdict: refused}", False),
                           ("expect: {verdict: same}", True), (old + "expect: {verdict: refused}", True),
                           (old + "expect: {verdict: accepted}", False), (old + "expect: {verdict: as-captured}", False),
                           (old + "expect: {verdict: not-accepted}", True), ("expect: {verdict: not-accepted}", False)):
            with self.subTest(case):
                result, why = self.outcome(case, 0 if good else 1)
                self.assertEqual(result, "passed" if good else "failed")
                self.assertEqual(why is None, good)

    def test_how_where_and_how_fast_it_is_refused(self):
        old = f"set: {{gm-version: 1.0.1}}, policy: {STORY}/policies/refusal-notify.yaml, "
        for expect, good in (("answers: [INVALID-ID-INFORMATION]", True), ("answers: [18]", True), ("answers: [notify]", True),
                             ("answers: [silence, delete]", False), ("answers: [16]", False), ("step: pull1", True),
                             ("step: [mm5, pull1]", True), ("step: mm5", False), ("within: 1", True),
                             ("within: 0.000001", False)):
            with self.subTest(expect):
                result, _ = self.outcome(f"{old} expect: {{verdict: refused, {expect}}}", 0 if good else 1)
                self.assertEqual(result, "passed" if good else "failed")

    def test_fields_that_must_be_as_captured(self):
        short = f"policy: {STORY}/policies/lifetimes-43200.yaml, "
        self.assertEqual(self.outcome(short + "expect: {verdict: accepted, match: [pull2/sa/sak/algorithm]}", 0)[0], "passed")
        result, why = self.outcome(short + "expect: {verdict: accepted, match: ['pull2/**/key_lifetime']}", 1)
        self.assertEqual(result, "failed")
        self.assertIn("pull2/sa/sak/key_lifetime: captured 604800 s (7 days), live 43200 s (12 h)", why)

    def test_a_pattern_that_matches_nothing(self):
        # Main mode has no am2, and what a KS counts down (SEQ) is not compared.
        for pattern in ("am2/**/key_lifetime", "pull4/seq/seq"):
            for verdict in ("accepted", "same"):
                result, why = self.outcome(f"expect: {{verdict: {verdict}, match: [pull2/sa/sak/algorithm, '{pattern}']}}", 1)
                self.assertEqual(result, "inconclusive")
                self.assertIn(f"{pattern} matches nothing that was compared", why)

    def test_a_structure_is_all_in_it(self):
        short = f"policy: {STORY}/policies/lifetimes-43200.yaml, "
        self.assertEqual(self.outcome("expect: {verdict: accepted, match: [pull2/sa/sak]}", 0)[0], "passed")
        result, why = self.outcome(short + "expect: {verdict: accepted, match: [pull2/sa/sak]}", 1)
        self.assertEqual(result, "failed")
        self.assertIn("pull2/sa/sak/key_lifetime: captured 604800 s (7 days), live 43200 s (12 h)", why)

    def test_a_change_that_was_not_made(self):
        old = "set: {gm-version: 1.0.1}, changes: [{pull1: repeat}, {pull3: break-hash}], "
        for verdict in ("refused", "not-accepted", "accepted", "as-captured"):
            result, why = self.outcome(f"{old} expect: {{verdict: {verdict}}}", 1)
            self.assertEqual(result, "inconclusive")
            self.assertIn("pull3: break-hash", why)
            self.assertIn("refused at pull1 by silence", why)
        new = "set: {gm-version: 1.0.17}, changes: [{pull3: break-hash}], "
        self.assertEqual(self.outcome(new + "expect: {verdict: refused, step: pull3}", 0)[0], "passed")
        # What is captured so already is as it was asked for.
        self.assertEqual(self.outcome("set: {mm1/sa/doi: 2}, expect: {verdict: accepted}", 0)[0], "passed")

    def test_a_known_deviation(self):
        known = "xfail: the old release does so, "
        result, why = self.outcome(known + "expect: {verdict: refused}", 0)
        self.assertEqual(result, "expected failure")
        self.assertIn("the old release does so", why)
        self.assertEqual(self.outcome(known + "expect: {verdict: accepted}", 1)[0], "unexpected pass")

    def test_inconclusive_is_not_passed(self):
        # What the capture says nothing about, and what cannot be run.
        incomplete = f"capture: {CAPTURES}/reference-live/gm-restart.pcap, policy: {CAPTURES}/policies/gdoid.yaml, "
        self.assertEqual(self.outcome(incomplete, 1)[0], "inconclusive")
        self.assertEqual(self.outcome("xfail: known, " + incomplete, 1)[0], "inconclusive")
        self.assertEqual(self.outcome("registration: 9", 1)[0], "inconclusive")

    def test_the_command_line_comes_first(self):
        cases = "  - {name: old, set: {gm-version: 1.0.1}, expect: {verdict: accepted}}\n"
        self.results(cases, "--policy", STORY / "policies" / "lifetimes-43200.yaml")
        self.results(cases, "--set", "gm-version=1.0.17")
        self.results(cases, code=1)

    def test_certificates(self):
        made = SHIPPED / "certificates"
        words = {name: {"certificate": made / f"{name}.pem", "private-key": made / "gm.key", "ca": made / "authority.pem"}
                 for name in ("gm", "gm-expired")}
        case = ("  - {{name: it, capture: {capture}, registration: 1, policy: {policy}, certificate: {certificate}, "
                "private-key: {private-key}, ca: {ca}, expect: {{verdict: {verdict}}}}}\n")
        case = {name: case.format(capture=CAPTURES / "reference-live" / "rsa-sig.pcap",
                                  policy=SHIPPED / "policies" / "certificates.yaml", verdict=verdict, **words[name])
                for name, verdict in (("gm", "accepted"), ("gm-expired", "refused"))}
        self.results(case["gm"])
        self.results(case["gm-expired"])
        # What a case tests is not tested with another certificate.
        (one,) = self.results(case["gm-expired"], "--cert", words["gm"]["certificate"], "--private-key", words["gm"]["private-key"],
                              "--ca", words["gm"]["ca"], code=1).values()
        self.assertEqual(one["result"], "inconclusive")
        self.assertIn("certificate took the place", one["why"])


class Identities(Scenario):
    def test_a_case_for_each_line(self):
        self.write("gms.csv", 'name,id,gm-version\nold,10.40.10.10,1.0.1\n"new, one",10.40.10.9,"1.0.17"\n')
        found = self.results("  - {name: gm, identities: gms.csv, expect: {verdict: accepted}}\n", code=1)
        self.assertEqual({name: one["result"] for name, one in found.items()},
                         {"gm: old": "failed", "gm: new, one": "passed"})

    def test_errors(self):
        for text, wanted in (("name,id\nx\n", "gms.csv:2: 1 values for 2 columns"), ("name,colour\nx,red\n", "colour"),
                             ('id\n"10.0.0.1\n', "gms.csv:2: a quote"), ("id\n", "no identities")):
            self.write("gms.csv", text)
            path = self.scenario("  - {name: gm, identities: gms.csv}\n")
            error = self.run_tool("run", path, code=2).err
            self.assertIn("scenario.yaml:4:", error)
            self.assertIn(wanted, error)


class Matrices(Scenario):
    CASES = f"""
  - name: lifetimes
    policy: {SHIPPED}/policies/lifetime-and-feature.yaml
    matrix: {{gm-version: [1.0.1, 1.0.3, 1.0.4, 1.0.17], lifetime: [86400, 86401], feature: [long-sa-lifetime]}}
    refused-where: [{{gm-version: "{{old}}", lifetime: "> 86400"}}]
"""

    def test_a_refusal_matrix(self):
        found = self.results(self.CASES.replace("{old}", "< 1.0.4"))
        # GET VPN configuration guide: long-sa-lifetime from 1.0.4 on, lifetimes over 24 h.
        self.assertEqual({(one["place"]["gm-version"], one["place"]["lifetime"]): one["verdict"] for one in found.values()},
                         {(version, lifetime): "refused" if version in ("1.0.1", "1.0.3") and lifetime == "86401" else "accepted"
                          for version in ("1.0.1", "1.0.3", "1.0.4", "1.0.17") for lifetime in ("86400", "86401")})

    def test_wrong_cells_are_marked(self):
        path = self.scenario(self.CASES.replace("{old}", "<= 1.0.4"))
        lines = self.run_tool("run", path, code=1).out.splitlines()
        rows = {line.split()[0]: line.split()[1:] for line in lines if line.strip().startswith("1.0.")}
        self.assertEqual(rows, {"1.0.1": ["accepted", "refused"], "1.0.3": ["accepted", "refused"],
                                "1.0.4": ["accepted", "!!", "accepted"], "1.0.17": ["accepted", "accepted"]})
        self.assertIn("8 cases in 1 scenario: 7 passed, 1 failed", lines[-1])

    def test_cells_left_out(self):
        cases = self.CASES.replace("{old}", "< 1.0.4") + '    leave-out: [{gm-version: 1.0.17}, {lifetime: "<= 86400"}]\n'
        self.assertEqual(len(self.results(cases)), 3)


class Sanity(Scenario):
    def test_before(self):
        found = self.results("  - {name: it, expect: {verdict: accepted}}\n", top="sanity: {set: {gm-version: 1.0.1}}\n", code=1)
        self.assertEqual(found["it"]["result"], "inconclusive")
        self.assertIn("sanity registration before", found["it"]["why"])

    def test_nobody_answers(self):
        path = self.scenario("  - {name: it, expect: {verdict: refused}}\n")
        found = self.run_tool("run", path, "--ks", "127.0.0.1:1", "--timeout", "0.01", "--retries", 0, "--json", "-", code=3).json()
        self.assertEqual(found["scenarios"][0]["cases"][0]["result"], "inconclusive")


class ExitStatus(Scenario):
    """1 where anything failed, 3 only where all that did not pass is no matter of the key server."""

    def folder_with(self, **scenarios):
        folder = self.folder / "scenarios"
        for name, (key_server, case) in scenarios.items():
            self.write(f"scenarios/{name}.yaml", f"name: {name}\nkey-server: {key_server}\ndefaults: {{capture: {REGISTERED}, "
                       f"timeout: 0.01, retries: 0, set: {{gm-version: 1.0.17}}}}\ncases: [{{name: it, {case}}}]\n")
        return folder

    UNREACHABLE = ("127.0.0.1:1", "expect: {verdict: accepted}")
    PASSED = ("reference", "expect: {verdict: accepted}")
    FAILED = ("reference", "expect: {verdict: refused}")

    def test_only_unreachable(self):
        self.run_tool("run", self.folder_with(a=self.UNREACHABLE, b=self.PASSED), code=3)

    def test_a_failure_is_not_hidden(self):
        for scenarios in ({"a": self.UNREACHABLE, "b": self.FAILED}, {"a": self.FAILED, "b": self.UNREACHABLE}):
            self.run_tool("run", self.folder_with(**scenarios), code=1)

    def test_a_change_that_cannot_be_made(self):
        folder = self.folder_with(a=("reference", "changes: [{mm1: cut 5000}], expect: {verdict: refused}"), b=self.FAILED)
        cases = [one["cases"][0] for one in self.run_tool("run", folder, "--json", "-", code=1).json()["scenarios"]]
        self.assertEqual([one["result"] for one in cases], ["inconclusive", "failed"])
        self.assertIn("mm1: cut 5000: it has ", cases[0]["why"])

    def test_a_sanity_registration_that_reaches_nobody(self):
        self.run_tool("run", self.scenario("  - {name: it}\n", top="sanity: {}\n"), "--ks", "127.0.0.1:1", "--timeout", "0.01",
                      "--retries", 0, code=3)


class Errors(Scenario):
    def test_line_and_column(self):
        for cases, place, words in (("  - {name: it, expect: {verdict: maybe}}\n", "4:34", "as-captured, accepted"),
                                    ("  - {name: it, colour: red}\n", "4:16", "unknown key 'colour'"),
                                    ("  - {name: it, capture: none.pcap}\n", "4:25", "no such file"),
                                    ("  - {name: it, certificate: none.pem}\n", "4:29", "no such file"),
                                    ("  - {name: it, set: {colour: red}}\n", "4:22", "colour"),
                                    ("  - {name: it, changes: ['mm2: lose']}\n", "4:26", "mm2"),
                                    ("  - {name: it, expect: {answers: [shrug]}}\n", "4:35", "shrug"),
                                    ("  - {name: it, expect: {match: [pull2/colour]}}\n", "4:33", "colour"),
                                    ("  - {name: it, matrix: {colour: [red]}}\n", "4:24", "colour"),
                                    ("  - {name: it, expect: {verdict: accepted, answers: [silence]}}\n", "4:53",
                                     "'answers' is of a refusal"),
                                    ("  - {name: it, expect: {step: pull1, verdict: accepted}}\n", "4:31", "'step' is of a refusal"),
                                    ("  - {name: it, refused-where: []}\n", "4:5", "needs a matrix"),
                                    ("  []\n", "4:3", "no cases")):
            path = self.write("bad.yaml", f"name: test\ndefaults: {{capture: {REGISTERED}}}\ncases:\n{cases}")
            error = self.run_tool("run", path, code=2).err
            self.assertIn(f"bad.yaml:{place}: ", error)
            self.assertIn(words, error)
            self.assertOneSentence(error)

    def test_usage(self):
        path = self.scenario("  - {name: it}\n")
        for words in ((REGISTERED,), ("--count", 2), ("--record", "x.pcapng"), ("--expect", "refused"), ("--dry-run",)):
            self.assertOneSentence(self.run_tool("run", path, *words, code=2).err)
        (self.folder / "empty").mkdir()
        self.assertOneSentence(self.run_tool("run", self.folder / "empty", code=2).err)

    def test_outputs_stay(self):
        out = self.write("out.json", "mine")
        self.assertOneSentence(self.run_tool("run", self.scenario("  - {name: it}\n"), "--json", out, code=2).err)
        self.assertEqual(out.read_text(), "mine")


class Schema(ToolTest):
    def test_contradictions(self):
        for expect, good in (({"verdict": "accepted"}, True), ({"verdict": "refused", "step": "pull1", "answers": ["silence"]}, True),
                             ({"step": "pull1"}, True), ({"verdict": "accepted", "step": "pull1"}, False),
                             ({"verdict": "accepted", "answers": ["silence"]}, False)):
            found = list(jsonschema.Draft7Validator(SCHEMA).iter_errors({"name": "it", "cases": [{"name": "it", "expect": expect}]}))
            self.assertEqual(not found, good, expect)


class Shipped(ToolTest):
    def test_they_follow_the_schema(self):
        files = sorted(SHIPPED.glob("*.yaml"))
        self.assertGreaterEqual(len(files), 4)
        for file in files:
            jsonschema.validate(yaml.safe_load(file.read_text()), SCHEMA)

    def test_a_folder_is_one_command(self):
        found = self.run_tool("run", SHIPPED, "--json", "-").json()
        self.assertEqual(len(found["scenarios"]), len(list(SHIPPED.glob("*.yaml"))))
        for scenario in found["scenarios"]:
            for one in scenario["cases"]:
                self.assertEqual(one["result"], "passed", one)

    def malformed(self):
        """Each scenario of malformed messages with its cases."""
        for path in sorted(SHIPPED.glob("malformed*.yaml")):
            yield path, yaml.safe_load(path.read_text())

    def test_a_key_server_that_takes_what_is_malformed_fails_each(self):
        for path, scenario in self.malformed():
            policy = path.parent / scenario["defaults"]["policy"]
            good = policy.read_text().replace("../", f"{policy.parent.parent}/")
            policy = self.write("bad.yaml", "misbehaviour: accepts-what-it-should-refuse\n" + good)
            found = self.run_tool("run", path, "--policy", policy, "--json", "-", code=1).json()["scenarios"][0]
            # It goes on registering whom it should, so that every failure is that of its case.
            self.assertEqual(found["sanity"], [])
            self.assertEqual([one["name"] for one in found["cases"]], [one["name"] for one in scenario["cases"]])
            for one in found["cases"]:
                with self.subTest(f"{path.stem}: {one['name']}"):
                    self.assertEqual(one["result"], "failed", one)

    def test_every_malformed_case_names_its_clause(self):
        for _, scenario in self.malformed():
            for case in scenario["cases"]:
                self.assertRegex(case["clause"], r"^RFC \d{4} (section|appendix) ")
                self.assertTrue(case["expect"]["answers"])

    def test_every_part_of_the_messages_of_a_gm_is_made_malformed(self):
        # RFC 2408 sections 3.1 to 3.15, RFC 2409 and RFC 6407, by what the changes address.
        wanted = {"mm1": {"length", "version", "nextpayload", "exchangetype", "flags", "messageid", "ispi", "rspi", "sa", "proposal",
                          "transform"},
                  "mm3": {"rspi", "ispi", "ke", "nonce"}, "mm5": {"id", "hash", "length", "cert", "sig"},
                  "pull1": {"messageid", "rspi", "hash", "nonce", "id"}, "pull3": {"hash"},
                  "am1": {"sa", "ke", "nonce", "id", "messageid"}, "am3": {"hash"}}
        found = {}
        for _, scenario in self.malformed():
            for case in scenario["cases"]:
                for change in case.get("changes", []):
                    (address,) = change
                    message, _, place = address.partition("/")
                    found.setdefault(message, set()).add(place.partition("/")[0].partition("[")[0])
        for message, places in wanted.items():
            self.assertLessEqual(places, found[message], message)


if __name__ == "__main__":
    unittest.main()
