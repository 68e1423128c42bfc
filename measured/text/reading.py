"""How a page reads: its sentences measured, its time, and ways through pages."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

from measured import Fault
from measured.text.page import Page, abbreviations, read_text
from measured.text.project import Settings
from measured.text.scanner import Part

WORDS_PER_MINUTE = 200
LONGEST, TYPICAL = 30, 14  # words in a sentence
BANNED = re.compile(r"\bsimply\b", re.I)
ABBREVIATION = re.compile(r"(?<![\w/.])[A-Z]{2,}(?![\w/])")
NO_SENTENCE = re.compile(
    r"""^[ \t]*\|.*$ | ^\#+\ .*$ | ^\s*\[\^\w+\]:.*$ | <svg\b[\s\S]*?</svg> | <[^>]*>
    | !\[[^\]]*\]\([^)]*\) | \{:?[ ][^}]*\} | \[\^\w+\]""",
    re.M | re.X,
)
START = "\N{SECTION SIGN}"  # before what starts a block
BLOCK = re.compile(r"^[ \t>]*(?:[-*+]|\d+\.|:|(?:!!!|\?\?\?\+?)\s+\w+)[ \t]+", re.M)
END = re.compile(
    rf"(?={START})|\n[ \t]*\n|(?<=[.!?])[)*\"”’]*\s+(?=[A-Z0-9\\`*\"“(\[])"
)


def count_words(text: str) -> int:
    """How many words a text has."""
    return len(re.findall(r"\S*\w\S*", text))


def say(part: Part) -> str:
    """How a part of a page reads, with its line ends; a value or formula is a word."""
    words = {"value": "0", "code": "code", "maths": "" if part.display else "formula"}
    ends = "\n" * part.text.count("\n")
    return part.text if part.kind == "prose" else words.get(part.kind, "") + ends


def sentences(page: Page) -> Iterator[tuple[int, str]]:
    """(line, text) of every sentence of a page, in lists, boxes and captions too.

    No headings, tables, code or alt texts.
    """
    text = "".join(map(say, page.parts))
    text = NO_SENTENCE.sub(lambda match: "\n" * match[0].count("\n"), text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("*", "")
    text, at = BLOCK.sub(START, text), 0
    for end in [*(match.end() for match in END.finditer(text)), len(text)]:
        part = text[at:end]
        if re.search(r"\w", part):
            line = text.count("\n", 0, end - len(part.lstrip())) + 1
            yield line, " ".join(part.replace(START, "").split())
        at = end


def prose_faults(docs: Path, pages: Iterable[Page], settings: Settings) -> list[Fault]:
    """Every Fault in how the pages read; the list of sources has no sentences."""
    terms = " ".join(abbreviations(read_text(docs, settings.glossary)))
    known = set(ABBREVIATION.findall(terms))
    return [
        Fault(f"docs/{page.uri}", line, message)
        for page in pages
        if page.uri != settings.sources
        for line, message in find_hard(page, known, settings.glossary)
    ]


def find_hard(page: Page, known: set[str], glossary: str) -> Iterator[tuple[int, str]]:
    """(line, message) of what makes a page hard to read.

    known: abbreviations that the glossary explains.
    """
    found = list(sentences(page))
    for line, text in found:
        if (words := count_words(text)) > LONGEST:
            yield (
                line,
                f"a sentence of {words} words, at most {LONGEST} are read well: "
                f"split it\n  {text}",
            )
        if BANNED.search(text):
            yield (
                line,
                '"simply" is never simple for who does not know: leave it out\n'
                f"  {text}",
            )
        for name in ABBREVIATION.findall(text):
            if name not in known and f"({name})" not in page.text:
                yield (
                    line,
                    f"{name} is explained nowhere: add it to docs/{glossary}\n  {text}",
                )
    if found and (middle := median(count_words(text) for _, text in found)) > TYPICAL:
        yield (
            1,
            f"half of its sentences have more than {middle:g} words, "
            f"at most {TYPICAL} are read well: split some",
        )


def minutes(page: Page) -> int:
    """How long the page takes to read with its code, without the programs folded."""
    words = count_words(re.sub(r"<!--.*?-->", "", page.text))
    return max(1, round(words / WORDS_PER_MINUTE))


def route(steps: Sequence[Page], page: Page) -> str:
    """Markdown of a way through pages, to stand on one."""
    lines = [
        f"1. [{step.title}]({page.up(step.uri)}) <small>{minutes(step)} min</small>"
        for step in steps
    ]
    total = f"<small>Together about {sum(map(minutes, steps))} minutes.</small>"
    return "\n".join(
        ['<div class="path" markdown>', "", *lines, "", total, "", "</div>"]
    )
