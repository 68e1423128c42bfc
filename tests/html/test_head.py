"""What a page's head says to machines."""

import json

from measured.html.head import about_lab, make_json_ld

HOME = "https://example.org/course/"
ABOUT = {"keywords": ["gradients"], "license": "MIT", "authors": [{"name": "One"}]}


def test_the_data_for_machines_is_schema_org_s_and_cannot_end_its_element():
    card = {"name": "</script><b>", "description": "Words", "url": HOME + "labs/x/"}
    text = make_json_ld(card, "lab", {"name": "Site", "url": HOME}, ABOUT)
    assert "<" not in text
    said = json.loads(text)
    assert said["name"] == "</script><b>" and said["learningResourceType"] == "lab"
    assert said["inLanguage"] == "en" and said["isPartOf"]["url"] == HOME
    assert said["license"].endswith("/MIT") and said["author"][0]["name"] == "One"


def test_a_lab_says_its_heading_and_first_paragraph():
    page = (
        '<p class="downloads">Download</p><h1 id="a">How <em>deep</em> &amp; wide?'
        '<a class="headerlink" href="#a">¶</a></h1><p>First\n  words.</p><p>More.</p>'
    )
    assert about_lab(page) == ("How deep & wide?", "First words.")
    assert about_lab("<div></div>") == ("", "")
