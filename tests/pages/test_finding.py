"""How a page is found, shared and cited: its head, the sitemap, cards, the citation."""

import copy
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from tests.browser import addresses
from tests.conftest import HOSTED, REPOSITORY, ROOT

CITATION = ROOT / "CITATION.cff"
CARD = (1200, 630)  # pixels, as those who show cards ask for


@pytest.fixture(scope="module")
def trees(hosted):
    """path -> the page."""
    return {path: tree(hosted, path) for path in addresses(hosted)}


def tree(folder, path):
    file = folder / path if path.endswith(".html") else folder / path / "index.html"
    return LexborHTMLParser(file.read_text("utf-8"))


@pytest.fixture(scope="module")
def heads(trees):
    """path -> what the head of each page says, without the 404 page."""
    return {path: said(page) for path, page in trees.items() if path != "404.html"}


def said(page):
    metas = [meta.attrs for meta in page.css("head meta[content]")]
    found = {m.get("name") or m.get("property"): m["content"] for m in metas}
    links = page.css("head link[rel=canonical]")
    return found | {
        "title": page.css_first("title").text(),
        "canonical": [link.attrs["href"] for link in links],
        "data": [s.text() for s in page.css('script[type="application/ld+json"]')],
    }


def faults_of(heads, folder):
    """`page: what` of everything that a head lacks or shares with another page's."""
    faults = []
    for key in ("title", "description"):
        count = Counter(says.get(key) for says in heads.values())
        shared = [path for path, says in heads.items() if count[says.get(key)] > 1]
        faults += [f"{path or 'index'}: {key} of another page" for path in shared]
    for path, says in heads.items():
        wrong = []
        if not 50 <= len(says.get("description", "")) <= 300:
            wrong.append("description of 50 to 300 characters")
        if says["canonical"] != [HOSTED + path] or says.get("og:url") != HOSTED + path:
            wrong.append("canonical address")
        same = says.get("og:description") == says.get("description")
        if not says.get("og:title") or not same:
            wrong.append("card's words")
        image = folder / says.get("og:image", "").removeprefix(HOSTED)
        drawn = image.is_file() and Image.open(image).size == CARD
        if not drawn or not says.get("og:image:alt"):
            wrong.append("card's image")
        if says.get("twitter:card") != "summary_large_image":
            wrong.append("twitter:card")
        kinds = [json.loads(text).get("@type") for text in says["data"]]
        if kinds != ["LearningResource"]:
            wrong.append("LearningResource")
        faults += [f"{path or 'index'}: no {what}" for what in wrong]
    return faults


def test_every_page_has_a_title_a_description_an_address_and_a_card_of_its_own(
    heads, hosted
):
    assert faults_of(heads, hosted) == []


PLANTED = {
    "description": ({"description": "short"}, "no description of 50"),
    "double": (
        {"title": "ReLU - The vanishing gradient problem, measured"},
        "title of another",
    ),
    "canonical": ({"canonical": [HOSTED]}, "no canonical address"),
    "words": ({"og:title": ""}, "no card's words"),
    "image": ({"og:image": HOSTED + "gone.png"}, "no card's image"),
    "twitter": ({"twitter:card": "summary"}, "no twitter:card"),
    "data": ({"data": []}, "no LearningResource"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_what_is_planted_in_a_head_is_found_with_its_page(heads, hosted, fault):
    said, message = PLANTED[fault]
    found = copy.deepcopy(heads)
    found["summary/"].update(said)
    faults = [text for text in faults_of(found, hosted) if text.startswith("summary/:")]
    assert any(message in text for text in faults), faults


def test_the_sitemap_lists_every_page_and_no_other_and_robots_txt_leads_to_it(
    hosted, heads, trees
):
    listed = re.findall(r"<loc>(.*?)</loc>", (hosted / "sitemap.xml").read_text())
    assert sorted(listed) == sorted(HOSTED + path for path in heads)
    robots = (hosted / "robots.txt").read_text()
    assert f"Sitemap: {HOSTED}sitemap.xml" in robots and "Disallow" not in robots
    missing = trees["404.html"].css_first("meta[name=robots]")
    assert missing.attrs["content"] == "noindex"


def edits(page):
    """Paths in docs/ that the page's edit links name."""
    start = f"{REPOSITORY}/edit/main/docs/"
    links = [link.attrs["href"] for link in page.css("a[href*='/edit/main/']")]
    return [link.removeprefix(start) for link in links]


def test_every_page_has_an_edit_link_where_the_repository_is_known(trees, heads, site):
    for path in heads:
        (edit,) = set(edits(trees[path]))
        assert (ROOT / "docs" / edit).is_file(), path
        assert edits(tree(site, path)) == [], path


def test_the_citation_is_on_a_page_that_every_page_links_to_and_follows_the_file(
    trees, heads
):
    about = yaml.safe_load(CITATION.read_text())
    page = trees["reference/cite/"].css_first("article").text()
    assert "@misc{vanishing-gradient-measured," in page
    assert f"url = {{{HOSTED}}}" in page
    year = about["date-released"].year
    assert about["title"] in page and f"year = {{{year}}}" in page
    assert all(author["name"] in page for author in about["authors"])
    for path in heads:
        assert "Cite this site" in [link.text() for link in trees[path].css("a[href]")]


def is_valid(citation):
    checker = Path(sys.executable).parent / "check-jsonschema"
    schema = ["--builtin-schema", "vendor.citation-file-format"]
    done = subprocess.run([checker, *schema, citation], capture_output=True)
    return done.returncode == 0


def test_citation_cff_is_valid():
    assert is_valid(CITATION)


@pytest.mark.parametrize(
    "old, new",
    [("title:", "titel:"), ("license: MIT", "license: MITT"), ("2026-11-25", "today")],
)
def test_a_planted_fault_in_citation_cff_is_found(tmp_path, old, new):
    text = CITATION.read_text()
    assert old in text
    (tmp_path / "CITATION.cff").write_text(text.replace(old, new))
    assert not is_valid(tmp_path / "CITATION.cff")


def test_links_that_lead_out_say_so_and_no_other_does(trees):
    for path, page in trees.items():
        for link in page.css("a"):
            href = link.attrs.get("href") or ""
            out = re.match(r"(https?:)?//", href) and HOSTED not in href
            says = link.attrs.get("rel") == "external noopener"
            assert bool(out) == says, f"{path}: {link.html}"
