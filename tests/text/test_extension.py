"""Measured pages as HTML: the same through Python-Markdown alone and MkDocs."""

import re
import subprocess
import sys
from pathlib import Path

import markdown
import pytest
from mkdocs.commands.build import _populate_page
from mkdocs.config import load_config
from mkdocs.structure.files import get_files
from mkdocs.structure.pages import Page
from pymdownx.superfences import SuperFencesCodeExtension
from selectolax.lexbor import LexborHTMLParser

from measured import SiteError
from measured.run.runner import Result
from measured.text.extension import MeasuredExtension
from measured.text.maths import read_symbols
from measured.text.project import Project, Settings

ROOT = Path(__file__).resolve().parents[2]
URIS = sorted(
    p.relative_to(ROOT / "docs").as_posix() for p in ROOT.glob("docs/**/*.md")
)
MKDOCS_DEFAULT = ["toc", "tables", "fenced_code"]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="30pt" height="60pt"/>'
DRAWN = b"""[{"title": "", "x": "layer", "y": "", "cells": null, "series":
    [{"label": "relu", "x": [1, 2], "y": [1, 1]}]}]"""
PROGRAM = '''"""How small is a quarter, twice?"""

# --8<-- [start:measure]
factor = 0.25**2 if 1 < 2 else "&lt;"
# --8<-- [end:measure]

if factor:
    # --8<-- [start:inner]
    inner = 1
    # --8<-- [end:inner]
'''
PAGE = """---
title: Small
---

# Small

The factor is {{ tiny.factor:.3f }}. <!-- claim: 0.06 < {{ tiny.factor }} < 0.07 -->

Its root is \\( \\sqrt{f} \\)[^one]. A dead unit never fires.

![A line that falls to {{ tiny.factor:.2f }}](../figures/tiny.svg)

*One seed, \\( f \\).*

```python
--8<-- "tiny.py:measure"
```

```text
--8<-- "tiny/output.txt"
```

<!-- program: tiny -->
"""
FILES = {
    "snippets/tiny.py": PROGRAM,
    "docs/a/page.md": PAGE,
    "docs/claims.md": "# Claims\\n\n<!-- every claim -->\n",
    "docs/glossary.md": "# Words\n\nDead unit, factor\n:   A unit that never fires.\n",
    "docs/notation.md": "# Notation\n\n| S | M |\n| --- | --- |\n"
    '| <span id="root" data-tex="f"></span>\\( f \\) | A & B, of \\( x \\); all |\n',
    "docs/sources.md": "# Sources\n\n- One, A. (2010). *A title*.\n  {: #one }\n",
    "CITATION.cff": "title: All of it\nauthors: [{name: Ann}]\n"
    "date-released: 2026-01-02\n",
}


class Site:
    """A project of a few pages, whose program has run."""

    def __init__(self, root):
        self.root = root
        for path, text in FILES.items():
            self.write(path, text)
        self.ran, self.factor = True, 0.0625

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def extension(self, **options):
        """What makes the pages, checked against the program's result."""
        project = Project(
            self.root, Settings("glossary.md", "sources.md", "notation.md")
        )
        project.read()
        files = {"tiny.svg": SVG, "drawn.json": DRAWN, "output.txt": b"factor 0.0625"}
        values = f'{{"factor": {self.factor}}}'.encode()
        result = Result("tiny", "", 1, {**files, "values.json": values})
        project.judge({"tiny": result if self.ran else None})
        return MeasuredExtension(project, **options)

    def convert(self, *uris, extensions=MKDOCS_DEFAULT, **options):
        """The tree of the page; of the last, if one instance converts several."""
        measured = self.extension(**options)
        converter = markdown.Markdown(extensions=[*extensions, measured])
        for uri in uris:
            measured.uri = uri
            path = self.root / "docs" / uri
            text = path.read_text() if path.exists() else "# Small\n"
            content = converter.reset().convert(text)
        return LexborHTMLParser(f"<main>{content}</main>").css_first("main")


@pytest.fixture
def site_of_files(tmp_path):
    return Site(tmp_path)


@pytest.fixture
def page(site_of_files):
    """The page's tree, with MkDocs' default extensions and ours alone."""
    return site_of_files.convert("a/page.md")


@pytest.fixture
def text_page(site_of_files):
    """Converts a page of one's own; gives its tree."""

    def convert(text, uri="a/page.md", **options):
        site_of_files.write(f"docs/{uri}", text)
        return site_of_files.convert(uri, **options)

    return convert


def test_the_text_room_imports_no_mkdocs():
    code = "import sys, measured.text.extension; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    names = {name.partition(".")[0] for name in done.stdout.split()}
    assert "measured" in names and not names & {"mkdocs", "material"}


def test_values_are_filled_and_claims_lead_to_their_row(page):
    first = page.css_first("p:not(.reading)")
    assert "The factor is 0.062. ~" in first.text().replace("0.063", "0.062")
    assert first.css_first("a.claim").id == "at-a-page-1"


def test_a_figure_has_its_caption_program_and_data(page):
    figure = page.css_first("figure")
    assert figure.css_first("img").attributes["alt"] == "A line that falls to 0.06"
    assert figure.css_first("figcaption").text().startswith("One seed, ")
    assert figure.css_first("a.program").attributes["href"] == "#program-tiny"
    assert figure.next.tag == "details"
    assert figure.next.css_first("p a").attributes["href"] == "../figures/tiny.csv"


def test_a_caption_is_the_one_paragraph_behind_the_figure(text_page):
    figure = "![A {{ tiny.factor }}](../figures/tiny.svg)"
    page = text_page(f"{figure}\n\n*One seed.*\n\n*No caption.*\n")
    assert page.css_first("figcaption").text().startswith("One seed. ")
    assert page.css_first("figure ~ p > em").text() == "No caption."


def test_a_part_of_a_program_is_labelled_with_the_way_to_the_whole(page):
    label = page.css_first("div.highlight > span.filename")
    assert label.text() == "tiny.py · measure"
    assert label.css_first("a").attributes["href"] == "#program-tiny"


def test_code_below_a_label_stands_as_it_is(page):
    code = page.css_first("div.highlight > span.filename + pre > code").text()
    assert code == 'factor = 0.25**2 if 1 < 2 else "&lt;"\n'


def test_a_part_within_a_block_stands_at_the_margin(text_page):
    page = text_page('```python\n--8<-- "tiny.py:inner"\n```\n')
    assert page.css_first("pre code").text() == "inner = 1\n"


def test_output_is_included(page):
    assert "factor 0.0625" in [code.text().strip() for code in page.css("code")]


def test_a_program_is_folded_whole_with_its_downloads(page):
    fold = page.css_first("details.example")
    assert fold.css_first("#program-tiny") and "How small is a quarter" in fold.text()
    links = [link.attributes["href"] for link in fold.css("a")]
    assert links == ["../downloads/tiny.py", "../downloads/tiny.ipynb"]


def test_a_source_cited_is_a_footnote(page):
    assert "A title" in page.css_first("div.footnote li#fn\\:one em").text()


def test_a_formula_is_typeset(page):
    formula = page.css_first("p:not(.reading) + p .katex")
    assert formula.css_first("annotation").text().strip() == r"\sqrt{f}"
    assert "\\(" not in page.text()


def test_a_term_of_the_glossary_has_a_tip(page):
    assert page.css_first("abbr").attributes["title"] == "A unit that never fires."


def test_a_term_has_a_tip_where_a_section_has_it_first(text_page):
    page = text_page(
        "# A dead unit\n\n[A dead unit](x.md), *a dead unit*, no dead unit.\n\n"
        "## Two\n\nA **dead** dead unit and a dead unit.\n"
    )
    assert [p.text() for p in page.css("h1, h2, p:not(.reading)")] == [
        "A dead unit",
        "A dead unit, a dead unit, no dead unit.",
        "Two",
        "A dead dead unit and a dead unit.",
    ]
    marked = [(term.parent.tag, term.text()) for term in page.css("abbr")]
    assert marked == [("em", "dead unit"), ("p", "dead unit")]


def test_the_glossary_has_no_tips_of_its_own(site_of_files):
    assert site_of_files.convert("glossary.md").css_first("abbr") is None


def test_front_matter_is_not_shown(page):
    assert "title: Small" not in page.text()


def test_one_instance_converts_page_after_page(site_of_files, text_page):
    site_of_files.write(
        "docs/a/other.md", "# Other\n\n![A {{ tiny.factor }}](../figures/tiny.svg)\n"
    )
    other = site_of_files.convert("a/page.md", "a/other.md")
    assert other.css_first("h1").text() == "Other"
    assert other.css_first("a.program").attributes["href"] == "../downloads/tiny.py"
    assert other.css_first("abbr, .footnote") is None


def test_a_note_stands_before_what_has_a_fault(text_page):
    """Front matter ends right before the page, as many authors write it."""
    page = text_page("---\ntitle: A\n---\nNo {{ tiny.nope }} here.\n")
    note = page.css_first(".admonition.failure")
    assert "docs/a/page.md, line 4" in note.text() and "tiny.nope" in note.text()
    assert note.next.next.text() == "No … here." and "title" not in page.text()


def test_a_block_with_a_title_of_its_own_keeps_it(text_page):
    page = text_page('```yaml title="mkdocs.yml"\na: 1\n```\n')
    assert (
        page.css_first(".filename").html == '<span class="filename">mkdocs.yml</span>'
    )


def test_fences_that_a_site_has_set_itself_are_kept(text_page):
    fence = {"name": "own", "class": "own", "format": lambda *_, **__: "<b>own</b>"}
    own = SuperFencesCodeExtension(custom_fences=[fence])
    page = text_page("```own\nx\n```\n", extensions=[*MKDOCS_DEFAULT, own])
    assert page.css_first("b").text() == "own"


@pytest.mark.parametrize("image", ["../assets/logo.svg", "../figures/nope.svg"])
def test_an_image_of_no_program_is_left_as_it_is(text_page, image):
    page = text_page(f"![A picture]({image})\n\n*Not a caption.*\n")
    assert page.css_first("figure") is None and page.css_first("p > em")


def test_a_figure_without_a_result_is_a_placeholder_without_data(site_of_files):
    site_of_files.ran = False
    page = site_of_files.convert("a/page.md")
    assert page.css_first("figure img").attributes["width"] == "560"
    assert page.css_first("details.data") is None


@pytest.mark.parametrize(
    "text",
    [
        "## On \\( f \\)",
        "[a link to \\( f \\)](page.md)",
        '??? note "\\( f \\)"\n\n    Text.',
        "| \\( f \\) |\n| --- |\n| x |",
        "`\\( f \\)`",
        "\\[ f \\]",
        "![A {{ tiny.factor }}](../figures/tiny.svg)\n\n*One \\( f \\).*",
    ],
)
def test_a_symbol_is_not_linked_outside_of_lines_of_text(text_page, text):
    found = text_page(f"{text}\n\nHere \\( f \\), and \\( f \\).\n")
    (link,) = found.css("a.symbol")
    assert link.attributes["href"] == "../notation.md#root"
    assert link.attributes["title"] == "A & B"
    assert link.parent.text() == f"{link.text()},"  # the first in the line of text


def test_a_symbol_is_not_linked_on_the_page_that_explains_it(site_of_files):
    assert site_of_files.convert("notation.md").css_first(".symbol") is None


SYMBOLS = r"""| S | M |
| --- | --- |
| <span id="sigma" data-tex="\sigma"></span>\( \sigma \) | s |
| <span id="spread" data-tex="\sigma_w"></span>\( \sigma_w^2 \) | w |
| <span id="activation" data-tex="a"></span>\( a \) | a |
"""


@pytest.mark.parametrize(
    "tex, id",
    [
        (r"\sigma_w^2 = 1", "spread"),
        (r"\sigma(z)", "sigma"),
        (r"a^{(1)}", "activation"),
        (r"\max z", None),
        (r"\beta", None),
        (r"a \sigma", "activation"),
    ],
)
def test_a_formula_links_to_the_first_symbol_in_it(site_of_files, text_page, tex, id):
    site_of_files.write("docs/notation.md", SYMBOLS)
    link = text_page(f"So \\( {tex} \\) it is.\n").css_first("a.symbol")
    assert (link and link.attributes["href"]) == (id and f"../notation.md#{id}")


def test_a_linked_formula_is_held_to_the_mark_behind_it(text_page):
    held = text_page("So \\( f \\).\n").css_first("span.unbroken")
    assert held.css_first("a.symbol .katex") and held.text().endswith(".")


def test_the_notation_page_tells_the_symbols():
    found = read_symbols((ROOT / "docs" / "reference" / "notation.md").read_text())
    assert found[r"\delta"] == ("delta", "the gradient that travels back")
    names = [name for _, name in found.values()]
    assert len(names) >= 15
    assert all(re.fullmatch(r"[\w' -]{4,}", name) for name in names), names


def test_a_heading_s_formula_is_told_as_tex_in_the_contents(text_page):
    page = text_page("[TOC]\n\n## The \\( f^2 \\)\n")
    assert page.css_first(".toc a").text() == "The \\( f^2 \\)"
    assert page.css_first("h2 .katex")


def test_a_page_that_no_file_holds_is_converted_as_it_comes(site_of_files):
    page = site_of_files.convert("a/page.md", "made/by-a-plugin.md")
    assert page.css_first("h1").text() == "Small"


def test_the_time_to_read_stands_below_the_heading_and_not_in_the_search(page):
    time = page.css_first("h1 + p.reading")
    assert time.text() == "1 min read" and "data-search-exclude" in time.attributes


def test_a_page_of_the_patterns_does_not_tell_the_time_to_read(site_of_files):
    page = site_of_files.convert("a/page.md", untimed=["x.md", "a/*"])
    assert page.css_first(".reading") is None


def test_names_of_values_have_no_tips_and_break_at_underscores(text_page):
    page = text_page("A factor of <small>tiny.factor.a_<wbr>x</small>.\n")
    assert len(page.css("abbr")) == 1
    assert page.css_first("small").html == "<small>tiny.factor.a_<wbr>x</small>"


def test_every_claim_is_listed_with_the_way_to_its_sentence(site_of_files):
    page = site_of_files.convert("claims.md")
    assert page.css_first("h2 a").attributes["href"] == "a/page.md"
    assert page.css_first("td a.where").attributes["href"] == "a/page.md#at-a-page-1"


def test_a_path_lists_pages_with_their_time(text_page):
    page = text_page("<!-- path: claims.md notation.md -->\n", "a/way.md")
    links = [link.attributes["href"] for link in page.css(".path a")]
    assert links == ["../claims.md", "../notation.md"]
    assert page.css_first(".path li small").text() == "1 min"


def test_the_citation_is_bibtex_and_words(text_page):
    page = text_page("<!-- cite: key-of-it -->\n", site_url="https://a.org/")
    assert "@misc{key-of-it," in page.text()
    assert "In words: Ann (2026). All of it. https://a.org/" in page.text()


@pytest.mark.parametrize(
    "marker, message",
    [
        ("cite: key", "nothing to cite: add a CITATION.cff"),
        ("path: claims.md a/nope.md", "a path through unknown pages: a/nope.md"),
    ],
)
def test_a_marker_that_leads_nowhere_is_named_with_its_line(
    site_of_files, text_page, marker, message
):
    (site_of_files.root / "CITATION.cff").unlink()
    with pytest.raises(SiteError) as error:
        text_page(f"# Page\n\n<!-- {marker} -->\n")
    assert str(error.value) == f"docs/a/page.md:3: {message}"


def test_lanes_are_drawn_where_they_are_asked_for(text_page):
    marker = "<!-- lanes: tiny\n{shares}\na\nb\n-->"
    page = text_page(f'<div class="start" markdown>\n\n{marker}\n\nSo.\n\n</div>\n')
    drawing = page.css_first("div.start > svg[role=img]")
    assert drawing.attributes["aria-label"] == "relu: 1"
    assert drawing.next.next.text() == "So."


@pytest.mark.parametrize(
    "repo, colab",
    [("", 0), ("https://github.com/a/b.git", 1), ("https://x.org/a/b", 0)],
)
def test_a_program_opens_in_colab_where_the_repository_is_on_github(
    site_of_files, repo, colab
):
    links = site_of_files.convert("a/page.md", repo_url=repo).css("details.example a")
    addresses = [link.attributes["href"] for link in links]
    folder = "https://colab.research.google.com/github/a/b/blob/gh-pages/downloads/"
    assert addresses[2:] == [f"{folder}tiny.ipynb"] * colab


class Made:
    """The real site's pages, as MkDocs has them before the theme."""

    def __init__(self):
        self.config = config = load_config(str(ROOT / "mkdocs.yml"))
        config.plugins.run_event("startup", command="build", dirty=True)
        config = config.plugins.run_event("config", config)
        self.plugin = config.plugins["measured"]
        self.plugin.project.preview()
        files = get_files(config)
        files = config.plugins.run_event("files", files, config=config)
        self.files = {file.src_uri: file for file in files.documentation_pages()}
        self.all_files = files

    def content(self, uri):
        page = Page(None, self.files[uri], self.config)
        _populate_page(page, self.config, self.all_files)
        return page.content

    def alone(self, uri):
        converter = markdown.Markdown(
            extensions=self.config.markdown_extensions,
            extension_configs=self.config.mdx_configs,
        )
        self.plugin.extension.uri = uri
        return converter.convert((ROOT / "docs" / uri).read_text())


@pytest.fixture(scope="module")
def made(site):
    """With the results of the site, which has been built."""
    return Made()


def without_addresses(html):
    tree = LexborHTMLParser(html)
    for node in tree.css("[href], [src]"):
        for name in ("href", "src"):
            if name in node.attributes:
                del node.attrs[name]
    return tree.html


@pytest.mark.parametrize("uri", URIS)
def test_a_page_is_the_same_html_through_python_markdown_alone(made, uri):
    """But for addresses of links and images, which MkDocs rewrites."""
    assert without_addresses(made.content(uri)) == without_addresses(made.alone(uri))


def test_addresses_in_figures_labels_and_symbols_are_those_of_the_built_site(made):
    page = LexborHTMLParser(made.content("problem/depth.md"))
    assert page.css_first("figure img").attributes["src"] == "../../figures/depth.svg"
    data = page.css_first("details.data p a").attributes["href"]
    assert data == "../../figures/depth.csv"
    symbol = page.css_first("a.symbol").attributes["href"]
    assert symbol.startswith("../../reference/notation/#")


def test_every_figure_of_the_site_has_a_caption_with_its_seeds_and_a_table(made):
    faults = []
    for uri in URIS:
        for figure in LexborHTMLParser(made.content(uri)).css("figure"):
            name = figure.css_first("img").attributes["src"]
            caption = figure.css_first("figcaption").text()
            if not re.search(r"\bseeds?\b|(?i:nothing (here is )?random)", caption):
                faults.append(f"{uri}: the caption of {name} tells no seeds")
            if figure.next.css_matches("details.data") is False:
                faults.append(f"{uri}: {name} has no table")
    assert faults == []


# When a page is made anew

CITING = "# Cite\n\n<!-- cite: it -->\n"
WAY = "# Way\n\n<!-- path: a/page.md -->\n"
OTHER = "# Other\n\nNothing.\n"
EDITS = {  # what: (page, file, text in it, what is there then)
    "its own text": ("a/page.md", "docs/a/page.md", "Its root", "The root"),
    "a program's section": ("a/page.md", "snippets/tiny.py", "1 < 2", "2 < 3"),
    "a term": ("a/page.md", "docs/glossary.md", "never fires", "is silent"),
    "a source": ("a/page.md", "docs/sources.md", "A title", "Another"),
    "a symbol": ("a/page.md", "docs/notation.md", "A & B", "C"),
    "the list of claims": ("a/page.md", "docs/claims.md", "every claim", "none"),
    "another page's claim": ("claims.md", "docs/a/page.md", "0.06 <", "0.05 <"),
    "another page's title": ("way.md", "docs/a/page.md", "# Small", "# Large"),
    "the citation": ("cite.md", "CITATION.cff", "All of it", "Some of it"),
}


@pytest.fixture
def varied(site_of_files):
    for path, text in (("cite.md", CITING), ("way.md", WAY), ("other.md", OTHER)):
        site_of_files.write(f"docs/{path}", text)
    site_of_files.write("docs/claims.md", "# Claims\n\n<!-- every claim -->\n")
    return site_of_files


def make(site, uri, **options):
    """A page's HTML, and the facts that it is made of."""
    return site.convert(uri, **options).html, site.extension(**options).read_facts(uri)


@pytest.mark.parametrize("what", EDITS)
def test_what_changes_a_page_changes_the_facts_that_it_is_made_of(varied, what):
    uri, path, old, new = EDITS[what]
    html, facts = make(varied, uri)
    text = (varied.root / path).read_text()
    assert old in text
    varied.write(path, text.replace(old, new))
    other_html, other_facts = make(varied, uri)
    assert html != other_html and facts != other_facts


def test_a_value_a_missing_result_and_a_repository_change_the_facts(varied):
    found = [make(varied, "a/page.md")]
    varied.factor = 0.0626
    found.append(make(varied, "a/page.md"))
    varied.ran = False
    found.append(make(varied, "a/page.md"))
    found.append(make(varied, "a/page.md", repo_url="https://github.com/a/b"))
    pages, facts = zip(*found)
    assert len({*pages}) == len({*map(repr, facts)}) == 4


def test_prose_of_another_page_leaves_the_facts_as_they_are(varied):
    uris = ["other.md", "claims.md", "cite.md"]
    before = [make(varied, uri)[1] for uri in uris]
    varied.write("docs/a/page.md", PAGE.replace("Its root", "The root"))
    assert [make(varied, uri)[1] for uri in uris] == before
