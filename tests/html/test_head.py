"""What a page's head says to machines."""

import json

from measured.html.head import about_lab, data, head, title

HOME = "https://example.org/course/"
ABOUT = {"keywords": ["gradients"], "license": "MIT", "authors": [{"name": "One"}]}
SITE = {"name": "Site", "url": HOME, "about": ABOUT}


def test_the_data_for_machines_is_schema_org_s_and_cannot_end_its_element():
    text = data("</script><b>", "Words", "lab", HOME + "labs/x/", HOME + "x.png", SITE)
    assert "<" not in text
    said = json.loads(text)
    assert said["name"] == "</script><b>" and said["learningResourceType"] == "lab"
    assert said["inLanguage"] == "en" and said["isPartOf"]["url"] == HOME
    assert said["license"].endswith("/MIT") and said["author"][0]["name"] == "One"


def test_a_head_has_a_card_whose_words_cannot_end_an_attribute():
    made = head('A "b"', "Words", "lab", HOME, HOME + "x.png", SITE)
    assert made.title == "A &quot;b&quot; - Site"
    assert '<meta property="og:title" content="A &quot;b&quot;">' in made.tags
    assert '<meta name="twitter:card" content="summary_large_image">' in made.tags


def test_the_home_page_s_title_is_the_site_s():
    assert (
        title("Site", "Site") == "Site" and title("A & b", "Site") == "A &amp; b - Site"
    )


def test_a_lab_says_its_heading_and_first_paragraph():
    page = (
        '<p class="downloads">Download</p><h1 id="a">How <em>deep</em> &amp; wide?'
        '<a class="headerlink" href="#a">¶</a></h1><p>First\n  words.</p><p>More.</p>'
    )
    assert about_lab(page) == ("How deep & wide?", "First words.")
    assert about_lab("<div></div>") == ("", "")
