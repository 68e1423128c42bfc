"""The one scanner of page source: what is code, comment, maths, value and prose.

It takes what the site's Markdown takes: fences are found by superfences itself, maths
with the patterns of arithmatex.
"""

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from markdown import Markdown
from pymdownx import arithmatex
from pymdownx.superfences import SuperFencesBlockPreprocessor

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)
# One that stands between blocks. A claim does not: it becomes a link in its sentence.
BLOCK_COMMENT = re.compile(r"^ {0,3}<!--(?!\s*claim\b).*?-->", re.M | re.S)
LINE = re.compile(
    r"""^(?P<lead>[ \t>]*)
    (?:(?P<item>(?:(?:[-*+]|\d+\.)[ \t]+)+)
    | (?P<note>:[ ]{1,3}|\[\^[^\]]*\]:[ ]*)
    | (?P<box>(?:!!!|\?\?\?\+?)[ ]?[\w"]|===[!+]*[ ]")
    | (?P<heading>\#{1,6}))?
    .*$""",
    re.M | re.X,
)
CODE_OR_COMMENT = re.compile(
    r"(?P<comment><!--.*?-->)"
    r"|(?<!\\)(?:\\{2})*(?P<code>(?P<tick>`+).+?(?<!`)(?P=tick)(?!`))",
    re.S,
)
DISPLAY = re.compile(
    rf"(?s)^(?:{arithmatex.RE_DOLLAR_BLOCK}|{arithmatex.RE_BRACKET_BLOCK}"
    rf"|{arithmatex.RE_TEX_BLOCK})[ ]*$"
)
INLINE = re.compile(
    f"{arithmatex.RE_SMART_DOLLAR_INLINE}|{arithmatex.RE_BRACKET_INLINE}", re.S
)
# What notebooks, which know no arithmatex, take for maths.
NOTEBOOK_MATHS = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.S)
VALUE = re.compile(r"\{\{\s*\w+\.\w+[^{}]*\}\}")  # well-formed or not
OPENING = re.compile(r"(?P<lead>[ \t>]*)(?P<ticks>`{3,}|~{3,})(?P<info>.*)")
QUOTED = re.compile(r"^[ \t]*>[ \t>]*", re.M)
TABLE = re.compile(r".*\n[ \t]*\|?[ :-]*-[ :-]*\|[ :|-]*$", re.M)  # its head
BETWEEN_CELLS = re.compile(r"(?<!\\)[|\n]")
# In place of what is known, as Markdown has it: no formula goes over it.
HIDDEN = "\x02"


@dataclass(frozen=True)
class Part:
    """A piece of a page's source, as it stands there.

    kind: front matter, fence, indented, comment, maths, code, value or prose; start:
    its position in the text; line: from 1; tex and display: of maths.
    """

    kind: str
    text: str
    start: int
    line: int
    tex: str = ""
    display: bool = False

    @property
    def opening(self) -> re.Match[str]:
        """A fence's first line: `lead`, `ticks` and `info`."""
        return next(OPENING.finditer(self.text))

    @property
    def rows(self) -> list[str]:
        """The lines in a fence, without what it is indented by."""
        lead = self.opening.end("lead")
        return [row[lead:] for row in self.text.split("\n")[1:-1]]


def scan(text: str) -> list[Part]:
    """The parts of a page's source. They cover the text, in order."""
    parts, at = [], 0
    spans = sorted(find_spans(text), key=lambda span: (span[0], -span[1]))
    for start, end, *what in [*spans, (len(text), len(text), "prose")]:
        if start < at:
            continue  # within another: a fence in a comment
        for first, last, kind, *maths in (at, start, "prose"), (start, end, *what):
            line = text.count("\n", 0, first) + 1
            parts.append(Part(kind, text[first:last], first, line, *maths))
        at = end
    return [part for part in parts if part.text]


def hide(text: str, start: int, end: int, by: str = HIDDEN) -> str:
    """The text with something else of the same length from `start` to `end`."""
    return text[:start] + by * (end - start) + text[end:]


def find_spans(text: str) -> Iterator[tuple]:
    """Start, end and kind of everything but prose; some stand within others.

    Behind them, of maths, its TeX and whether it is on display.
    """
    if front := FRONT_MATTER.match(text):
        yield 0, front.end(), "front matter"
        text = hide(text, 0, front.end(), "\n")
    fences = find_fences(text)
    for _, start, end in fences:
        text = hide(text, start, end)
    for comment in BLOCK_COMMENT.finditer(text):
        yield *comment.span(), "comment"
        text = hide(text, *comment.span(), "\n")
    for start, end, kind in find_blocks(text):
        if kind == "indented":
            yield start, end, kind
        else:
            block = QUOTED.sub(lambda match: " " * len(match[0]), text[start:end])
            yield from find_inline(block, start)
    yield from ((start, end, "fence") for start, _, end in fences)


@cache
def superfences() -> SuperFencesBlockPreprocessor:
    extensions = ["attr_list", "pymdownx.superfences"]
    return Markdown(extensions=extensions).preprocessors["fenced_code_block"]


def find_fences(text: str) -> list[tuple[int, int, int]]:
    """Of each: where its first line begins, where its ticks do, and where it ends."""
    finder, found, lines = copy(superfences()), [], text.split("\n")

    def note(indent: str, content: str, first: int, behind: int) -> None:
        lead = len(lines[first]) - len(lines[first].lstrip(" \t>"))
        found.append((starts[first], starts[first] + lead, starts[behind] - 1))
        finder.clear()

    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    finder.process_nested_block = note  # instead of rendering the block
    finder.run([line.expandtabs(4) if line.strip() else "" for line in lines])
    return found


def find_blocks(text: str) -> list[list]:
    """Start, end and kind of each block of a text without fences.

    The kinds are LINE's, of its first line ("lead" of a paragraph), and "indented".
    """
    found: list[list] = []
    depth, block = 0, ""  # of the open lists and boxes; its kind, "" between blocks
    for line in LINE.finditer(text):
        if line.end() == line.end("lead"):
            block = ""
            continue
        kind, fresh = line.lastgroup or "", block in ("", "box", "heading")
        level = len(re.sub("> ?", "", line["lead"].expandtabs(4))) // 4
        if level > depth and (fresh or block == "indented"):
            kind = "indented"
        starts = fresh or (block == "indented") != (kind == "indented")
        if starts or kind in ("note", "box", "heading") or block == kind == "item":
            inner = line.end(kind if kind in ("item", "note") else "lead")
            found.append([line.start() if kind == "indented" else inner, 0, kind])
            items = len(line["item"].split()) if kind == "item" else 0
            depth = min(level, depth) + (items or kind in ("note", "box"))
            block = kind
        found[-1][1] = line.end()
    return found


def find_inline(text: str, at: int) -> Iterator[tuple]:
    """What stands in a block of text that begins at `at`."""
    for match in CODE_OR_COMMENT.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span(kind)
        if kind == "comment" or HIDDEN not in match[0]:
            yield at + start, at + end, kind
            text = hide(text, start, end)
    if display := DISPLAY.match(text):
        tex = display["math"] or display["math2"] or display["math3"]
        yield at, at + len(text), "maths", tex, True
        return
    if TABLE.match(text):
        text = BETWEEN_CELLS.sub(HIDDEN, text)
    end = 0
    while formula := INLINE.search(text, end):
        start, end = formula.span()
        if tex := formula[3] or formula[6]:
            yield at + start, at + end, "maths", tex
        text = hide(text, start, end)
    for match in VALUE.finditer(text):
        yield at + match.start(), at + match.end(), "value"
