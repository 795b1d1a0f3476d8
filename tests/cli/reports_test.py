"""`gdoi-replay run --junit` and `--html`: read back by others' parsers."""

import html.parser
import json
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

import junitparser

from tool import CAPTURES, SOURCE, ToolTest

STORY = CAPTURES / "story"
REGISTERED = STORY / "c-registered-1.0.17.pcapng"
LONG = STORY / "policies" / "kek-7-days.yaml"
SCHEMA = SOURCE / "replay" / "report" / "junit.xsd"
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(html.parser.HTMLParser):
    """Checks that tags are closed in order, and collects what a reader of the page relies on."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.text, self.problems = [], [], [], [], []
        self.feed(text)
        self.close()
        self.problems += [f"{tag} is not closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{tag} is closed where it is not open")

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def words(self):
        return " ".join(" ".join(self.text).split())


class Reports(ToolTest):
    def reports(self, *words, code=0):
        """JUnit suites, valid by the schema, and the page."""
        junit, page = self.folder / "out.xml", self.folder / "out.html"
        self.run_tool("run", *words, "--junit", junit, "--html", page, "--force", code=code)
        done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, junit], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return list(junitparser.JUnitXml.fromfile(str(junit))), Page(page.read_text(encoding="utf-8"))


class Junit(Reports):
    def test_registrations(self):
        suites, _ = self.reports(STORY / "a-refused-1.0.1.pcapng", REGISTERED)
        self.assertEqual([(suite.tests, suite.failures, suite.errors, suite.skipped) for suite in suites], [(3, 0, 0, 0), (1, 0, 0, 0)])
        self.assertEqual([case.name for case in suites[1]], ["registration 1: 10.40.10.10, group 1234"])

    def test_a_failure_has_its_first_difference(self):
        short = self.write("short.yaml", LONG.read_text().replace("604800", "43200"))
        suites, _ = self.reports(REGISTERED, "--policy", short, "--expect", "same", code=1)
        (case,) = suites[0]
        (failure,) = case.result
        self.assertIsInstance(failure, junitparser.Failure)
        self.assertEqual(failure.message, "pull2/sa/sak/key_lifetime: captured 604800 s (7 days), live 43200 s (12 h)")

    def test_inconclusive_is_an_error(self):
        suites, _ = self.reports(REGISTERED, "--ks", "127.0.0.1:1", "--timeout", "0.01", "--retries", 0, code=3)
        (error,) = next(iter(suites[0])).result
        self.assertIsInstance(error, junitparser.Error)
        suites, _ = self.reports(REGISTERED, "--policy", LONG, "--expect", "same", "--without-keys", "--psk", "long-sa-story",
                                 "--set", "group=1234", "--set", "id=10.40.10.10", code=1)
        (error,) = next(iter(suites[0])).result
        self.assertIsInstance(error, junitparser.Error)
        self.assertIn("mm6", error.message)

    def test_what_nothing_was_expected_of_is_skipped(self):
        suites, _ = self.reports(CAPTURES / "reference-live" / "gm-restart.pcap")
        self.assertEqual((suites[0].tests, suites[0].skipped, suites[0].errors, suites[0].failures), (6, 2, 0, 0))

    def test_scenarios(self):
        scenario = self.write("s.yaml", f"""
name: "<all> & \\"kinds\\""
defaults: {{capture: {REGISTERED}, policy: {LONG}}}
cases:
  - {{name: good, expect: {{verdict: accepted}}}}
  - {{name: "bad <b>", expect: {{verdict: refused}}}}
  - {{name: known, xfail: "bug & all", expect: {{verdict: refused}}}}
  - {{name: xpass, xfail: gone, expect: {{verdict: accepted}}}}
  - {{name: untold, registration: 7}}
""")
        suites, page = self.reports(scenario, code=1)
        (suite,) = suites
        self.assertEqual(suite.name, '<all> & "kinds"')
        kinds = {case.name: [type(each).__name__ for each in case.result] for case in suite}
        self.assertEqual(kinds, {"good": [], "bad <b>": ["Failure"], "known": ["Skipped"], "xpass": ["Failure"], "untold": ["Error"]})
        self.assertEqual((suite.tests, suite.failures, suite.errors, suite.skipped), (5, 2, 1, 1))
        self.assertEqual(page.problems, [])
        self.assertIn('bad <b>', page.words())
        self.assertNotIn("b", page.tags)

    def test_text_that_xml_cannot_hold(self):
        capture = self.write("c\x07\ufffe.pcapng", REGISTERED.read_bytes())
        suites, _ = self.reports(capture, "--psk", "long-sa-story", "--set", "group=1234", "--set", "id=10.40.10.10")
        self.assertIn("c\ufffd\ufffd", suites[0].name)


class Html(Reports):
    def page(self, *words, code=0):
        _, page = self.reports(*words, code=code)
        self.assertEqual(page.problems, [])
        return page

    def test_captured_beside_live(self):
        short = self.write("short.yaml", LONG.read_text().replace("604800", "43200"))
        page = self.page(REGISTERED, "--policy", short, "--expect", "same", code=1)
        words = page.words()
        self.assertIn("pull2/sa/sak/key_lifetime 604800 s (7 days) 43200 s (12 h)", words)
        for message in ("mm1", "mm2", "mm3", "mm4", "mm5", "mm6", "pull1", "pull2", "pull3", "pull4"):
            self.assertRegex(words, rf"\b{message} GM [→←] KS ")
        self.assertRegex(words, r"pull2 GM ← KS HASH\(2\), NONCE, SA: KEK, TEK \(frame 8\) HASH\(2\), NONCE, SA: KEK, TEK")
        # Only what differs is marked: the pair.
        self.assertEqual(page.tags.count("mark"), 2)

    def test_nothing_from_elsewhere_and_no_scripts(self):
        page = self.page(STORY / "a-refused-1.0.1.pcapng")
        self.assertNotIn("script", page.tags)
        for tag, attributes in page.attributes:
            self.assertNotIn("src", attributes)
            self.assertTrue(attributes.get("href", "#").startswith("#"), tag)

    def test_keyboard_and_screen_reader(self):
        page = self.page(SOURCE / "replay" / "scenarios" / "long-sa-story.yaml")
        attributes = page.attributes
        self.assertEqual(dict(attributes)["html"], {"lang": "en"})
        for tag in ("main", "header", "h1", "h2", "title"):
            self.assertIn(tag, page.tags)
        # Every table has a caption or stands in a named case, its heads have a scope; what scrolls can be reached.
        self.assertTrue(all("scope" in found for tag, found in attributes if tag == "th"))
        for tag, found in attributes:
            if found.get("class") == "wide":
                self.assertEqual((found["tabindex"], found["role"]), ("0", "region"))
                self.assertTrue(found["aria-label"])
        self.assertEqual(page.tags.count("details"), page.tags.count("summary"))
        ids = [found["id"] for _, found in attributes if "id" in found]
        self.assertEqual([found["href"][1:] for tag, found in attributes if tag == "a"], ids)
        # The result is told in words, not by colour alone.
        self.assertIn("passed as captured, field by field", page.words())

    def test_failures_are_open(self):
        page = self.page(REGISTERED, "--expect", "refused", code=1)
        self.assertIn(("details", {"open": None}), page.attributes)
        page = self.page(REGISTERED)
        self.assertIn(("details", {}), page.attributes)

    def test_no_secrets(self):
        self.page(REGISTERED)
        text = (self.folder / "out.html").read_text() + (self.folder / "out.xml").read_text()
        for line in REGISTERED.with_suffix(".keys").read_text().splitlines():
            if line and not line.startswith("#"):
                self.assertNotIn(line.split()[-1].lower(), text.lower())


class Outputs(Reports):
    def test_what_exists_stays(self):
        for option in ("--junit", "--html"):
            there = self.write("there", "mine")
            self.assertOneSentence(self.run_tool("run", REGISTERED, option, there, code=2).err)
            self.assertEqual(there.read_text(), "mine")
            self.run_tool("run", REGISTERED, option, there, "--force")
            self.assertNotEqual(there.read_text(), "mine")

    def test_two_outputs_are_two_files(self):
        self.assertOneSentence(self.run_tool("run", REGISTERED, "--junit", self.folder / "x", "--html", self.folder / "x", code=2).err)

    def test_beside_the_json(self):
        self.run_tool("run", REGISTERED, "--json", self.folder / "o.json", "--junit", self.folder / "o.xml")
        found = json.loads((self.folder / "o.json").read_text())
        self.assertEqual(len(found["registrations"]), len(ElementTree.parse(self.folder / "o.xml").findall(".//testcase")))


if __name__ == "__main__":
    unittest.main()
