"""The page of `gdoi-replay run --html` in headless Chromium, as somebody reads it with eyes, keyboard or ears."""

import os
import shutil
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tool import CAPTURES, ToolTest

REGISTERED = CAPTURES / "story" / "c-registered-1.0.17.pcapng"
BOTH = CAPTURES / "story" / "h-refused-and-registered.pcapng"
SHORT = CAPTURES / "story" / "policies" / "lifetimes-43200.yaml"

# Chromium would look for updates, which a test need not wait for.
ARGUMENTS = ["--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
LEAST_CONTRAST = 4.5  # WCAG 2.1, success criterion 1.4.3

# Colours of an element and of what it stands on, each as [red, green, blue, opacity], outermost first.
COLOURS = """
const parse = text => { const all = text.match(/[\\d.]+/g).map(Number); return all.length === 3 ? [...all, 1] : all; };
const back = [];
for (let each = arguments[0]; each; each = each.parentElement) back.unshift(parse(getComputedStyle(each).backgroundColor));
return [parse(getComputedStyle(arguments[0]).color), back];
"""


def blended(colours):
    """What shines through of colours that lie upon each other."""
    red, green, blue = 0, 0, 0
    for r, g, b, opacity in colours:
        red, green, blue = (opacity * new + (1 - opacity) * old for new, old in zip((r, g, b), (red, green, blue)))
    return red, green, blue


def luminance(colour):
    """WCAG 2.1, relative luminance."""
    parts = [each / 255 for each in colour]
    parts = [each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Browser(ToolTest):
    @classmethod
    def setUpClass(cls):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ARGUMENTS + (["--no-sandbox"] if os.getuid() == 0 else []):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        cls.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        cls.addClassCleanup(cls.driver.quit)

    def open(self, *words, code=0):
        page = self.folder / "report.html"
        self.run_tool("run", *words, "--html", page, "--force", code=code)
        self.driver.set_window_size(1200, 1000)
        self.driver.get(page.as_uri())
        return self.driver

    def open_differences(self):
        return self.open(REGISTERED, BOTH, "--policy", SHORT, "--expect", "same", code=1)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()
        return self.driver.switch_to.active_element


class Reading(Browser):
    def test_nothing_is_missing_or_fetched(self):
        driver = self.open_differences()
        self.assertEqual(driver.title, "gdoi-replay: 5 of 5 not as expected")
        self.assertEqual(driver.get_log("browser"), [])
        self.assertEqual(driver.execute_script("return performance.getEntriesByType('resource').length"), 0)

    def test_what_failed_is_open_and_its_differences_marked(self):
        self.open_differences()
        self.assertTrue(all(each.get_attribute("open") for each in self.all("details")))
        first = self.all("details")[0]
        marked = [each.text for each in first.find_elements(By.TAG_NAME, "mark")]
        self.assertEqual(marked, ["604800 s (7 days)", "43200 s (12 h)", "3600", "43200"])
        self.assertTrue(all(each.is_displayed() for each in self.all("mark")))

    def test_a_click_opens_and_closes(self):
        self.open(REGISTERED)
        details, table = self.all("details")[0], self.all("details table")[0]
        self.assertFalse(table.is_displayed())
        details.find_element(By.TAG_NAME, "summary").click()
        self.assertTrue(table.is_displayed())
        details.find_element(By.TAG_NAME, "summary").click()
        self.assertFalse(table.is_displayed())

    def test_the_messages_stand_in_order(self):
        self.open_differences()
        rows = self.all("details")[0].find_elements(By.CSS_SELECTOR, ".wide tbody th")
        named = [each for each in rows if each.text]
        self.assertEqual([each.text for each in named],
                         ["mm1", "mm2", "mm3", "mm4", "mm5", "mm6", "pull1", "pull2", "pull3", "pull4"])
        heights = [each.location["y"] for each in named]
        self.assertEqual(heights, sorted(heights))

    def assert_fits_a_narrow_screen(self, driver):
        driver.set_window_size(500, 900)  # Chromium's least
        self.assertLessEqual(driver.execute_script("return document.documentElement.scrollWidth"),
                             driver.execute_script("return document.documentElement.clientWidth"))

    def test_a_narrow_screen(self):
        self.assert_fits_a_narrow_screen(self.open_differences())

    def test_a_narrow_screen_and_long_paths(self):
        deep = self.folder / "/".join(["captures_of_the_key_server_in_its_first_winter"] * 3)
        deep.mkdir(parents=True)
        capture, policy = (shutil.copy(each, deep) for each in (REGISTERED, SHORT))
        keys = shutil.copy(REGISTERED.with_suffix(".keys"), deep)
        driver = self.open(capture, "--keys", keys, "--policy", policy, "--expect", "same", code=1)
        self.assertIn(deep.name, driver.find_element(By.TAG_NAME, "main").text)
        self.assert_fits_a_narrow_screen(driver)


class Keyboard(Browser):
    def test_to_the_results_and_through_them(self):
        driver = self.open(REGISTERED)
        focus = self.press(Keys.TAB)
        self.assertEqual(focus.text, "To the results")
        self.assertTrue(focus.is_displayed())
        self.press(Keys.ENTER)
        self.assertTrue(driver.current_url.endswith("#results"))
        for _ in range(9):
            focus = self.press(Keys.TAB)
            if focus.tag_name == "summary":
                break
        self.assertEqual(focus.tag_name, "summary")
        self.assertNotEqual(focus.value_of_css_property("outline-style"), "none")
        self.press(Keys.SPACE)
        self.assertEqual(self.all("details")[0].get_attribute("open"), "true")
        self.press(Keys.ENTER)
        self.assertIsNone(self.all("details")[0].get_attribute("open"))


class ScreenReader(Browser):
    def test_regions_and_tables_have_names(self):
        self.open_differences()
        for region in self.all(".wide"):
            self.assertEqual(region.aria_role, "region")
            self.assertTrue(region.accessible_name)
        tables = self.all(".wide table")
        self.assertEqual(tables[0].accessible_name, "Totals")
        self.assertTrue(all(each.accessible_name for each in tables))
        summary = self.all("summary")[0]
        self.assertEqual(summary.text, "failed registration 1: 10.40.10.10, group 1234")

    def test_heads_are_heads(self):
        self.open_differences()
        self.assertEqual({each.aria_role for each in self.all("thead th")}, {"columnheader"})
        self.assertEqual({each.aria_role for each in self.all("tbody th")}, {"rowheader"})


class Colours(Browser):
    def contrasts(self, scheme):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                    {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        # What a page without a colour of its own has: white, and in the dark Chromium's near black.
        canvas = (255, 255, 255, 1) if scheme == "light" else (18, 18, 18, 1)
        found = {}
        for css in (".bad", ".good", ".doubt", "mark", "td", "summary", "caption", "h2"):
            for element in self.all(css)[:1]:
                colour, grounds = self.driver.execute_script(COLOURS, element)
                ground = blended([canvas, *grounds])
                found[css] = contrast(blended([(*ground, 1), colour]), ground)
        return found

    def test_legible_in_light_and_dark(self):
        scenario = self.write("s.yaml", f"""
name: all colours
defaults: {{capture: {REGISTERED}, policy: {SHORT}}}
cases:
  - {{name: passes, expect: {{verdict: accepted}}}}
  - {{name: fails, expect: {{verdict: same}}}}
  - {{name: cannot be told, registration: 7}}
""")
        self.open(scenario, code=1)
        for scheme in ("light", "dark"):
            found = self.contrasts(scheme)
            self.assertEqual(len(found), 8, found)
            for css, ratio in found.items():
                self.assertGreaterEqual(ratio, LEAST_CONTRAST, f"{css}, {scheme}")


if __name__ == "__main__":
    unittest.main()
