"""Sentences are counted as a reader would, and what is hard to read has its line."""

import re

import pytest
from mkdocs.config import load_config

from measured.text.page import Page, read_pages
from measured.text.reading import find_hard, minutes, prose_faults, sentences
from tests.conftest import ROOT

LONG = "word " * 30 + "end."


@pytest.fixture(scope="module")
def docs():
    """The folder of the real pages, the pages, and which have a task of their own."""
    settings = load_config(str(ROOT / "mkdocs.yml")).plugins["measured"].config.settings
    return ROOT / "docs", read_pages(ROOT / "docs"), settings


def test_every_page_reads_well(docs):
    """At most 30 words a sentence, 14 in the middle one; abbreviations explained."""
    assert [str(fault) for fault in prose_faults(*docs)] == []


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
        ("It is $x + y$ here.\n\n$$\nx = y\n$$", [4]),
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
    found = list(find_hard(Page("x.md", text), set(), "glossary.md"))
    assert [(at, message in what) for at, what in found] == [(line, True)]


def test_an_abbreviation_may_be_explained_in_the_glossary_or_where_it_stands():
    page = Page("x.md", "An RNN. Long short-term memory (LSTM). LSTM works.")
    assert list(find_hard(page, {"RNN"}, "glossary.md")) == []


def test_the_time_to_read_counts_code_but_no_comments():
    assert minutes(Page("x.md", "word " * 600 + "<!-- claim: 1 < 2 -->" * 500)) == 3


def test_an_abbreviation_without_explanation_is_to_be_added_to_the_glossary():
    (fault,) = find_hard(Page("x.md", "Use an RNN."), set(), "terms.md")
    assert "RNN is explained nowhere: add it to docs/terms.md" in fault[1]


def test_the_command_reports_each_page_and_fails_with_page_line_and_sentence(small):
    done = small.run("measured", "prose")
    assert "docs/index.md: 2 sentences" in done.stdout and done.returncode == 0
    small.edit("docs/index.md", "# Small\n", f"# Small\n\n{LONG}\n")
    done = small.run("measured", "prose")
    assert done.returncode == 1 and LONG in done.stdout
    assert "docs/index.md:3: a sentence of 31 words" in done.stdout


def test_the_bibliography_is_oldest_first(docs):
    folder, _, settings = docs
    text = (folder / settings.sources).read_text()
    years = re.findall(r"^- .*?\((\d{4})\)", text, re.M)
    assert len(years) > 20 and years == sorted(years)


def test_the_sources_have_no_sentences(docs):
    folder, _, settings = docs
    page = Page(settings.sources, LONG)
    assert prose_faults(folder, [page], settings) == []
