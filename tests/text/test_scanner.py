"""The scanner finds the blocks and formulas that the site's Markdown renders."""

import random
import re
from itertools import chain, pairwise

import markdown
import pytest
from mkdocs.config import load_config
from selectolax.lexbor import LexborHTMLParser

from measured.text.extension import NEEDED
from measured.text.page import read_pages
from measured.text.scanner import scan
from tests.conftest import ROOT

BLOCKS = {
    "a block": "```python\nx\n```\n",
    "tildes": "~~~python\nx\n~~~\n",
    "a blank line in it": "```\n\nx\n\n```\n",
    "fewer ticks in it": "````\n```\nx\n```\n````\n",
    "a title": '```python title="x.py" hl_lines="1"\nx\n```\n',
    "attributes": '```{.python title="x"}\nx\n```\n',
    "an unknown option": "```python colour=blue\nx\n```\n",
    "words behind the ticks": "```a b c```\n\ntext\n",
    "a closing fence with words": "```\nx\n``` y\n```\n",
    "a closing fence indented by four": "```python\nx\n    ```\n",
    "a closing fence indented by one": "```python\nx\n ```\n",
    "a longer closing fence": "```python\nx\n````\n",
    "a longer closing fence and a block": "```python\nx\n````\n\n```\ny\n```\n",
    "no end": "```python\nx\n",
    "a fence indented by two": "  ```python\n  x\n  ```\n",
    "a line less indented than its fence": "  ```python\n x\n  ```\n",
    "a list": "- a\n\n    ```python\n    x\n    ```\n",
    "a list, no blank line": "- a\n    ```python\n    x\n    ```\n",
    "a list in a box": "!!! note\n\n    - a\n\n        ```\n        x\n        ```\n",
    "a folded box": '??? note "T"\n    ```python\n    x\n    ```\n',
    "tabs": '=== "A"\n\n    ```\n    x\n    ```\n\n=== "B"\n\n    $x$\n',
    "a definition": "Term\n:   text\n\n    ```python\n    x\n    ```\n",
    "a quote": "> ```python\n> x\n> ```\n",
    "a list in a quote": "> - a\n>\n>     ```python\n>     x\n>     ```\n",
    "no list: code by indentation": "text\n\n    ```python\n    x\n    ```\n",
    "tab stops": "- a\n\n\t```python\n\tx\n\t```\n",
    "a paragraph": "text\n```python\nx\n```\nmore $y$\n",
    "inline code over lines": "`a\n```\nx\n```\nb`\n",
    "a comment": "<!--\n```python\nx\n```\n-->\n",
}
FORMULAS = {
    "inline dollars": "a $x$, b",
    "dollars with a space": "$ x$ and $x $",
    "prices": "from $5 to $6",
    "escaped dollars": r"\$a$ b$",
    "an escaped backslash": r"\\$a$",
    "over lines": "$a\nb$",
    "over paragraphs": "$a\n\nb$",
    "round brackets": r"a \(x\)\(y\)",
    "escaped round brackets": r"\\(a\\)",
    "an unbalanced fraction": r"$\frac{a$",
    "square brackets": "\\[\nx\n\\]\n",
    "square brackets in a line": r"text \[ x \]",
    "square brackets after a line": "text\n\\[\nx\n\\]",
    "square brackets after a heading": "# H\n\\[\nx\n\\]",
    "square brackets in a list": "- a\n\n    \\[\n    x\n    \\]\n",
    "square brackets as an item": r"- \[ x \]",
    "two dollars": "$$x$$",
    "two dollars in a line": "a $$x$$",
    "two dollars and text": "$$x$$ a",
    "two formulas in one block": "$$a$$ and $$b$$",
    "a blank line in dollars": "$$\na\n\nb\n$$",
    "an environment": "\\begin{align}\na\n\\end{align}",
    "an environment in a line": "x \\begin{align}\na\n\\end{align}",
    "code": "`$a$` and $b$",
    "code in dollars": "$a `b$` c$",
    "dollars in code over items": "- `a\n- $b$` c",
    "items": "- a $x\n- b$ c",
    "what looks like items": "a $x\n- b$ c",
    "a box and its title": '!!! note "T $x$"\n\n    $a$\n\n    $$\n    b\n    $$\n',
    "a box without a blank line": "!!! note\n    \\[ a \\]\n",
    "a cell": "| a | b |\n|---|---|\n| $k$ | $l | m$ |\n",
    "pipes in cells": "| a | b |\n|---|---|\n| `a | b` $x$ | \\(a \\| b\\) |\n",
    "a quote": "> $$\n> a\n> $$\n>\n> b $x\n> y$ z\n",
    "code by indentation": "text\n\n    $a$\n\n$b$\n",
    "code by indentation in a list": "- a\n\n    $a$\n\n        $c$\n\nx\n\n    $c$\n",
    "a definition": "Term\n:   $a$\n\n    $$\n    b\n    $$\n",
    "a footnote": "[^1]: Text $a$.\n\n    \\[ b \\]\n\nA[^1].\n",
    "a comment": "<!-- a\n\n$b$ -->\n\n$a$ <!-- $c$ -->\n",
    "links and bold": "**$a$** [l $b$](x.md)",
}
# What definitions and footnotes hold, Markdown takes for code within lists and boxes.
PIECES = [
    text.strip("\n")
    for name, text in chain(BLOCKS.items(), FORMULAS.items())
    if text.count("\n") > 1 and name not in ("a definition", "a footnote")
]
HOLDERS = ["- i", "1. i", "!!! note", '=== "T"', '??? note "x"']


def flat(text):
    """The text without spaces, ends of lines and signs of quotes."""
    return re.sub(r"\s|^[ >]*>", "", text, flags=re.M)


@pytest.fixture(scope="module")
def rendered():
    """Texts of blocks and of formulas that the site's Markdown makes of a text."""
    config = load_config(str(ROOT / "mkdocs.yml"))
    settings = config.mdx_configs | {"pymdownx.arithmatex": {"generic": True}}
    ours = {*NEEDED, "pymdownx.superfences"} - {"pymdownx.snippets"}
    names = [*config.markdown_extensions, *sorted(ours)]
    converter = markdown.Markdown(extensions=names, extension_configs=settings)

    def render(text):
        tree = LexborHTMLParser(converter.reset().convert(text))
        return tuple(
            sorted(flat(element.text()) for element in tree.css(selector))
            for selector in ("div.highlight pre", ".arithmatex")
        )

    return render


def scanned(text):
    """The same of what the scanner finds."""
    parts = scan(text)
    blocks = ["\n".join(part.rows) for part in parts if part.kind == "fence"]
    blocks += [part.text for part in parts if part.kind == "indented"]
    display = [rf"\[{part.tex}\]" for part in parts if part.tex and part.display]
    inline = [rf"\({part.tex}\)" for part in parts if part.tex and not part.display]
    return sorted(map(flat, blocks)), sorted(map(flat, display + inline))


@pytest.mark.parametrize("case", BLOCKS)
def test_a_block_is_found_where_one_is_rendered(rendered, case):
    assert scanned(BLOCKS[case]) == rendered(BLOCKS[case])


@pytest.mark.parametrize("case", FORMULAS)
def test_a_formula_is_found_where_one_is_rendered(rendered, case):
    assert scanned(FORMULAS[case]) == rendered(FORMULAS[case])


def test_on_every_page_blocks_and_formulas_are_those_that_are_rendered(rendered):
    pages = read_pages(ROOT / "docs")
    bodies = {
        page.uri: re.sub(r"\A---\n.*?\n---\n", "", page.text, flags=re.S)
        for page in pages
    }
    found = {uri: scanned(body) for uri, body in bodies.items()}
    assert found == {uri: rendered(body) for uri, body in bodies.items()}
    assert sum(len(blocks) for blocks, _ in found.values()) > 100
    assert sum(len(formulas) for _, formulas in found.values()) > 100


@pytest.mark.parametrize("seed", range(60))
def test_it_agrees_however_blocks_and_formulas_are_nested(rendered, seed):
    choose = random.Random(seed)
    text = "\n\n".join(choose.sample(PIECES, 2))
    for _ in range(choose.randint(1, 3)):
        inner = text.replace("\n", "\n    ")
        text = f"{choose.choice(HOLDERS)}\n\n    {inner}"
    text = re.sub(r"^ +$", "", f"{text}\n\nend $z$\n", flags=re.M)
    assert scanned(text) == rendered(text), text


def test_the_parts_cover_the_text_in_order_with_their_lines():
    text = (
        "---\ntitle: T\n---\n# A {{ a.b }}\n\n`c` and $x$\n\n```python\ny\n```\n"
        "\n<!-- claim: 1 < 2 -->\n\n\\[\nz\n\\]\n\n    indented\n"
    )
    parts = scan(text)
    assert "".join(part.text for part in parts) == text
    assert all(one.start + len(one.text) == two.start for one, two in pairwise(parts))
    found = {
        part.kind: (part.line, part.text) for part in parts if part.kind != "maths"
    }
    del found["prose"]
    assert found == {
        "front matter": (1, "---\ntitle: T\n---\n"),
        "value": (4, "{{ a.b }}"),
        "code": (6, "`c`"),
        "fence": (8, "```python\ny\n```"),
        "comment": (12, "<!-- claim: 1 < 2 -->"),
        "indented": (18, "    indented"),
    }
    maths = [(p.line, p.tex, p.display) for p in parts if p.kind == "maths"]
    assert maths == [(6, "x", False), (14, "\nz\n", True)]


def test_a_claim_in_an_item_does_not_end_the_item():
    text = "- One.\n  <!-- claim: 1 < 2 -->\n  Two.\n\n    It goes on.\n"
    assert [part.kind for part in scan(text)] == ["prose", "comment", "prose"]
