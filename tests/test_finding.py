"""How a page is found, shared and cited: what its head says, the sitemap, the cards, the citation."""

import json
import re
import subprocess
import sys
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
import yaml
from PIL import Image

from measured.send.card import SIZE
from tests.browser import addresses
from tests.conftest import ROOT, build_site

HOME = "https://example.org/course/"
META = re.compile(r'<meta (?:name|property)="([^"]*)" content="([^"]*)">')
CITATION = ROOT / "CITATION.cff"


@pytest.fixture(scope="module")
def hosted(tmp_path_factory):
    """The site as it is built for an address of its own."""
    return build_site(tmp_path_factory.mktemp("hosted"), SITE_URL=HOME, REPO_URL="https://github.com/someone/vanishing")


def heads(folder):
    """path -> what the head of each page says, without the 404 page."""
    found = {}
    for path in addresses(folder)[:-1]:
        head = (folder / path / "index.html").read_text().partition("</head>")[0]
        says = {key: unescape(value) for key, value in META.findall(head)}
        says["title"] = unescape(re.search(r"<title>(.*?)</title>", head, re.S)[1])
        says["canonical"] = re.findall(r'<link rel="canonical" href="([^"]*)">', head)
        says["data"] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', head, re.S)
        found[path] = says
    return found


def faults_of(heads, folder):
    """`page: what` of everything that a head lacks or shares with another page's."""
    faults = []
    for key in ("title", "description"):
        count = Counter(says.get(key) for says in heads.values())
        faults += [f"{path or 'index'}: {key} of another page" for path, s in heads.items() if count[s.get(key)] > 1]
    for path, says in heads.items():
        wrong = []
        if not 50 <= len(says.get("description", "")) <= 300:
            wrong.append("description of 50 to 300 characters")
        if says["canonical"] != [HOME + path] or says.get("og:url") != HOME + path:
            wrong.append("canonical address")
        if not says.get("og:title") or says.get("og:description") != says.get("description"):
            wrong.append("card's words")
        image = folder / says.get("og:image", "").removeprefix(HOME)
        if not image.is_file() or Image.open(image).size != SIZE or not says.get("og:image:alt"):
            wrong.append("card's image")
        if says.get("twitter:card") != "summary_large_image":
            wrong.append("twitter:card")
        if [json.loads(text).get("@type") for text in says["data"]] != ["LearningResource"]:
            wrong.append("LearningResource")
        faults += [f"{path or 'index'}: no {what}" for what in wrong]
    return faults


def test_every_page_has_a_title_a_description_an_address_and_a_card_of_its_own(hosted):
    assert faults_of(heads(hosted), hosted) == []


PLANTED = {
    "description": (lambda says: says.update(description="short"), "no description of 50"),
    "double": (lambda says: says.update(title="ReLU - The vanishing gradient problem, measured"), "title of another"),
    "canonical": (lambda says: says.update(canonical=[HOME]), "no canonical address"),
    "image": (lambda says: says.update({"og:image": HOME + "gone.png"}), "no card's image"),
    "data": (lambda says: says.update(data=[]), "no LearningResource"),
}


def test_what_is_planted_in_a_head_is_found_with_its_page(hosted):
    for plant, message in PLANTED.values():
        found = heads(hosted)
        plant(found["summary/"])
        faults = faults_of(found, hosted)
        assert any(fault.startswith("summary/: ") and message in fault for fault in faults), (message, faults)


def test_the_sitemap_lists_every_page_and_no_other_and_robots_txt_leads_to_it(hosted):
    listed = re.findall(r"<loc>(.*?)</loc>", (hosted / "sitemap.xml").read_text())
    assert sorted(listed) == sorted(HOME + path for path in addresses(hosted)[:-1])
    robots = (hosted / "robots.txt").read_text()
    assert f"Sitemap: {HOME}sitemap.xml" in robots and "Disallow" not in robots
    assert '<meta name="robots" content="noindex">' in (hosted / "404.html").read_text()


def test_every_page_has_an_edit_link_where_the_repository_is_known(hosted, site):
    for path in addresses(hosted)[:-1]:
        edit = re.search(r'href="https://github.com/someone/vanishing/edit/main/docs/([^"]*)"', text(hosted, path))
        assert edit and (ROOT / "docs" / edit[1]).exists(), path
        assert "/edit/main/" not in text(site, path)


def text(folder, path):
    return (folder / path / "index.html").read_text()


def test_the_citation_is_on_a_page_that_every_page_links_to_and_follows_the_file(hosted):
    about = yaml.safe_load(CITATION.read_text())
    page = unescape(re.sub(r"<[^>]*>", "", text(hosted, "reference/cite/")))
    assert "@misc{vanishing-gradient-measured," in page and f"url = {{{HOME}}}" in page
    assert about["title"] in page and f"year = {{{about['date-released'].year}}}" in page
    assert all(author["name"] in page for author in about["authors"])
    for path in addresses(hosted)[:-1]:
        assert re.search(r'href="[^"]*">Cite this site</a>', text(hosted, path)), path


def valid(citation):
    command = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    done = subprocess.run([*command, citation], capture_output=True, text=True)
    return done.returncode == 0


def test_citation_cff_is_valid_and_a_planted_fault_in_it_is_found(tmp_path):
    assert valid(CITATION)
    for old, new in {"title:": "titel:", "license: MIT": "license: MITT", "2026-11-25": "today"}.items():
        assert old in CITATION.read_text()
        (tmp_path / "CITATION.cff").write_text(CITATION.read_text().replace(old, new))
        assert not valid(tmp_path / "CITATION.cff"), new


def test_links_that_lead_out_say_so_and_no_other_does(hosted):
    for path in addresses(hosted):
        page = (hosted / path / "index.html" if not path.endswith(".html") else hosted / path).read_text()
        for link in re.findall(r"<a\b[^>]*>", page):
            out = re.search(r'href="(?:https?:)?//', link) and HOME not in link
            assert bool(out) == ('rel="external noopener"' in link), f"{path}: {link}"
