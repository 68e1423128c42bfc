"""How pages read: sentences are counted as a reader would, and what is hard to read is named with its line."""

import re
from posixpath import join, normpath

import pytest

from measured.text.markup import Page, read_pages
from measured.text.reading import hard, minutes, prose_faults, sentences
from tests.conftest import ROOT

LONG = "word " * 30 + "end."


def test_every_page_reads_well():
    """Sentences of at most 30 words, half of them of at most 14; no "simply"; abbreviations in the glossary."""
    assert [str(fault) for fault in prose_faults(ROOT / "docs", read_pages(ROOT / "docs"))] == []


@pytest.mark.parametrize(
    "text, words",
    [
        ("One two three. Four five.", [3, 2]),
        ("It keeps {{ a.b.median:.2f }} of \\( x + y \\) in `some code here`.", [7]),
        ("- One item\n- Two items here", [2, 3]),
        ("# A heading\n\nText [with a link](x.md) here.[^cite2010]", [5]),
        ("| a | table |\n| --- | --- |\n\nText.", [1]),
        ("![An alt text](figures/a.svg)\n\n*One seed.*", [2]),
        ("```python\nx = 1. Not prose.\n```\n\nProse.", [1]),
        ('??? question "Predict. Then run."\n\n    Inside it.', [1, 2, 2]),
        ("Before. <!-- claim: 1 < {{ a.n }} -->\nAfter it.", [1, 2]),
        ("\\[\nx = y\n\\]\n\nAfter the formula.", [3]),
    ],
)
def test_sentences_are_counted_as_read(text, words):
    assert [sentence.words for sentence in sentences(Page("x.md", text))] == words


@pytest.mark.parametrize(
    "text, line, message",
    [
        (f"Short.\n\n- Item\n\n\\[\nx\n\\]\n\n{LONG}", 9, "a sentence of 31 words"),
        ("One.\n\nThis is simply true.", 3, '"simply"'),
        ("One.\nUse an RNN.", 2, "RNN is explained nowhere"),
        ("a b c d e f g h i j k l m n o.", 1, "half of its sentences"),
    ],
)
def test_what_is_hard_to_read_is_named_with_its_line(text, line, message):
    found = list(hard(Page("x.md", text), known=set()))
    assert [(at, message in what) for at, what in found] == [(line, True)]


def test_an_abbreviation_may_be_explained_in_the_glossary_or_where_it_stands():
    page = Page("x.md", "An RNN. Long short-term memory (LSTM). LSTM works.")
    assert list(hard(page, known={"RNN"})) == []


def test_the_time_to_read_counts_code_but_no_comments():
    assert minutes(Page("x.md", "word " * 600 + "<!-- claim: 1 < 2 -->" * 500)) == 3


def test_the_command_reports_each_page_and_fails_with_page_line_and_sentence(small):
    assert "docs/index.md: 2 sentences" in (done := small.run("measured", "prose")).stdout and done.returncode == 0
    small.edit("docs/index.md", "# Small\n", f"# Small\n\n{LONG}\n")
    done = small.run("measured", "prose")
    assert done.returncode == 1 and "docs/index.md:3: a sentence of 31 words" in done.stdout and LONG in done.stdout


def test_previous_and_next_follow_the_menu(site):
    """From the first page, "Next" leads through every page of the menu in its order."""
    home = (site / "index.html").read_text()
    menu = re.search(r'<nav class="md-nav md-nav--primary".*?</nav>\s*</div>\s*</div>\s*</div>', home, re.S)
    order = [normpath(h) for h in re.findall(r'href="([^"#]+)" class="md-nav__link', menu[0])]
    at, walked = ".", []
    while at is not None:
        walked.append(at)
        text = (site / at / "index.html").read_text()
        following = re.search(r'<a href="([^"]+)" class="md-footer__link md-footer__link--next"', text)
        at = normpath(join(at, following[1])) if following else None
    assert walked == list(dict.fromkeys(order)) and len(walked) > 20


def test_the_bibliography_is_oldest_first():
    years = re.findall(r"^- .*?\((\d{4})\)", (ROOT / "docs/reference/bibliography.md").read_text(), re.M)
    assert len(years) > 20 and years == sorted(years)
