"""The site's search finds each question that people ask, however they put it."""

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import ROOT

PAGE = "reference/questions/"
# Each question with two others of the same meaning, written before it was answered.
QUESTIONS = json.loads((ROOT / "tests/pages/questions.json").read_text())
# Pages found, best first, each with the addresses of its sections that are shown.
HITS = """() => [...document.querySelectorAll(".md-search-result__item")].slice(0, 3)
  .map((item) => [...item.querySelectorAll(":scope > a")].map((link) => {
    const { pathname, hash } = new URL(link.href);
    return pathname.slice(1) + decodeURIComponent(hash);
  }))"""
SETTLED = """() => document.querySelector(".md-search-result__item")
  || document.querySelector(".md-search-result__meta").textContent.includes("No match")
"""
NONE = "() => !document.querySelector('.md-search-result__item')"


@pytest.fixture(scope="module")
def ask(browser, serve, site):
    """Type a text into the search, and read the first three hits."""
    page = browser.new_page()
    page.goto(serve(site), wait_until="networkidle")
    box = page.locator("[data-md-component=search-query]")

    def search(text):
        box.fill("")
        box.press("End")  # it listens to keys
        page.wait_for_function(NONE)
        box.fill(text)
        box.press("End")
        page.wait_for_function(SETTLED)
        return page.evaluate(HITS)

    yield search
    page.close()


@pytest.fixture(scope="module")
def answers(site):
    """Question -> its own address, and those of the pages that its answer links to."""
    tree = LexborHTMLParser((site / PAGE / "index.html").read_text("utf-8"))
    found = {}
    for heading in tree.css("article h3[id]"):
        question = heading.text(deep=True).removesuffix("¶").strip()
        pages, node = set(), heading.next
        while node and node.tag not in ("h2", "h3"):
            if node.tag == "p":  # claims' marks link too, to the list of claims
                links = node.css("a[href^='../../']:not([href*=claims])")
                pages |= {link.attributes["href"][6:].split("#")[0] for link in links}
            node = node.next
        found[question] = f"{PAGE}#{heading.attributes['id']}", pages
    return found


def test_every_question_of_the_page_has_two_others_of_its_meaning(answers):
    assert list(answers) and set(answers) == set(QUESTIONS)
    assert len(QUESTIONS) >= 30
    assert all(len(others) == 2 for others in QUESTIONS.values())


def test_no_other_way_to_ask_stands_on_the_site(site):
    pages = [
        LexborHTMLParser(path.read_text("utf-8")).body.text()
        for path in site.rglob("*.html")
    ]
    text = " ".join(" ".join(pages).lower().split())
    others = [other for each in QUESTIONS.values() for other in each]
    assert [other for other in others if other.lower() in text] == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_found_in_its_asker_s_words_and_in_others(ask, answers, question):
    own, pages = answers[question]
    missed = {}
    for text in (question, *QUESTIONS[question]):
        hits = ask(text)
        if not any(own in hit or pages & {hit[0].partition("#")[0]} for hit in hits):
            missed[text] = hits
    assert missed == {}


def test_what_the_site_knows_nothing_of_is_not_found(ask):
    assert ask("sourdough bread oven") == []
