"""The one scanner of page source: what is code, comment, maths, value and prose.

It takes what the site's Markdown takes: fences are found by superfences itself, maths
with the patterns of arithmatex. All parts know where they stand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from markdown import Markdown
from pymdownx import arithmatex
from pymdownx.superfences import SuperFencesBlockPreprocessor

Kind = Literal[
    "front matter", "fence", "indented", "comment", "maths", "code", "value", "prose"
]
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.S)
# Between blocks; a claim becomes a link in its sentence.
BLOCK_COMMENT = re.compile(r"^ {0,3}<!--(?!\s*claim\b).*?-->", re.M | re.S)
CODE_OR_COMMENT = re.compile(
    r"(?P<comment><!--.*?-->)"
    r"|(?<!\\)(?:\\{2})*(?P<code>(?P<tick>`+)(?:.+?)(?<!`)(?P=tick)(?!`))",
    re.S,
)
VALUE = re.compile(r"\{\{\s*\w+\.\w+[^{}]*\}\}")  # well-formed or not
DISPLAY = re.compile(
    rf"(?s)^(?:{arithmatex.RE_DOLLAR_BLOCK}|{arithmatex.RE_BRACKET_BLOCK}"
    rf"|{arithmatex.RE_TEX_BLOCK})[ ]*$"
)
INLINE = re.compile(
    f"{arithmatex.RE_SMART_DOLLAR_INLINE}|{arithmatex.RE_BRACKET_INLINE}", re.S
)
OPENING = re.compile(r"(?P<lead>[ \t>]*)(?P<ticks>`{3,}|~{3,})(?P<info>.*)")
LEAD = re.compile(r"[ \t>]*")
ITEM = re.compile(r"(?:[-*+]|\d+\.)[ \t]+")
NOTE = re.compile(r":[ ]{1,3}|\[\^[^\]]*\]:[ ]*")  # a definition, or a footnote's text
BOX = re.compile(r"!!! ?\w|\?\?\?\+? ?[\w\"]|===[!+]* ?\"")
HEADING = re.compile(r"#{1,6}")
TABLE = re.compile(r"^[ >]*\|?[ ]*:?-+:?[ ]*(?:\|[ :|-]*)?$", re.M)  # below its head
QUOTED = re.compile(r"^[ \t]*>[ \t>]*", re.M)
CELL = re.compile(r"(?<!\\)\|")
HIDDEN = "\x02"  # in place of what is known: no pattern of maths passes over it


@dataclass(frozen=True)
class Part:
    """A piece of a page's source, as it stands there.

    start: its position in the text; line: from 1; tex and display: of maths.
    """

    kind: Kind
    text: str
    start: int
    line: int
    tex: str = ""
    display: bool = False

    @property
    def end(self) -> int:
        """The position behind it."""
        return self.start + len(self.text)

    @property
    def opening(self) -> re.Match[str]:
        """A fence's first line: `lead`, `ticks` and `info`."""
        match = OPENING.match(self.text)
        assert match
        return match

    @property
    def rows(self) -> list[str]:
        """The lines in a fence, without what it is indented by."""
        lead = len(self.opening["lead"])
        return [row[lead:] for row in self.text.split("\n")[1:-1]]


class Span(NamedTuple):
    """Where a part that is no prose stands."""

    start: int
    end: int
    kind: Kind
    tex: str = ""
    display: bool = False


class Chunk(NamedTuple):
    """A block of text, free of what it stands in. cells: whether it is a table."""

    start: int
    end: int
    indented: bool


def scan(text: str) -> list[Part]:
    """The parts of a page's source. They cover the text, in order."""
    parts: list[Part] = []
    at, line = 0, 1
    spans = sorted(find(text), key=lambda span: (span.start, -span.end))
    for span in [*spans, Span(len(text), len(text), "prose")]:
        if span.start < at:
            continue  # within another: a fence in a comment
        for part in (Span(at, span.start, "prose"), span):
            if piece := text[part.start : part.end]:
                parts.append(Part(part.kind, piece, part.start, line, *part[3:]))
                line += piece.count("\n")
        at = span.end
    return parts


def find(text: str) -> Iterator[Span]:
    """Everything that is no prose, in no order."""
    masked = text
    if front := FRONT_MATTER.match(text):
        yield Span(0, front.end(), "front matter")
        masked = hide(masked, 0, front.end(), "\n")
    fences = list(find_fences(masked))
    for lead, start, end in fences:
        masked = hide(masked, start, end)
    for comment in BLOCK_COMMENT.finditer(masked):
        yield Span(*comment.span(), "comment")
        masked = hide(masked, *comment.span(), "\n")
    indented = []
    for chunk in find_blocks(masked):
        if chunk.indented:
            indented.append(chunk)
            yield Span(chunk.start, chunk.end, "indented")
        else:
            yield from find_inline(masked[chunk.start : chunk.end], chunk.start)
    for lead, start, end in fences:
        if not any(chunk.start <= start < chunk.end for chunk in indented):
            yield Span(lead, end, "fence")


def hide(text: str, start: int, end: int, by: str = HIDDEN) -> str:
    """The text with something else of the same length from `start` to `end`."""
    return text[:start] + by * (end - start) + text[end:]


class Recorder(SuperFencesBlockPreprocessor):
    """Superfences, which notes where it finds blocks instead of rendering them."""

    def process_nested_block(self, ws, content, start, end):
        self.found.append((start, end))
        self.clear()


@cache
def converter() -> Markdown:
    """Markdown with the extensions that decide what a fence is."""
    return Markdown(extensions=["attr_list", "pymdownx.superfences"])


def find_fences(text: str) -> Iterator[tuple[int, int, int]]:
    """Where each block's first line begins, where its fence does, and where it ends."""
    recorder = Recorder(converter())
    superfences = converter().preprocessors["fenced_code_block"]
    recorder.config, recorder.extension = superfences.config, superfences.extension
    recorder.found = []
    lines = text.split("\n")
    # as Markdown has them by then
    recorder.run([line.expandtabs(4) if line.strip() else "" for line in lines])
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    for first, behind in recorder.found:
        lead = len(LEAD.match(lines[first])[0])
        yield starts[first], starts[first] + lead, starts[behind] - 1


def find_blocks(text: str) -> Iterator[Chunk]:
    """The blocks of a text without fences: paragraphs, items, cells, code by indent."""
    depth, at = 0, 0  # depth: of the lists and boxes that are open
    chunk, listed, boxed = None, False, False
    for line in text.split("\n"):
        lead = LEAD.match(line)[0]
        start, end, rest = at + len(lead), at + len(line), line[len(lead) :]
        at = end + 1
        if not rest:
            if chunk:
                yield chunk
            chunk = None
            continue
        space = lead.rpartition(">")
        level = (len(space[2].expandtabs(4)) - len(space[1])) // 4
        item, note = ITEM.match(rest), NOTE.match(rest)
        box, heading = BOX.match(rest), HEADING.match(rest)
        fresh = chunk is None or boxed
        if fresh and level > depth or chunk and chunk.indented and level > depth:
            if chunk and not chunk.indented:
                yield chunk
                chunk = None
            chunk = Chunk(chunk.start if chunk else at - len(line) - 1, end, True)
            boxed = False
            continue
        if chunk and not (
            fresh or chunk.indented or note or box or heading or item and listed
        ):
            chunk = Chunk(chunk.start, end, False)
            continue
        if chunk:
            yield chunk
        listed = bool(item) and (fresh or listed)
        opener = item if listed else note
        depth = min(level, depth) + bool(opener or box)
        chunk = Chunk(start + (len(opener[0]) if opener else 0), end, False)
        boxed = bool(box or heading)
    if chunk:
        yield chunk


def find_inline(text: str, start: int) -> Iterator[Span]:
    """What stands in a block of text that begins at `start`."""
    text = QUOTED.sub(lambda match: " " * len(match[0]), text)
    for match in CODE_OR_COMMENT.finditer(text):
        kind: Kind = "comment" if match["comment"] else "code"
        a, b = match.span(kind)
        if kind == "comment" or HIDDEN not in match[0]:
            yield Span(start + a, start + b, kind)
            text = hide(text, a, b)
    if display := DISPLAY.match(text):
        tex = display["math"] or display["math2"] or display["math3"]
        yield Span(start, start + len(text), "maths", tex, True)
        return
    if TABLE.search(text):
        text = CELL.sub(HIDDEN, text)
    at = 0
    while match := INLINE.search(text, at):
        at = match.end()
        if tex := match[3] or match[6]:
            yield Span(start + match.start(), start + at, "maths", tex)
        text = hide(text, *match.span())
    for match in VALUE.finditer(text):
        yield Span(start + match.start(), start + match.end(), "value")
