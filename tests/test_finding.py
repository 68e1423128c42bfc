"""Unit tests of a page's head and card, until they have moved to their rooms."""

import json

import yaml

from measured.html.head import data
from measured.send.card import card
from tests.conftest import ROOT

HOME = "https://example.org/course/"
CITATION = ROOT / "CITATION.cff"


def test_the_data_for_machines_says_what_schema_org_asks_for_and_cannot_end_its_element():
    about = yaml.safe_load(CITATION.read_text())
    site = {"name": "Site", "url": HOME, "about": about}
    text = data("</script><b>", "Words", "lab", HOME + "labs/x/", HOME + "x.png", site)
    assert "<" not in text
    said = json.loads(text)
    assert said["name"] == "</script><b>" and said["learningResourceType"] == "lab" and said["inLanguage"] == "en"
    assert said["isPartOf"]["url"] == HOME and said["license"].endswith("/MIT") and said["author"][0]["name"]


def test_the_card_shows_the_page_s_words_and_long_ones_end_in_time():
    font = str(ROOT / "docs/assets/fonts/source-sans-3-latin-wght-normal.woff2")
    one, other, long = (
        card(words, "About " * n, "Site", font) for words, n in (("A", 2), ("B", 2), ("word " * 60, 99))
    )
    assert len({one, other, long}) == 3
    assert all(len(image) < 40_000 for image in (one, other, long))
    assert card("A", "About " * 2, "Site", font) == one
